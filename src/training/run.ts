/** @file One run of training, from a corpus or a checkpoint to a checkpoint: what happens is told as events. */
import { parse } from "node:path";
import { setImmediate } from "node:timers/promises";
import { type CheckpointDocument, createCheckpointFolder, saveCheckpoint } from "../checkpoint/checkpoint.js";
import { UsageError } from "../common/errors.js";
import { version } from "../common/version.js";
import { evaluationExamples } from "../examples/arrange.js";
import { assemble, type Assembly, type Given, reassemble } from "./assembly.js";
import { lengthen, type Plan, planEpochs, planTime } from "./plan.js";
import { storeRecipe } from "../options/recipe.js";
import { type Result, resultOf } from "../evaluation/result.js";
import type { Progress, Snapshot } from "./runProgress.js";
import { withoutGzip } from "../corpus/formats/index.js";
import type { TrainingEvent } from "./trainer.js";

export type RunEvent =
  | { type: "begin"; folder: string; assembly: Assembly; plan: Plan; resumed: boolean }
  | TrainingEvent
  | { type: "result"; folder: string; result: Result | null };

export type RunOptions = Given & {
  /** Absent: `checkpoints/` and the corpus's stem, numbered so that nothing is overwritten. */
  out?: string | undefined;
  /** Seconds between saves on the way; by default five, or twenty times what a save takes. */
  saveEvery?: number | undefined;
  stop: AbortSignal;
};

const checkpointsFolder = "checkpoints";
const defaultEpochs = 10;
/** Seconds from one save to the next, unless told; a large network is saved less often. @param cost seconds of the last save */
const pauseAfter = (cost: number): number => Math.max(5, 20 * cost);
/** Seconds between the moments in which a signal or a timer is heard. */
const breath = 0.05;

function refuseTwoLengths({ epochs, for: seconds }: RunOptions["given"]): void {
  if (epochs === undefined || seconds === undefined) return;
  throw new UsageError("--epochs and --for each say how long to train: give one of them");
}

/** Trains a new network. @param corpus a path, or - */
export async function* train(corpus: string, options: RunOptions): AsyncGenerator<RunEvent> {
  const started = performance.now();
  const { given } = options;
  refuseTwoLengths(given);
  const assembly = await assemble(corpus, options);
  const plan = planFor(assembly, started);
  const stem = corpus === "-" ? "standard-input" : parse(withoutGzip(corpus)).name;
  const folder = await createCheckpointFolder(options.out, checkpointsFolder, stem);
  yield* execute(folder, assembly, plan, options, false);
}

/** Goes on with a run to the same bits as if it had never stopped; `--epochs` or `--for` lengthens it. */
export async function* resume(
  folder: string,
  options: RunOptions & { corpus?: string | undefined },
): AsyncGenerator<RunEvent> {
  const started = performance.now();
  const { given } = options;
  refuseTwoLengths(given);
  const { assembly, plan, judged } = await reassemble(folder, options);
  const lengthened =
    given.epochs !== undefined
      ? lengthen(plan, given.epochs * assembly.training.batchesPerEpoch)
      : given.for !== undefined
        ? lengthen(plan, assembly.trainer.steps + planFor(assembly, started).steps)
        : plan;
  if (lengthened.steps <= assembly.trainer.steps && judged) {
    const epochs = assembly.trainer.steps / assembly.training.batchesPerEpoch;
    throw new UsageError(
      `${folder} has had its ${epochs.toFixed(1)} epochs: --epochs with more than that, or --for, lengthens the run`,
    );
  }
  if (judged && assembly.trainer.outOfPatience) {
    throw new UsageError(
      `${folder} stopped after ${assembly.recipe.patience} evaluations without a better one: a larger --patience lets it go on`,
    );
  }
  yield* execute(folder, assembly, lengthened, options, true);
}

function planFor({ recipe, training, trainer, prepared, arrange }: Assembly, started: number): Plan {
  if (recipe.for === undefined) return planEpochs(recipe.epochs ?? defaultEpochs, training.batchesPerEpoch);
  const step = trainer.measure(Math.min(3, recipe.for / 20));
  const validation = evaluationExamples(prepared, "validation", arrange);
  // An evaluation reads forward only, a third of a training step's work.
  const evaluation = validation
    ? ((step / 3) * validation.targetsPerEpoch * training.batchesPerEpoch) / training.targetsPerEpoch
    : 0;
  return planTime(recipe.for - (performance.now() - started) / 1000, { step, evaluation });
}

async function* execute(
  folder: string,
  assembly: Assembly,
  plan: Plan,
  { stop, saveEvery }: RunOptions,
  resumed: boolean,
): AsyncGenerator<RunEvent> {
  const { trainer, network, prepared, arrange } = assembly;
  const save = ({ best, training, progress }: Snapshot, result: Result | null): Promise<void> =>
    saveCheckpoint(folder, describe(assembly, plan, progress, result), { weights: best, training });

  try {
    await save(trainer.snapshot(), null);
    yield { type: "begin", folder, assembly, plan, resumed };
    let breathed = performance.now();
    let due = breathed + 1000 * (saveEvery ?? pauseAfter(0));
    for await (const event of trainer.run(plan, stop)) {
      const now = performance.now();
      if (now > due) {
        await save(trainer.snapshot(), null);
        const saved = performance.now();
        due = saved + 1000 * (saveEvery ?? pauseAfter((saved - now) / 1000));
      }
      if (performance.now() - breathed > breath * 1000) {
        await setImmediate();
        breathed = performance.now();
      }
      yield event;
    }
    const last = trainer.snapshot();
    await save(last, null);
    network.assign(last.best);
    const result = resultOf(network, prepared, "test", arrange) ?? resultOf(network, prepared, "validation", arrange);
    await save(last, result);
    yield { type: "result", folder, result };
  } finally {
    assembly.dispose();
  }
}

/** What a checkpoint says of a run. */
const describe = (
  { created, prepared, network, recipe, corpus, imported, backend }: Assembly,
  plan: Plan,
  { history, ...progress }: Progress,
  result: Result | null,
): CheckpointDocument => ({
  created,
  task: prepared.task,
  ...(prepared.labels.length > 0 && { labels: [...prepared.labels] }),
  spec: network.spec,
  ...(prepared.inputs === "tokens"
    ? {
        tokenizer: prepared.tokenizer.toJSON(),
        ...(prepared.spelling && { spelling: prepared.spelling.toJSON() }),
      }
    : { scaling: [...prepared.scaling] }),
  ...(prepared.task === "regressor" && { target: prepared.target }),
  options: storeRecipe(recipe),
  corpus,
  ...(imported && { imported }),
  counts: { ...prepared.counts, parameters: network.parameters },
  metrics: result ? { [result.part]: result } : {},
  history,
  progress: { ...progress, plan },
  madeBy: {
    version,
    backend: backend.name,
    ...(backend.instructionSet !== null && { instructionSet: backend.instructionSet }),
  },
});
