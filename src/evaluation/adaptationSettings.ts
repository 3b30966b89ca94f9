/** @file The settings with which a generator adapts to a text: given ones, and those that are fitted on the validation part of its corpus. */
import { UsageError, UserError } from "../common/errors.js";
import { prepare } from "../examples/prepare.js";
import { splitOptions } from "../examples/partSources.js";
import type { Sequence } from "../examples/tokenStore.js";
import type { Model } from "../model/model.js";
import { type CacheSettings, fitCache } from "./adaptation.js";
import type { AdaptedModel } from "./adaptingReader.js";
import { sourcesFor } from "./evaluatedSources.js";
import { encodingOf } from "./labelEvaluation.js";

/** How a generator adapts to a text. */
export type AdaptationOptions = {
  /** A neural cache of so many states; its theta and weight are fitted on the validation part of the training corpus unless both are given. */
  neuralCache?: number | undefined;
  cacheTheta?: number | undefined;
  cacheWeight?: number | undefined;
};

type CacheOptions = AdaptationOptions & { neuralCache: number };

/** @throws UserError for an n-gram model without a network */
export const adaptedModelOf = ({ network, mixture, recipe }: Model): AdaptedModel => ({
  network,
  mixture,
  documents: recipe.examples === "documents",
});

/** @param validation the validation part of the training corpus; may be empty if nothing is fitted */
export function cacheSettings(
  model: AdaptedModel,
  validation: Sequence,
  { neuralCache: size, cacheTheta: theta, cacheWeight: weight }: CacheOptions,
): CacheSettings {
  if (theta !== undefined && weight !== undefined) return { size, theta, weight };
  if (validation.length < 2)
    throw new UsageError(
      "--neural-cache is fitted on the validation part of the training corpus, which is not there; give --cache-theta and --cache-weight",
    );
  const fitted = fitCache(model, validation, size);
  return { size, theta: theta ?? fitted.theta, weight: weight ?? fitted.weight };
}

const nothing: Sequence = new Uint8Array();

/** The settings for texts of any source. The training corpus is read if something is fitted. @throws UserError if it is needed and cannot be read */
export async function cacheFor(model: Model, options: CacheOptions, tokenCache?: string): Promise<CacheSettings> {
  const adapted = adaptedModelOf(model);
  if (options.cacheTheta !== undefined && options.cacheWeight !== undefined)
    return cacheSettings(adapted, nothing, options);
  const { sources } = await sourcesFor(model, undefined, { tokenCache }).catch((error: unknown) => {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(
      `--neural-cache is fitted on the validation part of the training corpus, which cannot be read: ${error.message}; or give --cache-theta and --cache-weight`,
    );
  });
  const { labels, target, recipe } = model;
  const prepared = await prepare(sources, {
    task: "generator",
    ...splitOptions(recipe),
    inputEncoding: encodingOf(model),
    labels,
    target,
    tokenCache,
  });
  try {
    return cacheSettings(adapted, prepared.task === "generator" ? prepared.texts.validation : nothing, options);
  } finally {
    prepared.dispose();
  }
}
