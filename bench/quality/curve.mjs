/**
 * @file Learning curves: validation loss by training time of rnn and PyTorch on tiny-shakespeare, in turns of a few seconds.
 * Usage: RNN_DATA=FOLDER node bench/quality/curve.mjs [--seed N] [--threads N] [--slices N] [--only ours|pytorch] [--save]
 * FOLDER has tinyshakespeare/input.txt. --save writes learningCurve.json and, once both were measured, learningCurve.svg beside this file;
 * runs with other seeds on the same kind of processor are kept.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { format } from "prettier";
import { python } from "../contenders.mjs";
import { processorName } from "../machine.mjs";
import { loadDuring, maxBusyFraction, summary } from "../measure.mjs";
import { ContenderProcess } from "../process.mjs";
import { curvePicture } from "./curvePicture.mjs";
import { recipe, slices } from "./curveRecipe.mjs";

/**
 * @typedef {{ seconds: number, steps: number, loss: number }} Point seconds and steps of training until then; validation loss in nats
 * @typedef {{ seed: number, date: string, threads: number, versions: Record<string, string>, points: Record<string, Point[]> }} Run by contender
 * @typedef {{ processor: string, runs: Run[] }} Curves
 */

const pathOf = (name) => fileURLToPath(new URL(name, import.meta.url));
const saved = new URL("learningCurve.json", import.meta.url);
const pictureFile = new URL("learningCurve.svg", import.meta.url);

const commands = {
  ours: [process.execPath, pathOf("curveOurs.mjs")],
  pytorch: [python, pathOf("curve_torch.py")],
};

/** @param {object} task @param {number} count of slices @param {string[]} names of the contenders @returns the versions and points by contender, and the load of other programs */
async function trainInTurns(task, count, names) {
  const contenders = new Map(
    names.map((name) => [name, new ContenderProcess([...commands[name], JSON.stringify(task)])]),
  );
  try {
    const versions = {};
    for (const [name, contender] of contenders) versions[name] = await contender.ready();
    const points = Object.fromEntries(names.map((name) => [name, []]));
    const disturbances = [];
    for (let slice = 0; slice < count; slice++) {
      for (const [name, contender] of slice % 2 === 0 ? [...contenders] : [...contenders].toReversed()) {
        const { result, busy } = await loadDuring(contender, () => contender.answer());
        const { seconds, steps, loss } = JSON.parse(result);
        const before = points[name].at(-1) ?? { seconds: 0, steps: 0 };
        points[name].push({ seconds: before.seconds + seconds, steps: before.steps + steps, loss });
        disturbances.push(busy);
        console.error(`${name} ${points[name].at(-1).seconds.toFixed(1)} s: validation loss ${loss.toFixed(4)}`);
      }
    }
    return { versions, points, busy: summary(disturbances).median };
  } finally {
    await Promise.all([...contenders.values()].map((contender) => contender.stop()));
  }
}

/** Adds a run to the saved ones; contenders that it did not measure keep their points with the same seed. */
async function save(run) {
  const processor = processorName();
  const before = existsSync(saved) ? JSON.parse(readFileSync(saved, "utf8")) : { processor, runs: [] };
  const runs = before.processor === processor ? before.runs : [];
  const same = runs.find(({ seed }) => seed === run.seed);
  const merged = {
    ...run,
    versions: { ...same?.versions, ...run.versions },
    points: { ...same?.points, ...run.points },
  };
  const others = runs.filter(({ seed }) => seed !== run.seed);
  const curves = { processor, runs: [...others, merged].toSorted((left, right) => left.seed - right.seed) };
  writeFileSync(saved, await format(JSON.stringify(curves), { parser: "json", printWidth: 120 }));
  const complete = curves.runs.filter(({ points }) => points.ours && points.pytorch);
  if (complete.length > 0) writeFileSync(pictureFile, curvePicture({ processor, runs: complete }));
}

async function main() {
  const { values } = parseArgs({
    options: {
      seed: { type: "string", default: "1" },
      threads: { type: "string", default: "2" },
      only: { type: "string" },
      slices: { type: "string", default: String(slices.count) },
      save: { type: "boolean", default: false },
    },
  });
  const data = process.env.RNN_DATA;
  if (!data) throw new Error("set RNN_DATA to a folder that has tinyshakespeare/input.txt");
  const [seed, threads, count] = [values.seed, values.threads, values.slices].map(Number);
  const names = values.only ? [values.only] : Object.keys(commands);
  if (!names.every((name) => Object.hasOwn(commands, name)))
    throw new Error(`--only: expected ${Object.keys(commands).join(" or ")}`);
  const text = join(data, "tinyshakespeare/input.txt");
  const { busy, ...run } = await trainInTurns(
    { ...recipe, text, seed, threads, seconds: slices.seconds },
    count,
    names,
  );
  console.log(JSON.stringify(run));
  if (busy > maxBusyFraction)
    throw new Error(
      `other programs used ${(100 * busy).toFixed(0)} % of the processors; run it again on a machine without load`,
    );
  if (values.save) await save({ seed, date: new Date().toISOString().slice(0, 10), threads, ...run });
}

for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit(130)); // the "exit" handlers end the contenders
try {
  await main();
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
