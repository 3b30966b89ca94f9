/** @file The memory of a long training run. */
import { join } from "node:path";
import { memoryUsage } from "node:process";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { activeKernelBackend } from "../../src/engine/kernelBackend/kernelBackend.js";
import { engine } from "../../src/engine/tfjs.js";
import type { Recipe } from "../../src/options/recipe.js";
import { train } from "../../src/training/run.js";
import { folderWith } from "../support/folder.js";
import { neverStopped, smallFor } from "../support/models.js";
import { csvOf, opinions, tale } from "../support/texts.js";

const folder = folderWith({ "tale.txt": tale(40), "opinions.csv": csvOf(opinions(40)) });

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

const used = () => {
  collectGarbage(); // otherwise the numbers depend on V8's last collection
  const { heapUsed, external, rss } = memoryUsage();
  return {
    pool: activeKernelBackend()?.pool.created,
    tensors: engine().memory().numTensors,
    live: (heapUsed + external) / 2 ** 20, // MiB of objects and buffers
    resident: rss / 2 ** 20, // MiB
  };
};

/** The memory after 1,000, 5,000 and 10,000 steps. */
async function growth(corpus: string, given: Partial<Recipe>) {
  const marks: ReturnType<typeof used>[] = [];
  let steps = 0;
  const options = { backend: "auto" as const, stop: neverStopped(), out: join(folder, `${corpus} trained`) };
  for await (const event of train(join(folder, corpus), {
    ...options,
    given: { ...smallFor(corpus), epochs: 100_000, validation: "0", test: "0", ...given },
  })) {
    if (event.type !== "step") continue;
    steps++;
    if ([1000, 5000, 10_000].includes(steps)) marks.push(used());
    if (steps === 10_000) break;
  }
  return marks;
}

test.each<[string, Partial<Recipe>]>([
  ["tale.txt", { units: [6, 5], dropout: 0.2 }],
  ["opinions.csv", { bidirectional: "yes", dropout: 0.2 }], // documents of many lengths
])("train: 10,000 steps on %s need no more memory than the first 1,000", async (corpus, given) => {
  const [early, middle, late] = await growth(corpus, given);
  expect(late!.tensors).toBe(early!.tensors);
  expect(late!.pool).toBe(early!.pool);
  expect(late!.live).toBeLessThan(early!.live + 4);
  expect(late!.resident).toBeLessThan(middle!.resident + 64); // V8 reserves memory for its young objects during the first thousands of steps
});
