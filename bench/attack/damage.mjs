/** @file Checkpoints with a flipped byte or a cut file: each command names the damage in one line, or gives the answer of the whole checkpoint. */
import { cpSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { below, distUrl, firstLine, oneOf } from "./tools.mjs";

const bundled = fileURLToPath(new URL("../../checkpoints/critic", import.meta.url));
const { loadModel, classify, UserError } = await import(distUrl("index.js"));

/** @param damage changes one file */
async function damaged({ count, folder, random }, damage) {
  const answerOf = async (place) => {
    const model = await loadModel(place, { task: "classifier", threads: 1 });
    try {
      return JSON.stringify(await classify(model, ["not bad at all"]));
    } finally {
      model.dispose();
    }
  };
  const whole = await answerOf(bundled);
  const failures = [];
  for (let attack = 0; attack < count; attack++) {
    const place = join(folder, "checkpoint");
    cpSync(bundled, place, { recursive: true });
    const name = oneOf(
      random,
      readdirSync(place).filter((file) => /\.(json|safetensors)$/.test(file)),
    );
    const what = damage(join(place, name), random);
    try {
      const answer = await answerOf(place);
      if (name.endsWith(".safetensors") && answer !== whole)
        failures.push(`${name} ${what}: another answer without a word`);
    } catch (error) {
      const oneLine = error instanceof UserError && !error.message.trim().includes("\n");
      if (!oneLine) failures.push(`${name} ${what}: ${firstLine(String(error?.stack))}`);
    }
    rmSync(place, { recursive: true });
  }
  return { tried: count, failures };
}

export const flips = (setting) =>
  damaged(setting, (path, random) => {
    const bytes = readFileSync(path);
    const at = below(random, bytes.length);
    bytes[at] ^= 1 << below(random, 8);
    writeFileSync(path, bytes);
    return `flipped at ${at}`;
  });

export const truncations = (setting) =>
  damaged(setting, (path, random) => {
    const size = below(random, statSync(path).size);
    truncateSync(path, size);
    return `cut to ${size}`;
  });
