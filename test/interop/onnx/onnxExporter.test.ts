/** @file Exported ONNX files have the network's outputs in ONNX Runtime, from npm and, if installed, from Python. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import * as runtime from "onnxruntime-web";
import { expect, test } from "vitest";
import { dequantizedArrays, quantizedArrays, type QuantizedRecord } from "../../../src/checkpoint/quantizedArrays.js";
import { decodeSafetensors, encodeSafetensors } from "../../../src/checkpoint/safetensors.js";
import { selectBackend } from "../../../src/engine/backends/index.js";
import { onnxFile } from "../../../src/interop/onnx/onnxExporter.js";
import type { Network } from "../../../src/network/network.js";
import { isPooled, type Spec } from "../../../src/network/spec.js";
import { weightsFrom } from "../../../src/network/storedWeights.js";
import { folderWith } from "../../support/folder.js";
import { pythonHas, runPython } from "../../support/python.js";
import {
  predictionsOf,
  errorOf,
  type Example,
  exampleFor,
  nestedExample,
  randomNetwork,
  vocabularyFor,
} from "../exportExamples.js";
import { allSamples as samples } from "../randomNetworks.js";

runtime.env.wasm.numThreads = 1;
await selectBackend("auto");
const folder = folderWith({});

const fileOf = (spec: Spec): Uint8Array => onnxFile(randomNetwork(spec), vocabularyFor(spec));

type Tensors = Record<string, runtime.Tensor>;

const integers = (values: ArrayLike<number>, shape: number[]) =>
  new runtime.Tensor("int32", Int32Array.from(values), shape);

/** Zeros for each input that is a state. */
function initialStates({ inputMetadata }: runtime.InferenceSession, rows: number): Tensors {
  const states = inputMetadata.flatMap((input) =>
    input.isTensor && /^(hidden|cell|inputs)_/.test(input.name) ? [input] : [],
  );
  return Object.fromEntries(
    states.map(({ name, shape }) => {
      const units = Number(shape[1]);
      return [name, new runtime.Tensor("float32", new Float32Array(rows * units), [rows, units])];
    }),
  );
}

/** The model's inputs for an example. */
function feedsOf({ rows, time, lengths, tokens, numbers, characters }: Example): Tensors {
  return {
    lengths: integers(lengths, [rows]),
    ...(tokens && { tokens: integers(tokens, [rows, time]) }),
    ...(numbers && { numbers: new runtime.Tensor("float32", numbers, [rows, time, numbers.length / rows / time]) }),
    ...(characters && {
      characters: integers(characters.ids, [rows, time, characters.longest]),
      character_lengths: integers(characters.lengths, [rows, time]),
    }),
  };
}

const valuesOf = (tensors: runtime.InferenceSession.ReturnType, name: string): Float32Array =>
  tensors[name]!.data as Float32Array;

/** The output to compare with the network's. */
const outputNameOf = ({ task }: Spec): string => (task === "regressor" ? "prediction" : "logits");

test.each(samples)("export: $name has the same output in ONNX Runtime, for any batch", async ({ spec }) => {
  const network = randomNetwork(spec);
  const session = await runtime.InferenceSession.create(fileOf(spec));
  for (const lengths of [[6, 4, 1, 0], [3], [1, 1], [0]]) {
    const example = exampleFor(spec, lengths);
    const outputs = await session.run({ ...feedsOf(example), ...initialStates(session, lengths.length) });
    const expected = predictionsOf(network, example);
    expect(errorOf(valuesOf(outputs, outputNameOf(spec)), expected)).toBeLessThan(1e-5);
    if (spec.task !== "classifier" && spec.task !== "tagger") continue;
    expect(errorOf(valuesOf(outputs, "probabilities"), softmaxRows(expected, spec.classes))).toBeLessThan(1e-5);
  }
  await session.release();
  network.dispose();
});

test.each(samples)(
  "export: $name, quantized, has the outputs of its dequantized weights in ONNX Runtime",
  async ({ spec }) => {
    const network = quantizedNetwork(spec);
    const file = onnxFile(network, vocabularyFor(spec), true);
    expect(Buffer.from(file).includes("DequantizeLinear")).toBe(true);
    const session = await runtime.InferenceSession.create(file);
    const example = exampleFor(spec, [6, 4, 1, 0]);
    const outputs = await session.run({ ...feedsOf(example), ...initialStates(session, 4) });
    expect(errorOf(valuesOf(outputs, outputNameOf(spec)), predictionsOf(network, example))).toBeLessThan(1e-5);
    await session.release();
    network.dispose();
  },
);

/** A network with the weights that a quantized checkpoint has, small matrices too. */
function quantizedNetwork(spec: Spec): Network {
  const network = randomNetwork(spec);
  const values = network.values();
  const matrices = [...values].filter(([, { shape }]) => shape.length > 1);
  const axes = matrices.map(([name, { shape }]) => [name, name.endsWith("/table") ? 0 : shape.length - 1]);
  const record: QuantizedRecord = { type: "int8", axes: Object.fromEntries(axes) };
  const bytes = Uint8Array.from(Buffer.concat(encodeSafetensors(quantizedArrays(values, record))));
  network.assign(weightsFrom(dequantizedArrays(decodeSafetensors(bytes), record)));
  return network;
}

function softmaxRows(logits: Float32Array, classes: number): Float32Array {
  return logits.map((logit, index) => {
    const from = index - (index % classes);
    return Math.exp(logit) / logits.subarray(from, from + classes).reduce((sum, other) => sum + Math.exp(other), 0);
  });
}

const streams = samples.filter(({ spec }) => spec.task === "generator" && !isPooled(spec));

test.each(streams)(
  "export: $name continues from its states token by token; a row that has ended keeps its state",
  async ({ spec }) => {
    const network = randomNetwork(spec);
    const session = await runtime.InferenceSession.create(fileOf(spec));
    const example = exampleFor(spec);
    const { rows, time, lengths, tokens } = example;
    const expected = predictionsOf(network, example);
    let states = initialStates(session, rows);
    for (let step = 0; step < time; step++) {
      const column = lengths.map((_, row) => tokens![row * time + step]!);
      const stepLengths = lengths.map((length) => (step < length ? 1 : 0));
      const feeds = { ...states, tokens: integers(column, [rows, 1]), lengths: integers(stepLengths, [rows]) };
      const outputs = await session.run(feeds);
      const expectedStep = expected.filter((_, index) => Math.floor(index / spec.classes) % time === step);
      expect(errorOf(valuesOf(outputs, "logits"), expectedStep)).toBeLessThan(1e-5);
      states = Object.fromEntries(Object.keys(states).map((name) => [name, outputs[`next_${name}`]!]));
    }
    const whole = await session.run({ ...feedsOf(example), ...initialStates(session, rows) });
    for (const [name, state] of Object.entries(states)) {
      expect(errorOf(state.data as Float32Array, valuesOf(whole, `next_${name}`))).toBeLessThan(1e-5);
    }
    network.dispose();
  },
);

test.skipIf(!pythonHas("onnx", "onnxruntime"))(
  "export: the ONNX checker of Python finds no error, and its runtime has the same output",
  () => {
    const cases = samples.map(({ spec }, index) => {
      const file = join(folder, `${index}.onnx`);
      writeFileSync(file, fileOf(spec));
      return { file, output: outputNameOf(spec), example: nestedExample(exampleFor(spec)) };
    });
    const results = runPython("onnx/run_onnx.py", cases) as number[][];
    for (const [index, { spec }] of samples.entries()) {
      const network = randomNetwork(spec);
      expect(errorOf(results[index]!, predictionsOf(network, exampleFor(spec)))).toBeLessThan(1e-5);
      network.dispose();
    }
  },
);
