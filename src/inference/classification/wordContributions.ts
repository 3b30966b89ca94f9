/** @file How much each word of a text supports a prediction: the change of the prediction when the word is left out (occlusion). */
import { unscaled } from "../../examples/scaling.js";
import type { Model } from "../../model/model.js";
import { codeUnits, isBlankAt, wordEnd } from "../../tokenizers/codeUnits.js";
import { type Item, longestRead, outputsOf, textOf, withText } from "./outputs.js";

/** A word or a punctuation mark: the UTF-16 code units from `start` to before `end`. */
export type Span = { start: number; end: number };

/**
 * A word's contribution to each label, in the order of the model's labels: the fall of the label's log odds when the word is left out. A
 * regressor has one contribution: the fall of the number.
 */
export type WordContribution = Span & { contributions: number[] };

/** Texts of one forward pass, each without one of the words. */
const batchWords = 16;

/**
 * The contribution of each word, in the order of the text, computed as the caller takes them. A contribution above 0 supports the label, one
 * below 0 opposes it; ln 2 means that the label's odds are twice as high with the word. Words after the model's maximum length are left out.
 * @param model a classifier or a regressor
 * @param item a text; the numbers beside it stay as they are
 * @throws UserError for a model that reads rows of numbers
 */
export function* wordContributions(model: Model, item: Item): Generator<WordContribution> {
  const text = textOf(item) ?? "";
  const spans = spansRead(model, text);
  if (spans.length === 0) return;
  const [whole] = scoresOf(model, [item]);
  for (let first = 0; first < spans.length; first += batchWords) {
    const batch = spans.slice(first, first + batchWords);
    const without = scoresOf(
      model,
      batch.map((span) => withText(item, withoutSpan(text, span))),
    );
    for (const [index, span] of batch.entries())
      yield { ...span, contributions: whole!.map((score, label) => score - without[index]![label]!) };
  }
}

/** The words up to the model's maximum length. */
function spansRead(model: Model, text: string): Span[] {
  const all = wordSpans(text);
  if (model.inputs === "numbers") return all;
  const { tokenizer } = model;
  const longest = longestRead(model);
  if (tokenizer.encode(text).length <= longest) return all;
  const firstUnread = all.findIndex(({ start }) => tokenizer.encode(text.slice(0, start).trimEnd()).length >= longest);
  return firstUnread === -1 ? all : all.slice(0, firstUnread);
}

/** The words and punctuation marks of a text, as the words tokenizer splits it, without whitespace. */
export function wordSpans(text: string): Span[] {
  const units = codeUnits(text);
  const spans: Span[] = [];
  for (let start = 0; start < units.length;) {
    const end = wordEnd(units, start);
    if (!isBlankAt(units, start)) spans.push({ start, end });
    start = end;
  }
  return spans;
}

/** The text without a word and the whitespace before it, or after it if the word is the first. */
function withoutSpan(text: string, { start, end }: Span): string {
  const [before, after] = [text.slice(0, start).trimEnd(), text.slice(end)];
  return before === "" ? after.trimStart() : before + after;
}

/** [items][labels]: each label's log odds; of a regressor [items][1], the number. */
const scoresOf = (model: Model, items: readonly Item[]): number[][] =>
  outputsOf(model, items).map((outputs) =>
    model.target
      ? [unscaled(outputs[0]!, model.target)]
      : model.recipe.multilabel
        ? [...outputs] // a logit is the log odds of its label
        : Array.from(outputs, (_, label) => logOdds(outputs, label)),
  );

/** ln(p / (1 - p)) of a class under the softmax: its logit minus the logSumExp of the others, which stays exact if p rounds to 1. */
function logOdds(logits: Float32Array, label: number): number {
  const others = logits.filter((_, index) => index !== label);
  const largest = Math.max(...others);
  const sum = others.reduce((total, logit) => total + Math.exp(logit - largest), 0);
  return logits[label]! - largest - Math.log(sum);
}
