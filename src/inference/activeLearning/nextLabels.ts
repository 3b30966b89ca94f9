/** @file The texts without a label that are most worth labeling: those of which a classifier is most uncertain, without near-copies of each other and of labeled texts. */
import { UserError } from "../../common/errors.js";
import type { LabelStrategy } from "../../common/names.js";
import { type Random, randomStream } from "../../common/random.js";
import { textKey } from "../../examples/grouping.js";
import type { Model } from "../../model/model.js";
import { textModel } from "../../model/rebuild.js";
import { batchArrivals } from "../batching.js";
import { answerBatch, type Prediction } from "../classification/classify.js";
import { batchItems } from "../classification/outputs.js";
import { diverseChoice } from "./diverseChoice.js";
import { SimilarTexts, WordNumbers, type WordSet } from "./textSimilarity.js";
import { uncertaintyBy } from "./uncertainty.js";

/**
 * A text that may be listed, with the numbers beside it if the model reads some. One that has a label already is not listed, and lowers the worth of texts
 * like it.
 */
export type LabelRow = { text: string; numbers?: readonly number[]; isLabeled: boolean };

export type NextLabel<Row extends LabelRow> = {
  row: Row;
  /** Every label, most probable first. */
  predictions: Prediction[];
  /** By the strategy, 0 … 1. */
  uncertainty: number;
  /** If no word of the text is in the vocabulary. */
  hasNoKnownWord?: true;
};

/** The rows to label, most worth labeling first, and how many rows there were. */
export type NextLabels<Row extends LabelRow> = {
  next: NextLabel<Row>[];
  /** Rows without a label. */
  candidates: number;
  labeled: number;
};

export type NextLabelOptions = { next: number; strategy: LabelStrategy };

/** The texts of a sample of the candidates. */
const sampled = 300;
/** The most uncertain texts among which the next ones are chosen: so many, and so many for each of these. */
const leastPool = 2000;
const poolPerNext = 20;

/**
 * Chooses by uncertainty, density and similarity (`diverseChoice`). Copies of a text count once. Of a candidate, a number and its new words are kept.
 * @throws UserError for a model of rows of numbers, for a row without the numbers that the model reads, and for outputs that are not finite
 */
export async function nextLabels<Row extends LabelRow>(
  given: Model,
  rows: AsyncIterable<Row>,
  { next, strategy }: NextLabelOptions,
): Promise<NextLabels<Row>> {
  const model = textModel(given);
  const words = new WordNumbers();
  const labeled = new SimilarTexts();
  const pool = new Pool<Row>(Math.max(leastPool, poolPerNext * next));
  const uncertaintyOf = uncertaintyBy(strategy, model);
  const counts = { candidates: 0, labeled: 0 };
  const seen = new Set<number | undefined>();
  const sample = new Reservoir<WordSet>(sampled, randomStream(1, "label"));
  for await (const batch of batchArrivals(unlabeled(), batchItems)) {
    const answers = answerBatch(
      model,
      batch.map(({ text, numbers }) => (numbers ? { text, numbers } : text)),
    );
    for (const [index, row] of batch.entries()) {
      const answer = answers[index]!;
      if ("error" in answer) throw new UserError(answer.error);
      if (!("predictions" in answer)) continue;
      const { predictions, hasNoKnownWord } = answer;
      const uncertainty = uncertaintyOf(predictions);
      pool.add({ row, predictions, uncertainty, ...(hasNoKnownWord && { hasNoKnownWord }) });
    }
  }
  const candidates = pool.best().map((one) => ({ ...one, words: words.of(one.row.text) }));
  const chosen = diverseChoice(candidates, { labeled, sample: sample.items }, next).map(
    ({ words: _words, ...one }) => one,
  );
  return { next: chosen, ...counts };

  async function* unlabeled(): AsyncGenerator<Row> {
    for await (const row of rows) {
      if (row.isLabeled) {
        counts.labeled++;
        labeled.add(words.of(row.text));
        continue;
      }
      counts.candidates++;
      const own = words.of(row.text);
      const key = textKey({ text: own.join(" ") });
      if (seen.has(key)) continue;
      seen.add(key);
      sample.add(own);
      yield row;
    }
  }
}

/** A uniform sample of items that come one by one (Vitter's algorithm R). */
class Reservoir<Item> {
  readonly items: Item[] = [];
  private count = 0;

  constructor(
    private readonly size: number,
    private readonly random: Random,
  ) {}

  add(item: Item): void {
    const index = this.count < this.size ? this.count : Math.floor(this.random() * (this.count + 1));
    this.count++;
    if (index < this.size) this.items[index] = item;
  }
}

/** Keeps the most uncertain texts, the earlier of equals. */
class Pool<Row extends LabelRow> {
  private found: NextLabel<Row>[] = [];

  constructor(private readonly size: number) {}

  add(one: NextLabel<Row>): void {
    this.found.push(one);
    if (this.found.length >= 2 * this.size) this.found = this.best();
  }

  best(): NextLabel<Row>[] {
    return this.found.toSorted((left, right) => right.uncertainty - left.uncertainty).slice(0, this.size);
  }
}
