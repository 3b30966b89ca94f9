/** @file How fast each backend that is here trains a small character model. */
import { selectBackend } from "../engine/backends/index.js";
import { streamExamples } from "../examples/streamExamples.js";
import type { BackendName, PrecisionName } from "../common/names.js";
import { initialisations } from "../network/initializers.js";
import { Network } from "../network/network.js";
import { readSpec } from "../network/spec.js";
import { randomStream } from "../common/random.js";
import { Trainer } from "../training/trainer.js";

const [vocabulary, units, rows, time] = [64, 128, 16, 16];

const spec = readSpec(
  {
    task: "generator",
    vocabulary,
    layers: [
      { type: "embedding", units },
      { type: "recurrent", cell: "lstm", units, bidirectional: false },
    ],
    classes: vocabulary,
  },
  "the doctor's network",
);

const options = {
  optimizer: "adam",
  learningRate: 1e-3,
  momentum: 0,
  weightDecay: 0,
  clipNorm: 5,
  seed: 1,
  schedule: "constant",
  lrDecay: 1,
  lrDecayAfter: 1,
  wordDropout: 0,
} as const;

/** Characters trained a second, by backend. */
export type Speeds = Partial<Record<BackendName, number>>;

/**
 * Trains on one backend after another; then selects the one that is to be active.
 * @param names backends that can be had
 * @param seconds for all together; each takes two steps at least
 * @throws UserError where one cannot be had
 */
export async function measureBackends(
  names: readonly BackendName[],
  seconds: number,
  active: { name: BackendName; precision?: PrecisionName },
): Promise<Speeds> {
  const speeds: Speeds = {};
  for (const name of names) {
    await selectBackend(name);
    speeds[name] = speedOf(seconds / names.length);
  }
  await selectBackend(active.name, active.precision);
  return speeds;
}

function speedOf(seconds: number): number {
  const random = randomStream(1, "doctor");
  const text = Int32Array.from({ length: 100 * rows * time + 1 }, () => Math.floor(random() * vocabulary));
  const network = Network.create(spec, initialisations.uniform(0.1), 1);
  const trainer = new Trainer(network, streamExamples(text, { rows, time }), null, options);
  trainer.measure(seconds / 3); // makes memory, threads and, of WebAssembly, machine code
  const step = trainer.measure((2 * seconds) / 3);
  trainer.dispose();
  network.dispose();
  return (rows * time) / step;
}
