/** @file Small networks for the tests, and their logits. */
import type { BatchInputs } from "../../src/examples/batch.js";
import { tidy } from "../../src/engine/tfjs.js";
import { blockLayers } from "../../src/network/blockLayers.js";
import { initializations } from "../../src/network/initializers.js";
import { inputsOf } from "../../src/network/inputs.js";
import { Network } from "../../src/network/network.js";
import type { LayerSpec, Spec } from "../../src/network/spec.js";

export const recurrent = (units: number, bidirectional = false): LayerSpec => ({
  type: "recurrent",
  cell: "lstm",
  units,
  bidirectional,
});

export const classifierSpec: Spec = {
  task: "classifier",
  vocabulary: 20,
  layers: [
    { type: "embedding", units: 6 },
    { type: "dropout", rate: 0.5 },
    recurrent(7, true),
    recurrent(5, true),
    { type: "pooling", over: ["last", "max", "mean"] },
  ],
  classes: 3,
};

export const convolutionSpec: Spec = {
  task: "classifier",
  vocabulary: 20,
  layers: [
    { type: "embedding", units: 6 },
    {
      type: "convolution",
      widths: [
        { filters: 9, size: 3 },
        { filters: 5, size: 4 },
      ],
      padding: "same",
    },
    { type: "pooling", over: ["max", "mean", "attention", "flatten"], steps: 12 },
    { type: "dense", units: 10 },
  ],
  classes: 3,
};

export const generatorSpec: Spec = {
  task: "generator",
  vocabulary: 20,
  layers: [{ type: "embedding", units: 6 }, recurrent(9), recurrent(8)],
  classes: 20,
};

const scanned = (cell: string, units: number, bidirectional = false): LayerSpec => ({
  type: "recurrent",
  cell,
  units,
  bidirectional,
});

/** Blocks of two cells with a causal convolution, to generate. */
export const blocksSpec: Spec = {
  task: "generator",
  vocabulary: 20,
  layers: [
    { type: "embedding", units: 6 },
    ...blockLayers({ mlp: 5, causalConv: 3 }, [scanned("hgrn", 9), scanned("mingru", 6)], 6, []),
  ],
  classes: 20,
};

/** Blocks in both directions, with dropout, to label. */
export const labelBlocksSpec: Spec = {
  task: "classifier",
  vocabulary: 20,
  layers: [
    { type: "embedding", units: 6 },
    ...blockLayers({ mlp: undefined, causalConv: 4 }, [scanned("sru", 4, true), recurrent(5, true)], 6, [
      { type: "dropout", rate: 0.2 },
    ]),
    { type: "pooling", over: ["max", "mean"] },
  ],
  classes: 3,
};

export const networkOf = (spec: Spec, seed = 1): Network => Network.create(spec, initializations.wide(), seed);

/** Rows of logits [rows, classes]. */
export const logitsOf = (network: Network, batch: BatchInputs): number[][] =>
  tidy(() => network.logits(inputsOf(batch), null).logits.arraySync());
