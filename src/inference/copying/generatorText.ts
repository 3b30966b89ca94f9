/** @file The text that a generator was trained on, as its tokens. */
import { encodingOf } from "../../evaluation/labelEvaluation.js";
import { sourcesFor } from "../../evaluation/evaluatedSources.js";
import { splitOptions } from "../../examples/partSources.js";
import { prepare } from "../../examples/prepare.js";
import type { Sequence } from "../../examples/tokenStore.js";
import { UserError } from "../../common/errors.js";
import type { TextModel } from "../../model/model.js";

/** The parts of the corpus in tokens; `endId` ends each document. */
export type GeneratorText = {
  training: Sequence;
  /** The test part, or else the validation part; null without both. */
  heldOut: { part: "test" | "validation"; tokens: Sequence } | null;
  dispose(): void;
};

/**
 * Reads the corpus of a generator again.
 * @param tokenCache a folder where the tokens are kept for other runs
 * @throws UserError if the corpus cannot be read, or differs from what the model was trained on
 */
export async function readGeneratorText(model: TextModel, tokenCache?: string): Promise<GeneratorText> {
  const { sources } = await sourcesFor(model, undefined, { tokenCache });
  const { task, recipe, labels } = model;
  const prepared = await prepare(sources, {
    task,
    ...splitOptions(recipe),
    inputEncoding: encodingOf(model),
    labels,
    tokenCache,
  });
  if (prepared.task !== "generator" || prepared.inputs !== "tokens")
    throw new UserError(`${model.folder} is a ${model.task}; expected a generator`);
  const { texts } = prepared;
  const part = (["test", "validation"] as const).find((name) => texts[name].length > 0);
  return {
    training: texts.training,
    heldOut: part === undefined ? null : { part, tokens: texts[part] },
    dispose: () => prepared.dispose(),
  };
}
