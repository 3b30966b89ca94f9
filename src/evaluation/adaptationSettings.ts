/** @file The settings with which a generator adapts to a text: given ones, and those that are fitted on the validation part of its corpus. */
import { UsageError, UserError } from "../common/errors.js";
import { prepare } from "../examples/prepare.js";
import { splitOptions } from "../examples/partSources.js";
import type { Sequence } from "../examples/tokenStore.js";
import type { Model } from "../model/model.js";
import { type Adaptation, dynamicSettings, fitCache, fitDynamic, sizesOn } from "./adaptation.js";
import type { AdaptedModel } from "./adaptingReader.js";
import type { DynamicSettings } from "./dynamicWeights.js";
import { sourcesFor } from "./evaluatedSources.js";
import { encodingOf } from "./labelEvaluation.js";

/** How a generator adapts to a text. What is not given is fitted on the validation part of the training corpus. */
export type AdaptationOptions = {
  /** A neural cache of so many states. */
  neuralCache?: number | undefined;
  cacheTheta?: number | undefined;
  cacheWeight?: number | undefined;
  /** The rate of gradient steps on the text that was read (dynamic evaluation), as in 0.001; auto: fitted. */
  dynamic?: number | "auto" | undefined;
};

export const isAdaptive = ({ neuralCache, dynamic }: AdaptationOptions): boolean =>
  neuralCache !== undefined || dynamic !== undefined;

/** Whether nothing is measured on the training corpus. */
const isFixed = ({ neuralCache, cacheTheta, cacheWeight, dynamic }: AdaptationOptions): boolean =>
  dynamic === undefined && (neuralCache === undefined || (cacheTheta !== undefined && cacheWeight !== undefined));

/** @throws UserError for an n-gram model without a network */
export const adaptedModelOf = ({ network, mixture, recipe }: Model): AdaptedModel => ({
  network,
  mixture,
  documents: recipe.examples === "documents",
});

/** The parts of the training corpus that settings are measured on; empty if none are. */
type MeasuredTexts = { training: Sequence; validation: Sequence };

/** The steps are fitted first, and the cache beside them. */
export function adaptationOn(model: AdaptedModel, texts: MeasuredTexts, options: AdaptationOptions): Adaptation {
  const { neuralCache: size, cacheTheta: theta, cacheWeight: weight } = options;
  const dynamic = options.dynamic === undefined ? null : dynamicOn(model, texts, options.dynamic);
  if (size === undefined) return { cache: null, dynamic };
  if (theta !== undefined && weight !== undefined) return { cache: { size, theta, weight }, dynamic };
  const given = "--cache-theta and --cache-weight";
  const fitted = fitCache(model, fitting(texts, "--neural-cache", given), { size, dynamic });
  return { cache: { size, theta: theta ?? fitted.theta, weight: weight ?? fitted.weight }, dynamic };
}

function dynamicOn(model: AdaptedModel, texts: MeasuredTexts, rate: number | "auto"): DynamicSettings {
  if (texts.training.length < 2)
    throw new UsageError(
      "--dynamic needs the training corpus, on which the sizes of gradients are measured, and it is not there; remove it",
    );
  const sizes = sizesOn(model, texts.training);
  return rate === "auto"
    ? fitDynamic(model, fitting(texts, "--dynamic auto", "a number"), sizes)
    : dynamicSettings(rate, sizes);
}

/** @throws UsageError without a validation part */
function fitting({ validation }: MeasuredTexts, name: string, given: string): Sequence {
  if (validation.length >= 2) return validation;
  throw new UsageError(
    `${name} is fitted on the validation part of the training corpus, which is not there; give ${given}`,
  );
}

const nothing: MeasuredTexts = { training: new Uint8Array(), validation: new Uint8Array() };

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
    const needing = options.dynamic === undefined ? "--neural-cache" : "--dynamic";
    const remedy = options.dynamic === undefined ? "give --cache-theta and --cache-weight" : "remove it";
    throw new UserError(`${needing} needs the training corpus, which cannot be read: ${error.message}; or ${remedy}`);
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
    return adaptationOn(adapted, prepared.task === "generator" ? prepared.texts : nothing, options);
  } finally {
    prepared.dispose();
  }
}
