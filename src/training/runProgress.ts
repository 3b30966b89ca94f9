/** @file Where a run stands: numbers for people and JSON, and the tensors that exact resumption needs, by name. */
import { tensor, type Tensor, type Tensor2D } from "../engine/tfjs.js";
import { optimizers } from "../engine/ops/optimizers.js";
import type { Slots } from "../engine/ops/updateWeights.js";
import { UserError } from "../common/errors.js";
import { kindOf } from "../network/layers/index.js";
import type { OptimizerName } from "../common/names.js";
import type { Network, NetworkState } from "../network/network.js";
import type { WeightValues } from "../network/storedWeights.js";

/** A line of a run's history: the mean training loss since the line before, what validation says, and a text that it writes. Losses in nats. */
export type HistoryEntry = {
  step: number;
  epoch: number;
  training: number;
  validation?: number;
  accuracy?: number;
  sample?: string;
};

export type Progress = {
  /** Steps done. */
  step: number;
  history: HistoryEntry[];
  /** The step of the best evaluation so far; 0 before the first. */
  best: number;
  /** Sum of losses, and batches, since the last line of history. */
  running: { loss: number; batches: number };
};

export type Snapshot = { progress: Progress; best: WeightValues; training: WeightValues };

/** The higher accuracy, the lower loss among equals; without validation the later one. */
export function isBetter(entry: HistoryEntry, than: HistoryEntry | undefined): boolean {
  if (than === undefined || entry.validation === undefined || than.validation === undefined) return true;
  const gain = (entry.accuracy ?? 0) - (than.accuracy ?? 0);
  return gain === 0 ? entry.validation < than.validation : gain > 0;
}

export type TrainingTensors = { network: Network; slots: Slots; carried: NetworkState | null };

/** Current weights, what the optimizer remembers and the carried state, each under a name of its own. */
export function writeTensors({ network, slots, carried }: TrainingTensors): WeightValues {
  const names = [...network.weights.keys()];
  const all: WeightValues = new Map([...network.values()].map(([name, values]) => [`current/${name}`, values]));
  for (const [slot, variables] of Object.entries(slots)) {
    for (const [index, variable] of variables.entries()) all.set(`${slot}/${names[index]!}`, valuesOf(variable));
  }
  for (const [layer, tensors] of (carried ?? []).entries()) {
    for (const [index, state] of tensors.entries()) all.set(`carried/${layer}/${index}`, valuesOf(state));
  }
  return all;
}

/** What `writeTensors` would write of weights that a run is to begin with. */
export function firstTensors(weights: WeightValues, optimizer: OptimizerName): WeightValues {
  const all: WeightValues = new Map([...weights].map(([name, found]) => [`current/${name}`, found]));
  for (const slot of optimizers[optimizer].slots) {
    for (const [name, { shape, values }] of weights) {
      all.set(`${slot}/${name}`, { shape, values: new Float32Array(values.length) });
    }
  }
  return all;
}

/** @throws UserError where one is missing or of another shape */
export function readTensors(stored: WeightValues, network: Network, slots: Slots) {
  const take = (name: string, shape: readonly number[]) => {
    const found = stored.get(name);
    if (!found || found.shape.join() !== shape.join()) {
      throw new UserError(
        `the checkpoint's training state does not fit its network: ${name} is ${found ? "of another shape" : "missing"}`,
      );
    }
    return found;
  };
  const asTensor = (name: string, shape: number[]): Tensor =>
    tensor(take(name, shape).values.slice(), shape, "float32");
  const weights: WeightValues = new Map(
    [...network.weights].map(([name, { shape }]) => [name, take(`current/${name}`, shape)]),
  );
  const remembered = Object.fromEntries(
    Object.keys(slots).map((slot) => [
      slot,
      [...network.weights].map(([name, { shape }]) => asTensor(`${slot}/${name}`, shape)),
    ]),
  );
  const rows = [...stored].find(([name]) => name.startsWith("carried/"))?.[1].shape[0]; // all have as many
  const carried =
    rows === undefined
      ? null
      : network.spec.layers.map((layer, place) =>
          kindOf(layer)
            .states(layer)
            .map((units, index) => asTensor(`carried/${place}/${index}`, [rows, units]) as Tensor2D),
        );
  return { weights, slots: remembered, carried };
}

const valuesOf = (values: Tensor) => ({
  shape: values.shape.slice(),
  values: (values.dataSync() as Float32Array).slice(),
});
