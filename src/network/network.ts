/** @file A network from its spec: its weights by name, and the forward pass from inputs and state to logits or loss. */
import {
  reshape,
  type Rank,
  type Tensor,
  tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
  tidy,
  variable,
  type Variable,
} from "../engine/tfjs.js";
import { UserError } from "../common/errors.js";
import { randomStream, seed32 } from "../common/random.js";
import { adaptiveOutputs, tailsOf, tailWeights } from "./adaptiveSoftmax.js";
import { type Head, headOutputs, labelSetLoss, losses, type LossMode } from "./head.js";
import { type Initialization, initializations, sizeOf, zeros } from "./initializers.js";
import { type Signal, type Spelling, valuesOf, type Weights, type WeightSpec } from "./layers/layer.js";
import { endsSuffice, kindOf } from "./layers/index.js";
import type { LayerSpec, Spec } from "./spec.js";
import type { WeightValues } from "./storedWeights.js";

/** State of each layer, empty for layers without memory; each tensor [batch, units]. */
export type NetworkState = Tensor2D[][];

/** values: tokens, int32 [time, batch], or rows of numbers, [time, batch, width]; lengths: int32 [batch], or null if each row has every step; numbers: those beside each text, [batch, columns]. */
export type Inputs = {
  values: Tensor2D | Tensor3D;
  lengths: Tensor1D | null;
  spelling?: Spelling | undefined;
  numbers?: Tensor2D | undefined;
};

/** 4 GiB of weights, of which training needs a few copies. */
const maxParameters = 2 ** 30;
export const headKernel = "head/kernel";
export const headBias = "head/bias";
export const embeddingTable = "0-embedding/table";

export class Network {
  /** Null until a tensor is needed. */
  private variables: ReadonlyMap<string, Variable> | null = null;

  private readonly disposals: (() => void)[] = [];

  /** @param storedValues the weights' values until the variables are made */
  private constructor(
    readonly spec: Spec,
    private storedValues: WeightValues | null,
  ) {}

  /** A network with initial weights; each is drawn from its own random stream. @throws UserError if it is too large */
  static create(spec: Spec, initialization: Initialization, seed: number): Network {
    const specs = weightSpecs(spec, initialization);
    const parameters = [...specs.values()].reduce((sum, { shape }) => sum + sizeOf(shape), 0);
    if (parameters > maxParameters) {
      throw new UserError(
        `a network of ${parameters.toPrecision(3)} parameters is too large: use fewer --units, a smaller --embedding or --vocabulary`,
      );
    }
    const values = new Map(
      [...specs].map(([name, { shape, initialize }]) => [
        name,
        { shape, values: initialize(shape, randomStream(seed, "weights", name)) },
      ]),
    );
    return Network.from(spec, values);
  }

  /**
   * A network with the given weights.
   * @throws UserError if one is missing, unknown or of another shape
   */
  static from(spec: Spec, values: WeightValues): Network {
    return new Network(spec, orderedWeights(spec, values));
  }

  /** In a fixed order: layer by layer, then the head. The first use loads TF.js. */
  get weights(): ReadonlyMap<string, Variable> {
    if (this.variables !== null) return this.variables;
    if (this.storedValues === null) throw new Error("the network was disposed of");
    const made = [...this.storedValues].map(([name, { shape, values }]): [string, Variable] => [
      name,
      tidy(() => variable(tensor(values.slice(), shape, "float32"))),
    ]);
    this.storedValues = null;
    return (this.variables = new Map(made));
  }

  get parameters(): number {
    return [...(this.variables ?? this.storedValues)!.values()].reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  }

  /** The weights' values; null once tensors were made of them. */
  get stored(): WeightValues | null {
    return this.storedValues;
  }

  /** Runs a function when the network is disposed of. */
  whenDisposed(run: () => void): void {
    this.disposals.push(run);
  }

  /** A weight's values, to be read before the next training step only. */
  storedWeight(name: string): { shape: readonly number[]; values: Float32Array } {
    const stored = this.storedValues?.get(name);
    if (stored) return stored;
    const weight = this.weights.get(name)!;
    return { shape: weight.shape, values: weight.dataSync() as Float32Array };
  }

  /** Copies of the weights' values. */
  values(): WeightValues {
    const names = [...(this.stored ?? this.weights).keys()];
    return new Map(
      names.map((name) => {
        const { shape, values } = this.storedWeight(name);
        return [name, { shape: shape.slice(), values: values.slice() }];
      }),
    );
  }

  /** Writes values into the weights. */
  assign(values: WeightValues): void {
    for (const [name, weight] of this.weights) {
      const fresh = tensor(values.get(name)!.values.slice(), weight.shape, "float32");
      weight.assign(fresh);
      fresh.dispose();
    }
  }

  /** Logits [rows, classes]: a row for each step and each row of the batch (time-major), or for each row of the batch once pooled. */
  logits(inputs: Inputs, state: NetworkState | null): { logits: Tensor2D; state: NetworkState } {
    const { features, state: next } = this.features(inputs, state, { training: false, seed: 0 });
    return { logits: headOutputs(features, this.head), state: next };
  }

  /** Logits without dropout whose gradient can be taken. */
  differentiableLogits(inputs: Inputs): Tensor2D {
    const { features } = this.features(inputs, null, { training: true, dropping: false, seed: 0 });
    return headOutputs(features, this.head);
  }

  /** Logits as plain numbers, [rows · classes]; the caller disposes of the state. */
  read(inputs: () => Inputs, state: NetworkState | null): { logits: Float32Array; state: NetworkState } {
    let numbers = new Float32Array(0);
    const next = tidy(() => {
      const { logits, state: after } = this.logits(inputs(), state);
      numbers = logits.dataSync<"float32">() as Float32Array<ArrayBuffer>; // tidy would search returned numbers for tensors
      return after;
    });
    return { logits: numbers, state: next };
  }

  /** As `read`, with the head's inputs, [rows · width]. */
  readWithVectors(
    inputs: () => Inputs,
    state: NetworkState | null,
  ): { logits: Float32Array; vectors: Float32Array; state: NetworkState } {
    let [logits, vectors] = [new Float32Array(0), new Float32Array(0)];
    const next = tidy(() => {
      const { features, state: after } = this.features(inputs(), state, { training: false, seed: 0 });
      vectors = features.dataSync<"float32">().slice();
      logits = headOutputs(features, this.head).dataSync<"float32">() as Float32Array<ArrayBuffer>;
      return after;
    });
    return { logits, vectors, state: next };
  }

  /** The state alone, without the work for logits; the caller disposes of it. */
  stateAfter(inputs: () => Inputs, state: NetworkState | null): NetworkState {
    return tidy(() => this.features(inputs(), state, { training: false, seed: 0 }).state);
  }

  /** The head's inputs as plain numbers, [rows · width]; the caller disposes of the state. */
  vectors(inputs: () => Inputs): { vectors: Float32Array; state: NetworkState } {
    let vectors = new Float32Array(0);
    const state = tidy(() => {
      const { features, state: after } = this.features(inputs(), null, { training: false, seed: 0 });
      vectors = features.dataSync<"float32">() as Float32Array<ArrayBuffer>;
      return after;
    });
    return { vectors, state };
  }

  /**
   * The training loss: the mean cross-entropy in nats over the targets that are not -1, or a regressor's mean squared error.
   * @param targets for the rows of `logits`, [rows]: int32 classes, or float32 numbers; of sets of labels [rows · classes]: 1 for a label of the row, else 0
   * @param mode seed: of this step's dropout; dropping: whether dropout applies, by default in training
   */
  loss(
    inputs: Inputs,
    targets: Tensor1D,
    state: NetworkState | null,
    mode: LossMode & { seed: number; dropping?: boolean },
  ) {
    const { features, state: next } = this.features(inputs, state, mode);
    const lossOf = this.spec.multilabel ? labelSetLoss : losses[this.spec.task];
    return {
      loss: lossOf(features, this.head, targets, mode),
      state: next,
    };
  }

  dispose(): void {
    for (const weight of this.variables?.values() ?? []) weight.dispose();
    this.storedValues = null;
    for (const run of this.disposals.splice(0)) run();
  }

  private get head(): Head {
    const tied = this.spec.tied ?? false;
    return {
      kernel: this.weights.get(tied ? embeddingTable : headKernel) as Tensor as Tensor2D,
      bias: this.weights.get(headBias) as Tensor as Tensor1D,
      tied,
      tails: this.spec.adaptive
        ? tailsOf(this.spec.adaptive, this.spec.classes, (name) => this.weights.get(name) as Tensor as Tensor2D)
        : [],
    };
  }

  /** The head's inputs: [rows, width]. */
  private features(
    { values: read, lengths, spelling, numbers }: Inputs,
    state: NetworkState | null,
    mode: { training: boolean; dropping?: boolean; seed: number },
  ) {
    let signal: Signal = { values: read, lengths, ends: null, spelling, numbers };
    const earlier: Signal[] = [];
    const next = this.spec.layers.map((layer, index) => {
      const carried = state?.[index] ?? [];
      const pass = {
        training: mode.training,
        dropping: mode.dropping ?? mode.training,
        seed: seed32(mode.seed, index),
        endsOnly: endsSuffice(this.spec.layers.slice(index + 1)),
        carried: carried.length > 0 ? carried : null,
        earlier,
      };
      const result = kindOf(layer).forward(layer, signal, this.weightsOf(index), pass);
      earlier.push(signal);
      signal = result.signal;
      return result.state;
    });
    const values = valuesOf(signal);
    return { features: reshape<Rank.R2>(values, [-1, values.shape.at(-1)!]), state: next };
  }

  private weightsOf(index: number): Weights {
    const prefix = layerName(this.spec.layers[index]!, index);
    return Object.fromEntries(
      [...this.weights]
        .filter(([name]) => name.startsWith(`${prefix}/`))
        .map(([name, weight]) => [name.slice(prefix.length + 1), weight]),
    );
  }
}

/**
 * A network's weights in its own order.
 * @throws UserError if one is missing, unknown or of another shape
 */
export function orderedWeights(spec: Spec, values: WeightValues): WeightValues {
  const wanted = weightSpecs(spec, initializations.keras());
  for (const name of values.keys()) {
    if (!wanted.has(name)) throw new UserError(`has a weight ${name} that its network does not have`);
  }
  const ordered = [...wanted].map(([name, { shape }]) => {
    const found = values.get(name);
    if (!found) throw new UserError(`has no weight ${name}, which its network needs`);
    if (found.shape.join() !== shape.join()) {
      throw new UserError(
        `has a weight ${name} of shape [${found.shape.join(", ")}]; its network needs [${shape.join(", ")}]`,
      );
    }
    return [name, found] as const;
  });
  return new Map(ordered);
}

export const layerName = (layer: LayerSpec, index: number): string => `${index}-${layer.type}`;

/** Every weight of a network, in order. */
function weightSpecs(spec: Spec, initialization: Initialization): Map<string, WeightSpec> {
  const all = new Map<string, WeightSpec>();
  const widths: number[] = []; // of each layer's input
  let width = (spec.vocabulary ?? spec.width)!;
  for (const [index, layer] of spec.layers.entries()) {
    const kind = kindOf(layer);
    for (const [name, weight] of Object.entries(kind.weights(layer, width, initialization))) {
      all.set(`${layerName(layer, index)}/${name}`, weight);
    }
    widths.push(width);
    width = kind.width(layer, width);
    if (layer.type === "residual" && widths.at(-1 - layer.over) !== width) {
      throw new UserError(
        `a residual connection adds an input of width ${widths.at(-1 - layer.over)} to an output of width ${width}: both need the same width`,
      );
    }
  }
  const outputs = spec.adaptive ? adaptiveOutputs(spec.adaptive) : spec.classes;
  if (!spec.tied) all.set(headKernel, { shape: [width, outputs], initialize: initialization.kernel });
  else if (width !== all.get(embeddingTable)!.shape[1]) {
    throw new UserError(
      `--tie-weights needs a last layer of the embedding's width ${all.get(embeddingTable)!.shape[1]}, but its width is ${width}: set --embedding and the last of --units, or of --dense, to the same number`,
    );
  }
  all.set(headBias, { shape: [outputs], initialize: zeros });
  if (!spec.adaptive) return all;
  return new Map([...all, ...tailWeights(spec.adaptive, spec.classes, width, initialization)]);
}
