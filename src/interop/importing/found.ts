/** @file What an importer finds in a file: layers as ours are, with weights in our layout, and the head on top. */
import type { ImporterName, Task } from "../../common/names.js";
import type { SpecOf } from "../../network/layers/layer.js";
import type { LayerSpec, Spec } from "../../network/spec.js";
import type { Values } from "./values.js";

/** name: what it is called in the file; weights: under the names that our layer of the type has for them. */
export type FoundLayer = { name: string; spec: LayerSpec; weights: Record<string, Values> };

/** kernel: [width, outputs], null where it is the embedding's table; bias: [outputs]. */
export type FoundHead = { name: string; kernel: Values | null; bias: Values };

/**
 * steps: how many are read of a text, where the file says it.
 * told: who said how the layers work, where no option does.
 */
export type Found = { layers: FoundLayer[]; head: FoundHead; steps?: number; told?: string };

/** What a network is to be for, and what its file does not say of it. */
export type Aim = {
  task: Task;
  /** The file's tokens, or the numbers of a row. */
  reads: { vocabulary: number } | { width: number };
  /** Outputs of the head. */
  outputs: number;
  /** How the outputs of all steps become one; null where there is an answer at each step. */
  pooling: SpecOf<"pooling"> | null;
  /** A network that this one may be the same as, but for its weights. */
  like: Spec | null;
  /** Of a plain recurrent network, whether its activation is ReLU. */
  relu: boolean;
};

export type Importer = {
  describe: string;
  /**
   * @param place what to call the file in a message
   * @throws UserError for what is damaged or cannot be had, naming the array
   */
  read: (bytes: Uint8Array<ArrayBuffer>, place: string, aim: Aim) => Found | Promise<Found>;
};

export type Importers = { [Name in ImporterName]: Importer };
