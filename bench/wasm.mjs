/** @file Compares the kernels in WebAssembly with the peak of its vectors, with native code and with the wasm backend of TensorFlow.js: `node bench/wasm.mjs [rounds]`. */
import { fileURLToPath } from "node:url";
import { summary } from "./measure.mjs";
import { ContenderProcess } from "./process.mjs";

const pathOf = (name) => fileURLToPath(new URL(`wasm/${name}.mjs`, import.meta.url));
const seconds = 0.5;

const shapes = {
  product: { size: 512 },
  layer: { time: 64, batch: 64, inputs: 256, units: 256 },
  train: { vocabulary: 65, embedding: 128, units: [128, 128], batch: 50, steps: 50, optimizer: "adam" },
};

/** By title: the program and its task. */
const contenders = {
  ...Object.fromEntries([1, 2].map((threads) => [`peak ${threads}`, ["peak", { threads }]])),
  ...Object.fromEntries(
    Object.entries(shapes).flatMap(([work, shape]) =>
      [1, 2].map((threads) => [`wasm ${work} ${threads}`, ["ours", { backend: "wasm", work, shape, threads }]]),
    ),
  ),
  ...Object.fromEntries(
    Object.entries(shapes).map(([work, shape]) => [
      `native ${work} 2`,
      ["ours", { backend: "native", work, shape, threads: 2 }],
    ]),
  ),
  "tfjs layer 2": ["tfjs", { shape: shapes.layer, threads: 2 }],
};

process.setMaxListeners(0); // each process ends with this one

const rounds = Number(process.argv[2] ?? 5);
const processes = Object.fromEntries(
  Object.entries(contenders).map(([title, [program, task]]) => [
    title,
    new ContenderProcess([process.execPath, pathOf(program), JSON.stringify({ ...task, seconds })]),
  ]),
);
const samples = {};
for (const [title, contender] of Object.entries(processes)) {
  console.error(`${title}: ${await contender.ready()}`);
  samples[title] = [];
}
for (let round = 0; round < rounds; round++)
  for (const [title, contender] of Object.entries(processes)) samples[title].push(await contender.repeat());
await Promise.all(Object.values(processes).map((contender) => contender.stop()));

const speeds = Object.fromEntries(Object.entries(samples).map(([title, values]) => [title, summary(values)]));
const ratio = (title, other) => speeds[title].median / speeds[other].median;
for (const [title, { median, min, max }] of Object.entries(speeds))
  console.log(`${title.padEnd(16)} ${median.toFixed(1).padStart(6)} GFLOP/s (${min.toFixed(1)} to ${max.toFixed(1)})`);
for (const work of Object.keys(shapes)) {
  const fractions = [1, 2].map(
    (threads) => `${(100 * ratio(`wasm ${work} ${threads}`, `peak ${threads}`)).toFixed(0)} %`,
  );
  console.log(
    `${work}: ${fractions.join(" and ")} of the peak on one and two threads; ${(100 * ratio(`wasm ${work} 2`, `native ${work} 2`)).toFixed(0)} % of native`,
  );
}
console.log(`layer: ${ratio("wasm layer 2", "tfjs layer 2").toFixed(1)} × the speed of TensorFlow.js's wasm backend`);
