/** @file Checkpoints of networks with random weights, and their weights under other programs' names. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { saveCheckpoint } from "../../src/checkpoint/checkpoint.js";
import { encodeSafetensors, type NamedArrays } from "../../src/checkpoint/safetensors.js";
import { selectBackend } from "../../src/engine/backends/index.js";
import { readSpec, type Spec } from "../../src/network/spec.js";
import { initializations } from "../../src/network/initializers.js";
import { Network } from "../../src/network/network.js";
import type { TextModel } from "../../src/model/model.js";
import { logitsOf } from "../network/sampleSpecs.js";
import { settleRecipe, storeRecipe } from "../../src/options/recipe.js";

/** Texts of one character each, after the special tokens. */
export const charactersOf = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => String.fromCodePoint(97 + index));

const tokenizerOf = (kind: string, size: number) => ({
  kind,
  lowercase: false,
  vocabulary: ["<unk>", "<end>", ...charactersOf(size - 2)],
});

/** Saves a checkpoint of a network, as a run on a corpus would. @returns its weights, in order */
export async function checkpointOf(folder: string, spec: Spec, seed = 1): Promise<NamedArrays> {
  await selectBackend("cpu");
  const network = Network.create(readSpec(spec), initializations.uniform(0.7), seed);
  const weights = network.values();
  network.dispose();
  const { task, vocabulary, classes, layers } = spec;
  const [first] = layers;
  mkdirSync(folder, { recursive: true });
  const labels = Array.from({ length: classes }, (_, index) => `label ${index}`);
  await saveCheckpoint(
    folder,
    {
      task,
      spec,
      ...((task === "classifier" || task === "tagger") && { labels }),
      ...(vocabulary === undefined
        ? { scaling: Array.from({ length: spec.width! }, () => ({ mean: 1, deviation: 2 })) }
        : { tokenizer: tokenizerOf(task === "tagger" ? "whitespace" : "characters", vocabulary) }),
      ...(first?.type === "words" && { spelling: tokenizerOf("characters", first.characters.vocabulary) }),
      ...(task === "regressor" && { target: { mean: 0, deviation: 1 } }),
      options: storeRecipe(settleRecipe({}, task, vocabulary === undefined ? "numbers" : "tokens")),
      corpus: {
        name: "gone.txt",
        shape: task === "generator" ? "stream" : "documents",
        labelled: task !== "generator",
        bytes: 3,
        digest: "0".repeat(64),
        options: {},
      },
      counts: {},
      metrics: {},
      history: [],
      progress: { step: 3, best: 0, running: { loss: 0, batches: 0 }, plan: { steps: 3, evaluateEvery: 3 } },
    },
    { weights },
  );
  return weights;
}

/** A file of arrays. @returns its path */
export function safetensorsFile(folder: string, name: string, arrays: NamedArrays): string {
  const path = join(folder, name);
  writeFileSync(path, Buffer.concat(encodeSafetensors(arrays)));
  return path;
}

/** The texts that another program's network read, and its logits, [time · texts, outputs] or [texts, outputs]. */
export type ReferenceLogits = { texts: string[]; logits: number[][] };

/**
 * The largest difference between a model's logits for texts of one length and those of the other program.
 * @param tokens of the other program, where the first two are special tokens
 */
export function errorAgainst(model: TextModel, tokens: readonly string[], { texts, logits }: ReferenceLogits): number {
  const ids = texts.map((text) => model.tokenizer.encode(text));
  const [time, rows] = [ids[0]!.length, ids.length];
  const actual = logitsOf(model.network, {
    time,
    rows,
    tokens: Int32Array.from({ length: time * rows }, (_, at) => ids[at % rows]![Math.floor(at / rows)]!),
    lengths: null,
  });
  if (actual.length !== logits.length) return Number.NaN;
  // A generator's outputs are tokens, whose ids changed in the import; other outputs are labels.
  const writes = model.task === "generator";
  const outputs = [...logits[0]!.keys()].slice(writes ? 2 : 0);
  const ours = outputs.map((output) => (writes ? model.tokenizer.encode(tokens[output]!)[0]! : output));
  const errors = logits.flatMap((expected, row) => {
    const [first, second] = actual[row] as [number, number];
    if (expected.length === 1) return [second - first - expected[0]!];
    return outputs.map((output, index) => actual[row]![ours[index]!]! - expected[output]!);
  });
  return Math.max(...errors.map(Math.abs));
}
