/** @file Beam search: the most probable texts of a model, with a length penalty and diverse groups (Vijayakumar et al. 2018). */
import type { TextModel } from "../../model/model.js";
import { endId } from "../../tokenizers/specialTokens.js";
import { logSumExp } from "./batchSource.js";
import type { GeneratedText } from "./generateEach.js";
import type { BeamSettings, GenerationSettings } from "./generationSettings.js";
import { nonFiniteLogits } from "./distribution.js";
import { bannedTokens, promptIds } from "./promptIds.js";
import { type RowReader, rowReader } from "./rowReaders.js";
import { type TextEnd, TextWriter } from "./textWriter.js";

/** A text so far. */
type Beam = {
  ids: readonly number[];
  /** The sum of the log probabilities of its tokens. */
  logProbability: number;
  /** The row of the reader that has read it. */
  row: number;
  /** Of the tokenizer's `follow`. */
  state: number;
  /** What has written its text, if that may end it. */
  writer: TextWriter | null;
};
type Candidate = { parent: Beam; token: number; logProbability: number; ranked: number };
type Finished = { ids: readonly number[]; logProbability: number; end: TextEnd };
type Group = { live: Beam[]; finished: Finished[] };

/**
 * The most probable texts after a prompt, the best first: by log probability / tokens ^ `lengthPenalty`. Nothing is drawn, so that there is no seed. Each of `groups`
 * has `width / groups` beams; `diversity` is subtracted from a candidate's log probability for each beam of the groups before it that takes the same token at that step.
 * @returns `numSamples` texts, or fewer if there are not so many
 */
export function beamTexts(
  model: TextModel,
  prompt: string,
  settings: GenerationSettings,
  beams: BeamSettings,
): GeneratedText[] {
  const reader = rowReader(model, beams.width);
  try {
    const found = new BeamSearch(model, prompt, settings, beams, reader).run();
    return found.slice(0, settings.numSamples).map((one, sample) => ({ ...one, prompt, sample }));
  } finally {
    reader.dispose();
  }
}

class BeamSearch {
  private readonly encoded: number[];
  private readonly excluded: ReadonlySet<number>;
  private readonly groups: Group[];
  private readonly perGroup: number;

  constructor(
    private readonly model: TextModel,
    prompt: string,
    private readonly settings: GenerationSettings,
    private readonly beams: BeamSettings,
    private readonly reader: RowReader,
  ) {
    this.encoded = model.tokenizer.encode(prompt);
    const isBanned = (settings.limits.words?.min ?? 0) > 0; // as when tokens are drawn
    this.excluded = new Set([...bannedTokens(model.document.corpus.shape), ...(isBanned ? [endId] : [])]);
    const readsText = [settings.stop, ...Object.values(settings.limits)].some((end) => end !== undefined);
    const writer = readsText ? this.newWriter() : null;
    this.groups = Array.from({ length: beams.groups }, () => ({
      live: [{ ids: [], logProbability: 0, row: 0, state: 0, writer }],
      finished: [],
    }));
    this.perGroup = beams.width / beams.groups;
  }

  run(): Omit<GeneratedText, "prompt" | "sample">[] {
    const { groups, settings } = this;
    if (settings.maxTokens === 0) return [{ text: "", tokens: 0, score: 0, end: "max-tokens" }];
    this.readPrompt();
    for (;;) {
      const logits = this.reader.logits();
      const taken = new Map<number, number>(); // by token, the beams of the groups before that took it at this step
      for (const group of groups) this.extend(group, logits, taken);
      if (groups.every(({ live }) => live.length === 0)) break;
      this.readTokens();
    }
    return groups
      .flatMap(({ finished }) => finished)
      .toSorted((left, right) => this.rank(right) - this.rank(left))
      .map(({ ids, logProbability, end }) => {
        const { text, writer } = this.written(ids);
        return { text, tokens: ids.length, score: logProbability, end: writer.end ?? end };
      });
  }

  /** All rows read the prompt. */
  private readPrompt(): void {
    const { reader, model, beams } = this;
    const ids = promptIds(model.tokenizer, model.document.corpus.shape, this.encoded);
    for (const id of reader.restart(0, ids)) reader.read(new Int32Array(beams.width).fill(id));
    reader.select(new Int32Array(beams.width));
  }

  /** One token more for the beams of a group. */
  private extend(group: Group, logits: Float32Array, taken: Map<number, number>): void {
    const { perGroup } = this;
    const live: Beam[] = [];
    const chosen: number[] = [];
    let free = perGroup; // beams; a text that the model ends takes none
    for (const { parent, token, logProbability } of this.candidates(group.live, logits, taken)) {
      if (free === 0) break;
      const ids = [...parent.ids, token];
      const state = token === endId ? 0 : (this.model.tokenizer.follow?.(parent.state, token) ?? 0);
      const writer = token === endId ? null : this.writerAfter(parent, token);
      const end = token === endId ? "document" : (writer?.end ?? this.endAt(ids, state));
      if (end) group.finished.push({ ids, logProbability, end });
      else live.push({ ids, logProbability, row: parent.row, state, writer });
      if (end !== "document") free--;
      chosen.push(token);
    }
    for (const token of chosen) taken.set(token, (taken.get(token) ?? 0) + 1);
    group.finished = group.finished.toSorted((left, right) => this.rank(right) - this.rank(left)).slice(0, perGroup);
    const worst = group.finished.length === perGroup ? this.rank(group.finished.at(-1)!) : -Infinity;
    group.live = live.filter(({ logProbability }) => this.bound(logProbability) > worst);
  }

  /** The best continuations of some beams, the best first: as many as the group can take, and one for each beam that may end. */
  private candidates(live: readonly Beam[], logits: Float32Array, taken: ReadonlyMap<number, number>): Candidate[] {
    const { follow } = this.model.tokenizer;
    const vocabulary = logits.length / this.beams.width;
    const most = this.perGroup + live.length;
    const best: Candidate[] = [];
    for (const parent of live) {
      const row = logits.subarray(parent.row * vocabulary, (parent.row + 1) * vocabulary);
      const total = logSumExp(row);
      if (!Number.isFinite(total)) throw nonFiniteLogits(row, vocabulary);
      for (let token = 0; token < vocabulary; token++) {
        const logProbability = parent.logProbability + row[token]! - total;
        const ranked = logProbability - this.beams.diversity * (taken.get(token) ?? 0);
        if (best.length === most && ranked <= best.at(-1)!.ranked) continue;
        if (this.excluded.has(token) || (follow && token !== endId && follow(parent.state, token) < 0)) continue;
        insert(best, { parent, token, logProbability, ranked });
        if (best.length > most) best.pop();
      }
    }
    return best;
  }

  /** Every row reads its last token, after those of its parent. */
  private readTokens(): void {
    const { width } = this.beams;
    const [sources, tokens] = [new Int32Array(width), new Int32Array(width)];
    for (const [index, { live }] of this.groups.entries())
      for (const [place, beam] of live.entries()) {
        const row = index * this.perGroup + place;
        sources[row] = beam.row;
        tokens[row] = beam.ids.at(-1)!;
        beam.row = row;
      }
    this.reader.select(sources);
    this.reader.read(tokens);
  }

  /** Whether a text has its last token. @param state of the tokenizer's `follow` */
  private endAt(ids: readonly number[], state: number): TextEnd | null {
    return ids.length >= this.settings.maxTokens && state === 0 ? "max-tokens" : null;
  }

  private writerAfter({ ids, writer }: Beam, token: number): TextWriter | null {
    const next = writer?.copy([...this.encoded, ...ids]) ?? null;
    next?.write(token);
    return next;
  }

  private newWriter(): TextWriter {
    return new TextWriter(this.model.tokenizer, this.encoded, { ...this.settings, sample: 0, random: () => 0 });
  }

  /** The whole text of some tokens. */
  private written(ids: readonly number[]): { text: string; writer: TextWriter } {
    const writer = this.newWriter();
    let text = "";
    for (const id of ids) if (!writer.end) text += writer.write(id);
    return { text: writer.end ? text : text + writer.close(), writer };
  }

  private rank({ ids, logProbability }: Pick<Finished, "ids" | "logProbability">): number {
    return logProbability / ids.length ** this.beams.lengthPenalty;
  }

  /** The highest rank that a text with this beginning may have. */
  private bound(logProbability: number): number {
    return logProbability / (this.settings.maxTokens + mostBytes) ** this.beams.lengthPenalty;
  }
}

/** Bytes that a text of subwords may have beyond its last token, to end with a whole character. */
const mostBytes = 3;

/** Keeps a list sorted, the highest first; of equals, the earlier one stays before. */
function insert(best: Candidate[], candidate: Candidate): void {
  let place = best.length;
  while (place > 0 && best[place - 1]!.ranked < candidate.ranked) place--;
  best.splice(place, 0, candidate);
}
