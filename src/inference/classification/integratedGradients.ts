/** @file How much each word of a text moved a label: integrated gradients (Sundararajan et al. 2017) of the embeddings, from zeros. */
import {
  add,
  dispose,
  logSumExp,
  mul,
  type Scalar,
  slice,
  sub,
  sum,
  type Tensor2D,
  tensor1d,
  tensor2d,
  tidy,
  variableGrads,
} from "../../engine/tfjs.js";
import type { Model } from "../../model/model.js";
import { inputsOf } from "../../network/inputs.js";
import { embeddingTable, Network } from "../../network/network.js";
import type { BatchInputs } from "../../examples/batch.js";
import { tokenInputs } from "../../examples/documentExamples.js";
import { standardized } from "../../examples/numberExamples.js";
import { endsOfChunks, type Item, type ReadItem, sequencesOf, textOf } from "./outputs.js";
import { type Span, wordSpans } from "./wordContributions.js";

/** Points on the way from zeros to the embeddings, each in the middle of its part. */
const points = 64;

/**
 * The contribution of each word that the model reads: their sum is the log odds of the label, less those of embeddings of zeros, up to the error of the sum
 * over points. A regressor's number stands for the log odds.
 * @param item a text; the numbers beside it are as they are on the whole way
 * @param model a network that starts with an embedding, without a bag of n-grams
 * @param label its index, 0 for a number
 */
export function integratedGradients(model: Model, item: Item, label: number): (Span & { contribution: number })[] {
  const [{ sequence, numbers }] = sequencesOf(model, [item]) as [ReadItem];
  const text = textOf(item)!;
  const ids = Array.from(sequence);
  if (ids.length === 0) return [];
  const { tokenizer, numbers: scales } = model as Extract<Model, { inputs: "tokens" }>;
  const textNumbers = scales ? standardized([numbers], scales) : undefined;
  const ofTokens = tokenContributions(model, ids, { label, textNumbers, ends: endsOfChunks(model, ids.length) });
  const words: (Span & { contribution: number })[] = [];
  let first = 0;
  for (const span of wordSpans(text)) {
    if (first >= ids.length) break;
    const last = Math.min(ids.length, tokenizer.encode(text.slice(0, span.end)).length);
    words.push({ ...span, contribution: ofTokens.slice(first, last).reduce((total, one) => total + one, 0) });
    first = Math.max(first, last);
  }
  const rest = ofTokens.slice(first).reduce((total, one) => total + one, 0); // such as spaces at the end
  const final = words.at(-1);
  if (final) final.contribution += rest;
  return words;
}

/** One gradient gives all points of a chunk: a network reads a row for each point, whose tokens have embeddings that are scaled to the point. */
type Path = {
  /** Its vocabulary is the tokens of the chunk, once for each point. */
  network: Network;
  inputs: BatchInputs;
};

/**
 * The contribution of each token, of one chunk after the other, so that a long text needs the memory of one chunk: the logits of the other chunks are constants.
 * @param label its index, 0 for a number
 * @param ends of the chunks that the network reads of the text
 */
function tokenContributions(
  model: Model,
  ids: readonly number[],
  { label, textNumbers, ends }: { label: number; textNumbers: Float32Array | undefined; ends: readonly number[] },
): number[] {
  const values = model.network.values();
  const { values: table, shape } = values.get(embeddingTable)!;
  const width = shape[1]!;
  const embedding = (id: number): Float32Array => table.subarray(id * width, (id + 1) * width);

  function onPath<Result>(chunk: readonly number[], compute: (path: Path) => Result): Result {
    const steps = chunk.length;
    const scaled = new Float32Array(points * steps * width);
    for (let point = 0, at = 0; point < points; point++)
      for (const id of chunk) for (const value of embedding(id)) scaled[at++] = (value * (point + 0.5)) / points;
    const spec = { ...model.network.spec, vocabulary: points * steps };
    const network = Network.from(spec, values.set(embeddingTable, { shape: [points * steps, width], values: scaled }));
    const rows = Array.from({ length: points }, (_, point) =>
      Array.from({ length: steps }, (__, step) => point * steps + step),
    );
    const inputs = { ...tokenInputs(rows), ...(textNumbers && { textNumbers: repeated(textNumbers, points) }) };
    try {
      return compute({ network, inputs });
    } finally {
      network.dispose();
    }
  }

  const chunks = ends.map((end, index) => ids.slice(ends[index - 1] ?? 0, end));
  const logits = chunks.length === 1 ? [] : chunks.map((chunk) => onPath(chunk, logitsOf));
  return chunks.flatMap((chunk, index) => {
    const others = new Float32Array(points * model.network.spec.classes);
    for (const [chunkIndex, own] of logits.entries())
      if (chunkIndex !== index) for (const [at, logit] of own.entries()) others[at]! += logit;
    const gradient = onPath(chunk, (path) =>
      gradientOf(path, { label, others, chunks: chunks.length, deviation: model.target?.deviation }),
    );
    return chunk.map((id, step) => {
      let contribution = 0;
      for (let point = 0; point < points; point++)
        for (const [unit, value] of embedding(id).entries())
          contribution += value * gradient[(point * chunk.length + step) * width + unit]!;
      return contribution / points;
    });
  });
}

/** [points · classes] */
function logitsOf({ network, inputs }: Path): Float32Array {
  const { logits, state } = network.read(() => inputsOf(inputs), null);
  dispose(state);
  return logits;
}

/** others: the sums of the logits of the other chunks, [points · classes]; chunks: the number of all; deviation: of a regressor's number. */
type GradientOptions = { label: number; others: Float32Array; chunks: number; deviation: number | undefined };

/** Of the sum of the log odds over the points, [points · steps · width]. */
function gradientOf({ network, inputs }: Path, { label, others, chunks, deviation }: GradientOptions): Float32Array {
  const { classes, multilabel } = network.spec;
  const { value, grads } = variableGrads(
    (): Scalar =>
      tidy(() => {
        const sums = add(
          network.differentiableLogits(inputsOf(inputs)),
          tensor2d(others, [points, classes], "float32"),
        );
        const logits = mul<Tensor2D>(sums, 1 / chunks); // the means over the chunks
        const own = slice(logits, [0, label], [points, 1]);
        if (deviation !== undefined) return sum<Scalar>(mul(own, deviation));
        if (multilabel) return sum<Scalar>(own);
        const hidden = tensor1d(Array.from({ length: classes }, (_, at) => (at === label ? -1e9 : 0)));
        return sub<Scalar>(sum(own), sum(logSumExp(add(logits, hidden), 1)));
      }),
    [network.weights.get(embeddingTable)!],
  );
  const gradient = grads[network.weights.get(embeddingTable)!.name]!.dataSync<"float32">().slice();
  dispose([value, grads]);
  return gradient;
}

/** Values once for each row. */
function repeated(values: Float32Array, rows: number): Float32Array {
  const all = new Float32Array(rows * values.length);
  for (let row = 0; row < rows; row++) all.set(values, row * values.length);
  return all;
}
