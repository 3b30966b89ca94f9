/** @file Texts in the units of copied runs, from which a run is found again as text. */
import type { CopiedRun, CopyFinder } from "../../copying/copyFinder.js";
import { boundary, type CopyUnits } from "../../copying/copyUnits.js";
import type { Tokenizer } from "../../tokenizers/index.js";
import { unknownId } from "../../tokenizers/specialTokens.js";

/** Not a unit of any corpus. */
const separator = -2;

/** One or more texts, between which no run goes on. */
export class MarkedText {
  readonly units: number[] = [];
  /** The words or characters of the texts. */
  readonly counted: number;
  private readonly ids: number[] = [];
  /** The index in `ids` of the token that each unit belongs to. */
  private readonly tokenOf: number[] = [];
  /** The counted units before each unit, and in all. */
  private readonly countedBefore: number[] = [0];

  /** @param texts their token ids */
  constructor(
    private readonly tokenizer: Tokenizer,
    units: CopyUnits,
    texts: readonly (readonly number[])[],
  ) {
    const add = (unit: number, isCounted: boolean): void => {
      this.units.push(unit);
      this.tokenOf.push(this.ids.length);
      this.countedBefore.push(this.countedBefore.at(-1)! + Number(isCounted));
    };
    for (const text of texts) {
      for (const id of text) {
        for (const unit of Array.from(units.ofToken[id]!))
          add(unit === boundary ? separator : unit, units.isCounted(unit) || id === unknownId);
        this.ids.push(id);
      }
      add(separator, false);
    }
    this.counted = this.countedBefore.at(-1)!;
  }

  /** The longest and the mean length in words or characters of runs that end at each of them. @param runs from `CopyFinder.runs` */
  measure(runs: ArrayLike<number>): { longest: number; mean: number } {
    const { countedBefore } = this;
    let [longest, sum] = [0, 0];
    for (let end = 1; end <= this.units.length; end++) {
      const isCharacter = countedBefore[end]! > countedBefore[end - 1]!;
      if (!isCharacter) continue;
      const length = countedBefore[end]! - countedBefore[end - runs[end - 1]!]!;
      longest = Math.max(longest, length);
      sum += length;
    }
    return { longest, mean: sum / Math.max(1, this.counted) };
  }

  /** The longest run that a finder of these units has found; null for none. */
  longestRun(finder: CopyFinder): { text: string; length: number; corpusStart: number } | null {
    const run = finder.longest();
    return run && { text: this.textOf(run), length: this.lengthOf(run), corpusStart: run.corpusEnd - run.length };
  }

  /** The text of so many words or characters before the unit `end`. */
  endingAt(end: number, length: number): string {
    let begin = end;
    while (begin > 0 && this.countedBefore[end]! - this.countedBefore[begin]! < length) begin--;
    return this.textOf({ end, length: end - begin });
  }

  private lengthOf({ length, end }: CopiedRun): number {
    return this.countedBefore[end]! - this.countedBefore[end - length]!;
  }

  /** The text of a run, with the whole of its first and its last token. */
  private textOf({ length, end }: Omit<CopiedRun, "corpusEnd">): string {
    if (length === 0) return "";
    return this.tokenizer.decode(this.ids.slice(this.tokenOf[end - length], this.tokenOf[end - 1]! + 1)).trim();
  }
}
