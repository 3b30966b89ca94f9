/** @file How much each word of a text speaks for an answer: what the answer loses where the word is left out. */
import { unscaled } from "../../examples/scaling.js";
import type { Model } from "../../model/model.js";
import { codeUnits, isBlankAt, wordEnd } from "../../tokenizers/codeUnits.js";
import { outputsOf } from "./outputs.js";

/** A word or a mark: the characters start … end of the text. */
export type Span = { start: number; end: number };

/** For each label, in the order of the model's, how far its log odds fall without the word; of a regressor one number: how far the answer falls. */
export type WordWeight = Span & { weights: number[] };

/** Words that are left out at once, each in a text of its own. */
const wordsAtOnce = 16;

/**
 * The words of a text in their order, each as soon as it is weighed: a caller who wants no more of them stops.
 * A weight above 0 speaks for the label; ln 2 says that its odds are twice as high with the word as without. Words that the model does not
 * come to read, past the longest text that it takes, are not among them.
 * @param model a classifier or a regressor
 * @throws UserError where it reads rows of numbers
 */
export function* wordWeights(model: Model, text: string): Generator<WordWeight> {
  const spans = readWords(model, text);
  if (spans.length === 0) return;
  const [whole] = effectsOf(model, [text]);
  for (let first = 0; first < spans.length; first += wordsAtOnce) {
    const group = spans.slice(first, first + wordsAtOnce);
    const without = effectsOf(
      model,
      group.map((span) => withoutWord(text, span)),
    );
    for (const [index, span] of group.entries())
      yield { ...span, weights: whole!.map((effect, label) => effect - without[index]![label]!) };
  }
}

function readWords(model: Model, text: string): Span[] {
  const all = wordsOf(text);
  if (model.inputs === "numbers") return all;
  const { tokenizer, recipe } = model;
  const unread = all.findIndex(
    ({ start }) => tokenizer.encode(text.slice(0, start).trimEnd()).length >= recipe.maxLength,
  );
  return unread === -1 ? all : all.slice(0, unread);
}

/** Words and marks, as the words of a tokenizer are cut; not white space. */
export function wordsOf(text: string): Span[] {
  const units = codeUnits(text);
  const spans: Span[] = [];
  for (let start = 0; start < units.length;) {
    const end = wordEnd(units, start);
    if (!isBlankAt(units, start)) spans.push({ start, end });
    start = end;
  }
  return spans;
}

/** The white space before it goes too; of the first word, what follows it. */
function withoutWord(text: string, { start, end }: Span): string {
  const [before, after] = [text.slice(0, start).trimEnd(), text.slice(end)];
  return before === "" ? after.trimStart() : before + after;
}

/** Of each text, what a word's absence changes: each label's log odds, or the number. */
const effectsOf = (model: Model, texts: readonly string[]): number[][] =>
  outputsOf(model, texts).map((outputs) =>
    model.target ? [unscaled(outputs[0]!, model.target)] : Array.from(outputs, (_, label) => logOdds(outputs, label)),
  );

/** ln(p / (1 - p)) of a class under the softmax: its logit less the log of the others' summed exponentials, which no rounding of p limits. */
function logOdds(logits: Float32Array, chosen: number): number {
  const others = logits.filter((_, index) => index !== chosen);
  const largest = Math.max(...others);
  const sum = others.reduce((total, logit) => total + Math.exp(logit - largest), 0);
  return logits[chosen]! - largest - Math.log(sum);
}
