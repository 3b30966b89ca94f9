/** @file The model that a network learns from: its logits for each batch of the examples. */
import { dispose } from "../engine/tfjs.js";
import type { Batch, Examples } from "../examples/batch.js";
import { tokenRows } from "../examples/documentExamples.js";
import type { Model } from "../model/model.js";
import { inputsOf } from "../network/inputs.js";
import { argmax } from "../network/softmax.js";

/** What is learned: temperature and alpha of `distillationLoss`; ownLabels: the labels of the examples, else those that the teacher predicts. */
export type TeachingSettings = { temperature: number; alpha: number; ownLabels: boolean };

/** The examples with the logits of a classifier or tagger, which computes those of each document once. */
export function withTeacher(
  examples: Examples,
  model: Model,
  { temperature, alpha, ownLabels }: TeachingSettings,
): Examples {
  const logitsOf = logitReader(model);
  const batch = (epoch: number, index: number): Batch => {
    const own = examples.batch(epoch, index);
    const logits = logitsOf(own);
    const targets = ownLabels ? own.targets : predictedLabels(logits, own.targets.length);
    return { ...own, targets, teacher: { logits, temperature, alpha } };
  };
  return { ...examples, batch };
}

/** The logits of a batch, [targets · classes]. Those of documents with one target each are kept. */
function logitReader(model: Model): (batch: Batch) => Float32Array {
  const { bag } = model;
  const classes = model.labels.length;
  const kept = new Map<number, Float32Array>();
  const ofNetwork = (batch: Batch): Float32Array => {
    const { logits, state } = model.network.read(() => inputsOf(batch), null);
    dispose(state);
    return logits.slice();
  };
  const compute = (batch: Batch): Float32Array => {
    if (!bag) return ofNetwork(batch);
    const beside = bag.readsNetwork ? ofNetwork(batch) : undefined;
    const logits = new Float32Array(batch.targets.length * classes);
    for (const [row, ids] of tokenRows(batch).entries()) {
      const from = row * classes;
      logits.set(bag.sum(bag.model.logits(ids), beside?.subarray(from, from + classes)), from);
    }
    return logits;
  };
  return (batch) => {
    const { documents, targets } = batch;
    if (!documents || documents.length !== targets.length) return compute(batch);
    if (!documents.every((document) => kept.has(document))) {
      const logits = compute(batch);
      for (const [row, document] of documents.entries())
        kept.set(document, logits.slice(row * classes, (row + 1) * classes));
    }
    const logits = new Float32Array(documents.length * classes);
    for (const [row, document] of documents.entries()) logits.set(kept.get(document)!, row * classes);
    return logits;
  };
}

function predictedLabels(logits: Float32Array, rows: number): Int32Array {
  const classes = logits.length / rows;
  return new Int32Array(rows).map((_, row) => argmax(logits.subarray(row * classes, (row + 1) * classes)));
}
