/** @file Checkpoints with a flipped bit in, or a cut of, each of their files: one line names the damage, or the answer is that of the whole checkpoint. */
import { cpSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { prepareFolder } from "./prepare.mjs";
import { below, distUrl, firstLine } from "./tools.mjs";

const { loadModel, classify, UserError } = await import(distUrl("index.js"));
const { loadCheckpoint } = await import(distUrl("checkpoint/checkpoint.js"));
const { isEdited, readDocument } = await import(distUrl("checkpoint/checkpointDocument.js"));

/** What a user gets of a checkpoint: an answer, and the state from which training goes on. */
async function contentOf(place) {
  const model = await loadModel(place, { task: "classifier", threads: 1 });
  try {
    const { training } = await loadCheckpoint(place, { training: true });
    return { answer: await classify(model, ["not bad at all"]), training };
  } finally {
    model.dispose();
  }
}

/** @param damage changes one file and says how */
async function damaged({ count, folder, stream }, damage) {
  await prepareFolder(folder);
  const whole = join(folder, "small");
  const wanted = { ...(await contentOf(whole)), document: await readDocument(whole) };
  const files = readdirSync(whole).filter((file) => /\.(json|safetensors)$/.test(file));
  const random = stream();
  const failures = [];
  for (let attack = 0; attack < count; attack++) {
    const place = join(folder, "damaged");
    cpSync(whole, place, { recursive: true });
    const name = files[attack % files.length];
    const what = `${name} ${damage(join(place, name), random)}`;
    try {
      const found = await contentOf(place);
      const document = await readDocument(place);
      const isSaid = isEdited(document); // the warning of an edited checkpoint.json
      const isSame = isDeepStrictEqual({ ...found, document }, wanted);
      if (!isSaid && !isSame) failures.push(`${what}: other content without a word`);
    } catch (error) {
      const oneLine = error instanceof UserError && !error.message.trim().includes("\n");
      if (!oneLine) failures.push(`${what}: ${firstLine(String(error?.stack))}`);
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
