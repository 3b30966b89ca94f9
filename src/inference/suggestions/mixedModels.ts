/** @file Several generators as one: the probabilities of their next tokens are mixed with weights. */
import { UserError } from "../../common/errors.js";
import type { TextModel } from "../../model/model.js";
import type { Tokenizer } from "../../tokenizers/index.js";
import { nonFiniteLogits } from "../generation/distribution.js";
import { bannedTokens, promptIds } from "../generation/promptIds.js";
import { type BranchReader, branchReader, type ReadState, softmax } from "./branchReader.js";

/** A model and its share of the mix: weights need not sum to 1, and 0 leaves the model out. */
export type WeightedModel = { model: TextModel; weight: number };

/** What each model has read of one text; of a model that is left out, nothing. */
export type MixedState = readonly (ReadState<unknown> | null)[];

/** A text that goes on with a token. */
export type MixedBranch = { state: MixedState; token: number };

type Part = { model: TextModel; reader: BranchReader; history: ReadHistory; weight: number };

/** All models read the same tokens. */
export class MixedModels {
  readonly tokenizer: Tokenizer;
  private readonly parts: Part[];
  /** [vocabulary]: 1 for a token that never follows. */
  private readonly banned: Uint8Array;

  /** @throws UserError for models whose vocabularies differ, and for weights of which none is above 0 */
  constructor(models: readonly WeightedModel[]) {
    const first = models[0]!.model;
    this.tokenizer = first.tokenizer;
    for (const { model } of models) checkVocabulary(first, model);
    this.parts = models.map(({ model, weight }) => {
      const reader = branchReader(model);
      return { model, weight, reader, history: new ReadHistory(reader) };
    });
    this.weigh(models.map(({ weight }) => weight));
    this.banned = new Uint8Array(first.tokenizer.vocabulary.length);
    const bans = models.map(({ model }) => bannedTokens(model.document.corpus.shape));
    for (const id of bans[0]!) if (bans.every((others) => others.includes(id))) this.banned[id] = 1;
  }

  /** Sets the weights. @throws UserError for one below 0, and if none is above 0 */
  weigh(weights: readonly number[]): void {
    if (weights.some((weight) => !(weight >= 0 && weight < Infinity)) || !weights.some((weight) => weight > 0))
      throw new UserError(`the weights of models must be numbers from 0, and one above 0; got ${weights.join(", ")}`);
    for (const [index, part] of this.parts.entries()) part.weight = weights[index]!;
  }

  /** Reads a text; of one that begins as the text before did, only the rest. @param encoded its ids */
  readText(encoded: readonly number[]): MixedState {
    return this.parts.map(({ model, history, weight }) =>
      weight > 0 ? history.read(promptIds(this.tokenizer, model.document.corpus.shape, encoded)) : null,
    );
  }

  /** Reads one token of each text. */
  read(branches: readonly MixedBranch[]): MixedState[] {
    const ofParts = this.parts.map(({ reader, weight }, index) =>
      weight > 0
        ? reader.read(branches.map(({ state, token }) => ({ state: state[index]?.state ?? null, token })))
        : null,
    );
    return branches.map((_, row) => ofParts.map((read) => read?.[row] ?? null));
  }

  /**
   * The probabilities of the next token: those of the models, mixed, then with the temperature applied to the mix.
   * @param temperature from 0; 0 is the most probable token alone
   * @returns [vocabulary]; they sum to 1 over the tokens that may follow
   * @throws UserError for logits that are not finite
   */
  probabilities(state: MixedState, temperature: number): Float64Array {
    const read = this.parts.flatMap(({ weight }, index) => {
      const { logits } = state[index] ?? {};
      return logits ? [{ weight, logits }] : [];
    });
    const mixed = read.length === 1 ? read[0]!.logits : mixedLogits(read);
    const probabilities = this.tempered(mixed, Math.max(temperature, smallestTemperature));
    if (probabilities) return probabilities;
    throw nonFiniteLogits(mixed, mixed.length);
  }

  /** Null for logits that are not finite. */
  private tempered(logits: Float32Array, temperature: number): Float64Array | null {
    const { banned } = this;
    let highest = -Infinity;
    for (let id = 0; id < logits.length; id++) if (banned[id] === 0) highest = Math.max(highest, logits[id]!);
    const probabilities = new Float64Array(logits.length);
    let sum = 0;
    for (let id = 0; id < logits.length; id++) {
      if (banned[id] === 0) sum += probabilities[id] = Math.exp((logits[id]! - highest) / temperature);
    }
    if (!(sum > 0 && sum < Infinity)) return null;
    for (let id = 0; id < logits.length; id++) probabilities[id]! /= sum;
    return probabilities;
  }

  /** Frees the memory of the readers; the models stay. */
  dispose(): void {
    for (const { reader } of this.parts) reader.dispose();
  }
}

/** Below it, the most probable token has a probability of 1 within rounding. */
const smallestTemperature = 1e-3;

function mixedLogits(read: readonly { weight: number; logits: Float32Array }[]): Float32Array {
  const total = read.reduce((sum, { weight }) => sum + weight, 0);
  const mixed = new Float64Array(read[0]!.logits.length);
  for (const { weight, logits } of read) {
    const probabilities = softmax(logits);
    for (let id = 0; id < mixed.length; id++) mixed[id]! += (weight / total) * probabilities[id]!;
  }
  return Float32Array.from(mixed, Math.log);
}

/** @throws UserError with the reason why the models cannot be mixed */
function checkVocabulary(first: TextModel, other: TextModel): void {
  const [one, two] = [first.tokenizer, other.tokenizer];
  const differs =
    one.vocabulary.length !== two.vocabulary.length || one.vocabulary.some((token, id) => token !== two.vocabulary[id]);
  if (one.kind === two.kind && !differs) return;
  const kinds = (model: TextModel) =>
    `${model.folder} (${model.tokenizer.kind}, ${model.tokenizer.vocabulary.length} tokens)`;
  throw new UserError(
    `${kinds(first)} and ${kinds(other)} have different vocabularies, so that their probabilities cannot be mixed; train one with \`rnn train --from\` the other, or give one model`,
  );
}

/** States that are kept of the last tokens, for texts that are cut and go on. */
const recentStates = 256;
/** Of the tokens before, one of so many states is kept. */
const sparse = 64;

/** The tokens that a model has read, with states from which it can go on. */
class ReadHistory {
  private ids: readonly number[] = [];
  private readonly states = new Map<number, unknown>(); // by the number of tokens read
  private last: ReadState<unknown> | undefined;

  constructor(private readonly reader: BranchReader) {}

  /** @param ids at least one */
  read(ids: readonly number[]): ReadState<unknown> {
    let common = 0;
    while (common < ids.length && common < this.ids.length && ids[common] === this.ids[common]) common++;
    if (this.last && common === ids.length && common === this.ids.length) return this.last;
    for (const length of this.states.keys()) if (length > common) this.states.delete(length);
    let position = Math.max(0, ...[...this.states.keys()].filter((length) => length < ids.length));
    let state: unknown = this.states.get(position) ?? null;
    this.ids = ids;
    for (; position < ids.length; position++) {
      this.last = this.reader.read([{ state, token: ids[position]! }])[0]!;
      state = this.last.state;
      this.states.set(position + 1, state);
      const old = position + 1 - recentStates;
      if (old % sparse !== 0) this.states.delete(old);
    }
    return this.last!;
  }
}
