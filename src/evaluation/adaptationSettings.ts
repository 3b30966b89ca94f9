/** @file The settings with which a generator adapts to a text: given ones, and those that are fitted on the validation part of its corpus. */
import { UsageError, UserError } from "../common/errors.js";
import { prepare } from "../examples/prepare.js";
import { splitOptions } from "../examples/partSources.js";
import type { Sequence } from "../examples/tokenStore.js";
import type { Model } from "../model/model.js";
import { type Adaptation, dynamicSettings, fitCache, fitDynamic } from "./adaptation.js";
import type { AdaptedModel } from "./adaptingReader.js";
import { sourcesFor } from "./evaluatedSources.js";
import { encodingOf } from "./labelEvaluation.js";

/** How a generator adapts to a text. What is not given is fitted on the validation part of the training corpus. */
export type AdaptationOptions = {
  /** A neural cache of so many states. */
  neuralCache?: number | undefined;
  cacheTheta?: number | undefined;
  cacheWeight?: number | undefined;
  /** The rate of gradient steps on the text that was read (dynamic evaluation); auto: fitted. */
  dynamic?: number | "auto" | undefined;
};

export const isAdaptive = ({ neuralCache, dynamic }: AdaptationOptions): boolean =>
  neuralCache !== undefined || dynamic !== undefined;

const isFixed = ({ neuralCache, cacheTheta, cacheWeight, dynamic }: AdaptationOptions): boolean =>
  dynamic !== "auto" && (neuralCache === undefined || (cacheTheta !== undefined && cacheWeight !== undefined));

/** @throws UserError for an n-gram model without a network */
export const adaptedModelOf = ({ network, mixture, recipe }: Model): AdaptedModel => ({
  network,
  mixture,
  documents: recipe.examples === "documents",
});

/** The steps are fitted first, and the cache beside them. @param validation the validation part of the training corpus; may be empty if nothing is fitted */
export function adaptationOn(model: AdaptedModel, validation: Sequence, options: AdaptationOptions): Adaptation {
  const { neuralCache: size, cacheTheta: theta, cacheWeight: weight, dynamic: rate } = options;
  if (!isFixed(options) && validation.length < 2)
    throw new UsageError(
      `${fittedNames} are fitted on the validation part of the training corpus, which is not there; give ${givenNames}`,
    );
  const dynamic = rate === undefined ? null : rate === "auto" ? fitDynamic(model, validation) : dynamicSettings(rate);
  if (size === undefined) return { cache: null, dynamic };
  if (theta !== undefined && weight !== undefined) return { cache: { size, theta, weight }, dynamic };
  const fitted = fitCache(model, validation, { size, dynamic });
  return { cache: { size, theta: theta ?? fitted.theta, weight: weight ?? fitted.weight }, dynamic };
}

const fittedNames = "--neural-cache and --dynamic auto";
const givenNames = "--cache-theta and --cache-weight, and a number to --dynamic";
const nothing: Sequence = new Uint8Array();

/** The settings for texts of any source. The training corpus is read if something is fitted. @throws UserError if it is needed and cannot be read */
export async function adaptationFor(
  model: Model,
  options: AdaptationOptions,
  tokenCache?: string,
): Promise<Adaptation> {
  const adapted = adaptedModelOf(model);
  if (isFixed(options)) return adaptationOn(adapted, nothing, options);
  const { sources } = await sourcesFor(model, undefined, { tokenCache }).catch((error: unknown) => {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(
      `${fittedNames} are fitted on the validation part of the training corpus, which cannot be read: ${error.message}; or give ${givenNames}`,
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
    return adaptationOn(adapted, prepared.task === "generator" ? prepared.texts.validation : nothing, options);
  } finally {
    prepared.dispose();
  }
}
