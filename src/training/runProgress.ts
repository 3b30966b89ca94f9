/** @file The state of a run: its progress and history as JSON, and the named tensors that exact resumption needs. */
import * as v from "valibot";
import type { StoredDocument } from "../checkpoint/checkpoint.js";
import { checked } from "../common/checked.js";
import { tensor, type Tensor, type Tensor2D } from "../engine/tfjs.js";
import { optimizers } from "../engine/ops/optimizers.js";
import type { Slots } from "../engine/ops/updateWeights.js";
import { UserError } from "../common/errors.js";
import { kindOf } from "../network/layers/index.js";
import type { OptimizerName } from "../common/names.js";
import type { Network, NetworkState } from "../network/network.js";
import type { WeightValues } from "../network/storedWeights.js";
import type { CarriedStates } from "./carriedStates.js";

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const storedEntry = v.strictObject({
  step: count,
  epoch: count,
  training: v.number(),
  validation: v.optional(v.number()),
  accuracy: v.optional(v.number()),
  sample: v.optional(v.string()),
});

/**
 * An evaluation in the history of a run. training: mean training loss since the previous entry; validation: validation loss, both in nats
 * (a regressor: mean squared error); accuracy: on the validation part; sample: a generated text.
 */
export type HistoryEntry = {
  step: number;
  epoch: number;
  training: number;
  validation?: number;
  accuracy?: number;
  sample?: string;
};

/** The history of a checkpoint, in order of steps. @throws UserError for other data */
export const readHistory = ({ history }: StoredDocument): HistoryEntry[] =>
  checked(v.array(storedEntry), history, (problems) => `its history is damaged or was edited: ${problems}`);

export type Progress = {
  /** Training steps done. */
  step: number;
  history: HistoryEntry[];
  /** The step of the best evaluation so far; 0 before the first. */
  best: number;
  /** The sum of losses and the number of batches since the last entry of the history. */
  running: { loss: number; batches: number };
};

export type Snapshot = { progress: Progress; best: WeightValues; training: WeightValues };

/**
 * Whether an entry is better: by a higher accuracy, or by a lower loss for the same accuracy. Without validation, the later entry is better.
 * @param byLoss by the loss alone
 */
export function isBetter(entry: HistoryEntry, than: HistoryEntry | undefined, byLoss = false): boolean {
  if (than === undefined || entry.validation === undefined || than.validation === undefined) return true;
  if (byLoss) return entry.validation < than.validation;
  const gain = (entry.accuracy ?? 0) - (than.accuracy ?? 0);
  return gain === 0 ? entry.validation < than.validation : gain > 0;
}

const carriedNames = { own: "carried", replayed: "replayed" } as const;
const sources = ["own", "replayed"] as const;

export type TrainingTensors = { network: Network; slots: Slots; carried: CarriedStates };

/** The current weights, the optimizer's state and the carried states, by unique names. */
export function writeTensors({ network, slots, carried }: TrainingTensors): WeightValues {
  const names = [...network.weights.keys()];
  const all: WeightValues = new Map([...network.values()].map(([name, values]) => [`current/${name}`, values]));
  for (const [slot, variables] of Object.entries(slots)) {
    for (const [index, variable] of variables.entries()) all.set(`${slot}/${names[index]!}`, valuesOf(variable));
  }
  for (const source of sources) {
    for (const [layer, tensors] of (carried[source] ?? []).entries()) {
      for (const [index, state] of tensors.entries()) {
        all.set(`${carriedNames[source]}/${layer}/${index}`, valuesOf(state));
      }
    }
  }
  return all;
}

/** The tensors of a run that starts from these weights. */
export function initialTensors(weights: WeightValues, optimizer: OptimizerName): WeightValues {
  const all: WeightValues = new Map([...weights].map(([name, found]) => [`current/${name}`, found]));
  for (const slot of optimizers[optimizer].slots) {
    for (const [name, { shape, values }] of weights) {
      all.set(`${slot}/${name}`, { shape, values: new Float32Array(values.length) });
    }
  }
  return all;
}

/** @throws UserError for a missing tensor and one of another shape */
export function readTensors(stored: WeightValues, network: Network, slots: Slots) {
  const take = (name: string, shape: readonly number[]) => {
    const found = stored.get(name);
    if (!found || found.shape.join() !== shape.join()) {
      throw new UserError(
        `its training state does not fit its network: ${name} ${found ? "has another shape" : "is missing"}`,
      );
    }
    return found;
  };
  const asTensor = (name: string, shape: number[]): Tensor =>
    tensor(take(name, shape).values.slice(), shape, "float32");
  const weights: WeightValues = new Map(
    [...network.weights].map(([name, { shape }]) => [name, take(`current/${name}`, shape)]),
  );
  const storedSlots = Object.fromEntries(
    Object.keys(slots).map((slot) => [
      slot,
      [...network.weights].map(([name, { shape }]) => asTensor(`${slot}/${name}`, shape)),
    ]),
  );
  const carriedState = (source: (typeof sources)[number]): NetworkState | null => {
    const prefix = carriedNames[source];
    const rows = [...stored].find(([name]) => name.startsWith(`${prefix}/`))?.[1].shape[0]; // the same in all
    if (rows === undefined) return null;
    return network.spec.layers.map((layer, position) =>
      kindOf(layer)
        .states(layer)
        .map((units, index) => asTensor(`${prefix}/${position}/${index}`, [rows, units]) as Tensor2D),
    );
  };
  const carried: CarriedStates = { own: carriedState("own"), replayed: carriedState("replayed") };
  return { weights, slots: storedSlots, carried };
}

const valuesOf = (values: Tensor) => ({
  shape: values.shape.slice(),
  values: (values.dataSync() as Float32Array).slice(),
});
