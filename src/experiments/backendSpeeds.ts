/** @file The training speed of each available backend with a small character model. */
import { selectBackend } from "../engine/backends/index.js";
import { streamExamples } from "../examples/streamExamples.js";
import type { BackendName, PrecisionName } from "../common/names.js";
import { initializations } from "../network/initializers.js";
import { Network } from "../network/network.js";
import { readSpec } from "../network/spec.js";
import { randomStream } from "../common/random.js";
import { Trainer } from "../training/trainer.js";

const [vocabulary, units, rows, time] = [64, 128, 16, 16];

const spec = readSpec({
  task: "generator",
  vocabulary,
  layers: [
    { type: "embedding", units },
    { type: "recurrent", cell: "lstm", units, bidirectional: false },
  ],
  classes: vocabulary,
});

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

/** Characters per second in training, by backend. */
export type Speeds = Partial<Record<BackendName, number>>;

/**
 * Trains on one backend after another, then selects the active one again.
 * @param names available backends
 * @param seconds for all together; each takes at least two steps
 * @param onBackend is called before each measurement, with the backend and its position from 0
 * @throws UserError for a backend that is not available
 */
export async function measureBackends(
  names: readonly BackendName[],
  seconds: number,
  active: { name: BackendName; precision?: PrecisionName },
  onBackend?: (name: BackendName, index: number) => void,
): Promise<Speeds> {
  const speeds: Speeds = {};
  for (const [index, name] of names.entries()) {
    onBackend?.(name, index);
    await selectBackend(name);
    speeds[name] = speedOf(seconds / names.length);
  }
  await selectBackend(active.name, active.precision);
  return speeds;
}

function speedOf(seconds: number): number {
  const random = randomStream(1, "doctor");
  const text = Int32Array.from({ length: 100 * rows * time + 1 }, () => Math.floor(random() * vocabulary));
  const network = Network.create(spec, initializations.uniform(0.1), 1);
  const trainer = new Trainer(network, streamExamples(text, { rows, time }), null, options);
  trainer.measure(seconds / 3); // warm-up: allocates memory, starts threads and compiles WebAssembly
  const step = trainer.measure((2 * seconds) / 3);
  trainer.dispose();
  network.dispose();
  return (rows * time) / step;
}
