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
  tensor1d,
  tensor2d,
  tidy,
  variableGrads,
} from "../../engine/tfjs.js";
import type { Model } from "../../model/model.js";
import { embeddingTable, Network } from "../../network/network.js";
import { standardized } from "../../examples/numberExamples.js";
import { type Item, type ReadItem, sequencesOf, textOf } from "./outputs.js";
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
  const ofTokens = tokenContributions(model, ids, label, scales ? standardized([numbers], scales) : undefined);
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

/**
 * One gradient gives all points: a network whose vocabulary is the tokens of the text, once for each point, with embeddings that are scaled to the point, reads
 * a row for each point.
 */
function tokenContributions(
  model: Model,
  ids: readonly number[],
  label: number,
  textNumbers: Float32Array | undefined,
): number[] {
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
    const gradient = gradientOf(path, steps, { label, deviation: model.target?.deviation, textNumbers });
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

/** Of the sum of the log odds over the points, [points · steps · width]. */
function gradientOf(
  path: Network,
  steps: number,
  {
    label,
    deviation,
    textNumbers,
  }: { label: number; deviation: number | undefined; textNumbers: Float32Array | undefined },
): Float32Array {
  const tokens = Int32Array.from(
    { length: steps * points },
    (_, at) => (at % points) * steps + Math.floor(at / points),
  );
  const { value, grads } = variableGrads(
    (): Scalar =>
      tidy(() => {
        const values = tensor2d(tokens, [steps, points], "int32");
        const numbers = textNumbers && tensor2d(repeated(textNumbers), [points, textNumbers.length]);
        const logits = path.differentiableLogits({ values, lengths: null, numbers });
        const own = slice(logits, [0, label], [points, 1]);
        if (deviation !== undefined) return sum<Scalar>(mul(own, deviation));
        if (path.spec.multilabel) return sum<Scalar>(own);
        const hidden = tensor1d(Array.from({ length: path.spec.classes }, (_, at) => (at === label ? -1e9 : 0)));
        return sub<Scalar>(sum(own), sum(logSumExp(add(logits, hidden), 1)));
      }),
    [path.weights.get(embeddingTable)!],
  );
  const gradient = grads[path.weights.get(embeddingTable)!.name]!.dataSync<"float32">().slice();
  dispose([value, grads]);
  return gradient;
}

/** Once for each point. */
function repeated(values: Float32Array): Float32Array {
  const rows = new Float32Array(points * values.length);
  for (let point = 0; point < points; point++) rows.set(values, point * values.length);
  return rows;
}
