/** @file Embedding lookup: a row of the table for each token. */
import { gather, type GradConfig, type Tensor, type Tensor2D, type Tensor3D } from "../tfjs.js";
import { hasKernel, runKernel } from "./dispatch.js";

/** The arguments of `embedding`, for operations that do the lookup themselves. */
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
