/** @file A layer of a Keras model with its weights. */
import type { UserError } from "../../common/errors.js";
import type { LayerWeights } from "./kerasArchiveReader.js";
import type { KerasLayer } from "./kerasModelReader.js";
import type { Values } from "../importing/values.js";

/** A layer, its weights, and how to refuse it. */
export type Given = KerasLayer & { weights: LayerWeights; refuse: (what: string) => UserError };

/** A weight of a layer. @throws UserError where it lacks it */
export function take({ weights, refuse }: Given, path: string): Values {
  const found = weights.get(path);
  if (!found) throw refuse(`lacks its weight ${path}`);
  return found;
}
