/** @file Presets as a list: a name and what it is, a line each. */
import { loadPreset, presetNames } from "../options/presets.js";

export async function* presetLines(): AsyncGenerator<string> {
  for (const name of await presetNames()) yield `${name}\t${(await loadPreset(name)).describe}\n`;
}
