/** @file The error for a model whose outputs are not numbers. */
import { UserError } from "../common/errors.js";
import type { Model } from "../model/model.js";

/** @param output what is not finite, as in "its output for the label A is NaN" */
export const notFinite = ({ folder }: Pick<Model, "folder">, output: string): UserError =>
  new UserError(
    `${folder}: ${output}: the weights are damaged or training diverged; train again with a lower --learning-rate`,
  );
