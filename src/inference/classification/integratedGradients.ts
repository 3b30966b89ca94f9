/** @file How much each word of a text moved a label: integrated gradients (Sundararajan et al. 2017) of the embeddings, from zeros. */
import {
  add,
  dispose,
  logSumExp,
  mean,
  mul,
  type Rank,
  reshape,
  type Scalar,
  slice,
  sub,
  sum,
  type Tensor2D,
  tensor1d,
  tidy,
  variableGrads,
} from "../../engine/tfjs.js";
import type { Model } from "../../model/model.js";
import { inputsOf } from "../../network/inputs.js";
import { embeddingTable, Network } from "../../network/network.js";
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

type Explained = {
  /** Its index, 0 for a number. */
  label: number;
  textNumbers: Float32Array | undefined;
  /** Of the chunks that the network reads of the text. */
  ends: readonly number[];
};

/**
 * One gradient gives all points: a network whose vocabulary is the tokens of the text, once for each point, with embeddings that are scaled to the point, reads
 * a row for each chunk and point.
 */
function tokenContributions(model: Model, ids: readonly number[], explained: Explained): number[] {
  const values = model.network.values();
  const { values: table, shape } = values.get(embeddingTable)!;
  const [width, steps] = [shape[1]!, ids.length];
  const scaled = new Float32Array(points * steps * width);
  for (let point = 0; point < points; point++)
    for (const [step, id] of ids.entries())
      for (let column = 0; column < width; column++)
        scaled[(point * steps + step) * width + column] = ((point + 0.5) / points) * table[id * width + column]!;
  const spec = { ...model.network.spec, vocabulary: points * steps };
  const path = Network.from(spec, values.set(embeddingTable, { shape: [points * steps, width], values: scaled }));
  try {
    const gradient = gradientOf(path, steps, explained, model.target?.deviation);
    return ids.map((id, step) => {
      let contribution = 0;
      for (let point = 0; point < points; point++)
        for (let column = 0; column < width; column++)
          contribution += table[id * width + column]! * gradient[(point * steps + step) * width + column]!;
      return contribution / points;
    });
  } finally {
    path.dispose();
  }
}

/** The tokens of each chunk at each point: the points of the first chunk, then those of the next. @param steps tokens of the text */
const rowsOfPoints = (steps: number, ends: readonly number[]): number[][] =>
  ends.flatMap((end, chunk) => {
    const begin = ends[chunk - 1] ?? 0;
    return Array.from({ length: points }, (_, point) =>
      Array.from({ length: end - begin }, (__, step) => point * steps + begin + step),
    );
  });

/** Of the sum of the log odds over the points, [points · steps · width]. */
function gradientOf(
  path: Network,
  steps: number,
  { label, textNumbers, ends }: Explained,
  deviation: number | undefined,
): Float32Array {
  const { classes } = path.spec;
  const rows = rowsOfPoints(steps, ends);
  const batch = { ...tokenInputs(rows), ...(textNumbers && { textNumbers: repeated(textNumbers, rows.length) }) };
  const { value, grads } = variableGrads(
    (): Scalar =>
      tidy(() => {
        const ofChunks = path.differentiableLogits(inputsOf(batch));
        const logits = mean<Tensor2D>(reshape<Rank.R3>(ofChunks, [ends.length, points, classes]), 0);
        const own = slice(logits, [0, label], [points, 1]);
        if (deviation !== undefined) return sum<Scalar>(mul(own, deviation));
        if (path.spec.multilabel) return sum<Scalar>(own);
        const hidden = tensor1d(Array.from({ length: classes }, (_, at) => (at === label ? -1e9 : 0)));
        return sub<Scalar>(sum(own), sum(logSumExp(add(logits, hidden), 1)));
      }),
    [path.weights.get(embeddingTable)!],
  );
  const gradient = grads[path.weights.get(embeddingTable)!.name]!.dataSync<"float32">().slice();
  dispose([value, grads]);
  return gradient;
}

/** Values once for each row. */
function repeated(values: Float32Array, rows: number): Float32Array {
  const all = new Float32Array(rows * values.length);
  for (let row = 0; row < rows; row++) all.set(values, row * values.length);
  return all;
}
