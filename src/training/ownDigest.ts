/** @file The digest of a generator's training text, for a run with --digest. */
import type { CheckpointArrays, CheckpointDocument } from "../checkpoint/checkpoint.js";
import type { Prepared } from "../examples/prepare.js";
import { TextDigest } from "../model/textDigest.js";
import type { Recipe } from "../options/recipe.js";

/** What a checkpoint stores of it; empty without --digest. */
export type OwnDigest = {
  document: Pick<CheckpointDocument, "textDigest">;
  arrays: Pick<CheckpointArrays, "digest">;
};

export function ownDigest(prepared: Prepared, { digest: isWanted }: Recipe): OwnDigest {
  if (!isWanted || prepared.task !== "generator" || prepared.inputs !== "tokens") return { document: {}, arrays: {} };
  const digest = TextDigest.of(prepared.texts.training, prepared.tokenizer);
  return { document: { textDigest: digest.toJSON() }, arrays: { digest: digest.toArrays() } };
}
