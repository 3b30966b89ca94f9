/** @file A run that started from another checkpoint as text: what it kept, and the scores on the corpus of that checkpoint. */
import type { FromRecord } from "../checkpoint/checkpoint.js";
import { quantity } from "../common/quantity.js";
import type { BaseScores } from "../training/baseCorpus.js";
import type { RunDescription } from "../training/runDescription.js";
import { unitOf } from "./corpusText.js";
import { decimal, percent } from "./numberText.js";
import { defaultWidth, formatTable, type Row } from "./textTable.js";

/** The line "from" of a run. */
export function fromText({ from, tokenizer }: RunDescription): string | undefined {
  if (!from) return undefined;
  const added = tokenizer && from.tokens !== undefined ? tokenizer.vocabulary.length - from.tokens : 0;
  return [...keptText(from), ...(added > 0 ? [quantity(added, "new tokens")] : [])].join("; ");
}

/** The phrases that a record consists of, the checkpoint first. */
export function keptText({ checkpoint, newHead, freeze, replay, corpus }: FromRecord): string[] {
  return [
    checkpoint,
    ...(newHead ? ["new output layer"] : []),
    ...(freeze.length > 0 ? [`frozen: ${freeze.join(", ")}`] : []),
    ...(replay > 0 ? [`${percent(replay)} of the batches of ${corpus.name ?? "its corpus"}`] : []),
  ];
}

/** The scores on the corpus of the earlier checkpoint, before and after the run. */
export function baseText(
  { corpus, part, targets, sampledFrom, before, after }: BaseScores,
  run: RunDescription,
  width = defaultWidth,
): string {
  const count = quantity(sampledFrom ?? targets, unitOf(run));
  const scored = sampledFrom === undefined ? count : `a sample of ${targets.toLocaleString("en")} of ${count}`;
  const rows: Row[] = [
    { name: "before", ...before, loss: before.loss ?? Number.NaN },
    { name: "after", ...after, loss: after.loss ?? Number.NaN },
  ];
  const columns = [
    { key: "name", title: "" },
    { key: "accuracy", title: "accuracy", format: (value: number) => percent(value, 1) },
    { key: "perplexity", title: "perplexity", format: decimal },
    { key: "loss", title: "loss", rank: 1, format: (nats: number) => nats.toFixed(4) },
  ].filter(({ key }) => rows.some((row) => row[key] !== undefined));
  return `${corpus}, of ${run.from?.checkpoint}: ${part} part, ${scored}\n${formatTable({ columns, rows }, width).trimEnd()}`;
}
