/** @file The training speed of each available backend, and of the active one in each precision, with a small character model. */
import { precisionsOf, selectBackend } from "../engine/backends/index.js";
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
/** Characters per second in training, by precision of matrix products. */
export type PrecisionSpeeds = Partial<Record<PrecisionName, number>>;

/** Precisions are measured in turns, because the speed of a machine varies; the fastest turn counts. */
const turns = 3;

/**
 * Trains on one backend after another, then selects the active one again.
 * @param names available backends
 * @param seconds for all together; each takes at least two steps
 * @param onBackend is called before each measurement, with the backend and its position from 0
 * @returns the speeds of all backends, the active one's in its precision, and the speeds of the active one in each precision that it has
 * @throws UserError for a backend that is not available
 */
export async function measureBackends(
  names: readonly BackendName[],
  seconds: number,
  active: { name: BackendName; precision?: PrecisionName },
  onBackend?: (name: BackendName, index: number) => void,
): Promise<{ speeds: Speeds; precisionSpeeds: PrecisionSpeeds }> {
  const speeds: Speeds = {};
  let precisionSpeeds: PrecisionSpeeds = {};
  for (const [index, name] of names.entries()) {
    onBackend?.(name, index);
    if (name === active.name) {
      precisionSpeeds = await speedsByPrecision(name, seconds / names.length);
      speeds[name] = precisionSpeeds[active.precision ?? "fp32"]!;
    } else {
      await selectBackend(name);
      speeds[name] = speedOf(seconds / names.length);
    }
  }
  await selectBackend(active.name, active.precision);
  return { speeds, precisionSpeeds };
}

async function speedsByPrecision(name: BackendName, seconds: number): Promise<PrecisionSpeeds> {
  const speeds: PrecisionSpeeds = {};
  const names = precisionsOf(name);
  const rounds = names.length > 1 ? turns : 1;
  for (let turn = 0; turn < rounds; turn++)
    for (const precision of names) {
      await selectBackend(name, precision);
      speeds[precision] = Math.max(speeds[precision] ?? 0, speedOf(seconds / rounds));
    }
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
