/** @file A long text is read in segments side by side; the state is that of a reading in order. */
import { expect, test } from "vitest";
import { type CellName, cellNames } from "../../../src/common/names.js";
import { selectBackend } from "../../../src/engine/backends/index.js";
import { dispose, engine } from "../../../src/engine/tfjs.js";
import { randomStream } from "../../../src/common/random.js";
import { longText, shortestSegment, stateAfter } from "../../../src/inference/generation/longText.js";
import { initializations } from "../../../src/network/initializers.js";
import { inputsOf } from "../../../src/network/inputs.js";
import { StreamReader } from "../../../src/inference/generation/logitReaders.js";
import { Network, type NetworkState } from "../../../src/network/network.js";
import type { LayerSpec, Spec } from "../../../src/network/spec.js";
import { backendsHere } from "../../engine/support.js";
import { generatorSpec, recurrent } from "../../network/sampleSpecs.js";

/** The reference takes half a minute for so many tokens. */
const fastBackends = backendsHere.filter((name) => name !== "cpu");

const vocabulary = 11;

const cellOf = (units: number, cell: CellName): LayerSpec => ({ ...recurrent(units), cell }) as LayerSpec;

const specOf = (layers: Spec["layers"]): Spec => ({
  ...generatorSpec,
  vocabulary,
  classes: vocabulary,
  layers: [{ type: "embedding", units: 4 }, ...layers],
});

function textOf(length: number): number[] {
  const random = randomStream(5, "long text");
  return Array.from({ length }, () => 2 + Math.floor(random() * (vocabulary - 2)));
}

/** Four segments and an incomplete chunk. */
const fourSegments = 4 * shortestSegment + 77;

/** The state after a reading in one go. */
const inOrder = (network: Network, ids: readonly number[]): NetworkState =>
  network.stateAfter(() => inputsOf({ tokens: Int32Array.from(ids), time: ids.length, rows: 1, lengths: null }), null);

const valuesOf = (state: NetworkState): number[] => state.flat().flatMap((values) => [...values.dataSync<"float32">()]);

function expectClose(found: readonly number[], expected: readonly number[]): void {
  expect(found.length).toBe(expected.length);
  for (const [index, value] of found.entries()) expect(value).toBeCloseTo(expected[index]!, 4);
}

test.each(fastBackends)(
  "generate: a long prompt in segments gives the state of its reading in order, on %s",
  async (backend) => {
    await selectBackend(backend);
    const stacks = cellNames.map((cell) => [cellOf(6, cell), cellOf(5, cell)]);
    const between: LayerSpec[] = [{ type: "normalisation" }, { type: "residual", over: 2 }];
    for (const layers of [...stacks, [cellOf(5, "lstm"), cellOf(5, "gru"), ...between, cellOf(5, "sru"), ...between]]) {
      const network = Network.create(specOf(layers), initializations.keras(), 3);
      const ids = textOf(fourSegments);
      const reads: number[] = [];
      const state = stateAfter(network, ids, { rows: 1, onRead: (read) => reads.push(read) });
      const expected = inOrder(network, ids);
      expectClose(valuesOf(state), valuesOf(expected));
      expect(reads.at(-1)).toBe(ids.length);
      dispose([...state.flat(), ...expected.flat()]);
      network.dispose();
    }
  },
);

test("generate: a network that keeps its first token over a long prompt still has it at the end", async () => {
  await selectBackend(backendsHere[0]!);
  // a unit whose state is -1 or 1 for good: tanh(3 · state + input), and only the first token's input is large
  const network = Network.create(specOf([cellOf(1, "rnn")]), initializations.keras(), 3);
  const values = network.values();
  for (const [name, { values: numbers }] of values) {
    if (name.includes("embedding"))
      numbers.fill(0).fill(10, 2 * 4, 3 * 4); // token 2
    else if (name.endsWith("recurrent")) numbers.fill(3);
    else if (name.endsWith("kernel") && name.includes("recurrent")) numbers.fill(1);
  }
  network.assign(values);
  const rest = Array.from({ length: longText }, () => 3);
  const withIt = stateAfter(network, [2, ...rest], { rows: 1 });
  const without = stateAfter(network, [3, ...rest], { rows: 1 });
  expect(valuesOf(withIt)[0]).toBeCloseTo(0.9949, 2);
  expect(valuesOf(without)[0]).toBeCloseTo(0, 5);
  dispose([...withIt.flat(), ...without.flat()]);
  network.dispose();
});

test("generate: the state after a long prompt has a row for each text, and nothing else stays in memory", async () => {
  await selectBackend(backendsHere[0]!);
  const network = Network.create(specOf([recurrent(6)]), initializations.keras(), 3);
  const ids = textOf(fourSegments);
  const one = stateAfter(network, ids, { rows: 1 });
  const before = engine().memory().numTensors;
  const three = stateAfter(network, ids, { rows: 3 });
  expect(engine().memory().numTensors - before).toBe(three.flat().length);
  for (const [index, values] of three.flat().entries()) {
    const row = [...one.flat()[index]!.dataSync()];
    expect([...values.dataSync()]).toEqual([...row, ...row, ...row]);
  }
  dispose([...one.flat(), ...three.flat()]);
  network.dispose();
});

test("generate: after a long prompt each text has the logits of the prompt's reading in order", async () => {
  await selectBackend(backendsHere[0]!);
  const network = Network.create(specOf([recurrent(6)]), initializations.keras(), 3);
  const ids = textOf(longText + 5);
  const reader = new StreamReader(network, { ids, rows: 2 });
  const tokens = Int32Array.from(ids);
  const { logits, state } = network.read(() => inputsOf({ tokens, time: ids.length, rows: 1, lengths: null }), null);
  const last = [...logits.subarray(-vocabulary)];
  expectClose([...reader.logits()], [...last, ...last]);
  reader.dispose();
  dispose(state.flat());
  network.dispose();
});
