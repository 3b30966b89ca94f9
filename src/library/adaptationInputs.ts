/** @file The options of the library with which a generator adapts to a text. */
import type { AdaptationOptions } from "../evaluation/adaptationSettings.js";
import { refuseWithoutEffect } from "../options/optionEffect.js";
import { adaptationOptions } from "../options/options.js";
import { readOptions } from "./libraryInputs.js";

/** @throws UsageError for a value out of range, or an option without effect */
export function readAdaptationOptions(given: AdaptationOptions): AdaptationOptions {
  const read = readOptions<AdaptationOptions>(adaptationOptions, given);
  refuseWithoutEffect(adaptationOptions, read, read);
  return read;
}
