/** @file Rows of a table by token: a gather forward, a scatter-add backward. */
import {
  gather,
  type GradConfig,
  type KernelConfig,
  type Tensor,
  type Tensor2D,
  type Tensor3D,
  util,
} from "../tfjs.js";
import type { NativeBackend } from "../kernelBackend/kernelBackend.js";
import { hasKernel, runKernel } from "./registry.js";

/** What `embedding` takes, not yet looked up. */
export type Lookup = { table: Tensor2D; tokens: Tensor2D };

/**
 * @param table [vocabulary, width]
 * @param tokens [time, batch], int32, each below vocabulary
 * @returns [time, batch, width]
 */
export const embedding = (table: Tensor2D, tokens: Tensor2D): Tensor3D =>
  hasKernel("Embedding") ? (runKernel("Embedding", { table, tokens }) as Tensor3D) : embeddingReference(table, tokens);

export const embeddingReference = (table: Tensor2D, tokens: Tensor2D): Tensor3D =>
  gather<Tensor>(table, tokens) as Tensor3D;

export const embeddingKernels: KernelConfig[] = [
  {
    kernelName: "Embedding",
    backendName: "native",
    kernelFunc: ({ inputs, backend }) => {
      const { table, tokens } = inputs as { table: Tensor2D; tokens: Tensor2D };
      const native = backend as NativeBackend;
      const [vocabulary, width] = table.shape;
      const output = native.output([...tokens.shape, width]);
      native.kernels.embeddingForward({
        vocabulary,
        width,
        count: util.sizeFromShape(tokens.shape),
        table: native.floats(table),
        tokens: native.integers(tokens),
        output: native.floats(output),
      });
      return output;
    },
  },
  {
    kernelName: "EmbeddingGradient",
    backendName: "native",
    kernelFunc: ({ inputs, attrs, backend }) => {
      const { tokens, gradient } = inputs as { tokens: Tensor2D; gradient: Tensor3D };
      const [vocabulary, width] = attrs!["shape"] as [number, number];
      const native = backend as NativeBackend;
      const output = native.output([vocabulary, width]);
      native.kernels.embeddingBackward({
        vocabulary,
        width,
        count: util.sizeFromShape(tokens.shape),
        tokens: native.integers(tokens),
        gradient: native.floats(gradient),
        tableGradient: native.floats(output),
      });
      return output;
    },
  },
];

export const embeddingGradient: GradConfig = {
  kernelName: "Embedding",
  inputsToSave: ["table", "tokens"],
  gradFunc: (gradient, [table, tokens]) => ({
    table: () =>
      runKernel(
        "EmbeddingGradient",
        { tokens: tokens!, gradient: gradient as Tensor },
        { shape: table!.shape },
      ) as Tensor,
  }),
};
