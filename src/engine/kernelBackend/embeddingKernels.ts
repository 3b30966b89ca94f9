/** @file Embedding lookup in C: a gather in the forward pass, a scatter-add in the backward pass. */
import type { Lookup } from "../ops/embedding.js";
import { type KernelConfig, sizeFromShape, type Tensor2D, type Tensor3D } from "../tfjs.js";
import { kernelConfig } from "./kernelBackend.js";

export const embeddingKernels: KernelConfig[] = [
  kernelConfig("Embedding", (backend, { table, tokens }: Lookup) => {
    const [vocabulary, width] = table.shape;
    const output = backend.output([...tokens.shape, width]);
    backend.kernels.embeddingForward({
      vocabulary,
      width,
      count: sizeFromShape(tokens.shape),
      table: backend.floats(table),
      tokens: backend.integers(tokens),
      output: backend.floats(output),
    });
    return output;
  }),
  kernelConfig(
    "EmbeddingGradient",
    (
      backend,
      { tokens, gradient }: { tokens: Tensor2D; gradient: Tensor3D },
      { shape: [vocabulary, width] }: { shape: [number, number] },
    ) => {
      const output = backend.output([vocabulary, width]);
      backend.kernels.embeddingBackward({
        vocabulary,
        width,
        count: sizeFromShape(tokens.shape),
        tokens: backend.integers(tokens),
        gradient: backend.floats(gradient),
        tableGradient: backend.floats(output),
      });
      return output;
    },
  ),
];
