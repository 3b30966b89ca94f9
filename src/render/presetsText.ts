/** @file The presets as a list: name<TAB>description, or JSON. */
import { loadPreset, presetNames } from "../options/presets.js";

export async function* presetLines({ json }: { json: boolean }): AsyncGenerator<string> {
  const presets = [];
  for (const name of await presetNames()) {
    const { describe, task } = await loadPreset(name);
    if (json) presets.push({ name, task, describe });
    else yield `${name}\t${describe}\n`;
  }
  if (json) yield `${JSON.stringify(presets)}\n`;
}
