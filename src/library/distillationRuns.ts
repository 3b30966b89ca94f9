/** @file Knowledge distillation from the library: `distill`. */
import { findCheckpoint } from "../checkpoint/checkpoint.js";
import { distillationFigures } from "../experiments/compression/distill.js";
import type { FiguresOfTwo } from "../experiments/compression/modelFigures.js";
import type { Recipe } from "../options/recipe.js";
import { distillOptions } from "../options/options.js";
import { studentOptions } from "../options/recipeOptions.js";
import { distillEvents } from "../training/distilledRun.js";
import type { RunEvent } from "../training/run.js";
import type { EndReason } from "../training/trainer.js";
import { readOptions } from "./libraryInputs.js";
import { ResultStream } from "./resultStream.js";
import type { RecipeOptions } from "./trainOptions.js";
import { never, published, type RunSettings } from "./trainingRuns.js";

/** Options of the network and its training that are not given are those of the checkpoint; without one of size, each layer has half of its units. */
export type DistillOptions = Pick<RecipeOptions, keyof RecipeOptions & StudentOption> &
  Omit<RunSettings, "tensorboard" | "standardInput"> & {
    /** Divides the logits of both networks in the loss, above 0. Default: 2. */
    temperature?: number | undefined;
    /** The weight of the checkpoint's probabilities in the loss, 0 … 1; the labels have the rest. Default: 0.5. */
    alpha?: number | undefined;
    /** A file of texts without labels, which the network learns from instead of the training part. Default: none. */
    texts?: string | undefined;
    /** A folder for the new checkpoint. Default: `checkpoints/`, the name of the checkpoint and `-distilled`. */
    into?: string | undefined;
    /** Also store the weights as 8-bit integers. Default: floats. */
    quantize?: "int8" | undefined;
  };

type Camel<Name extends string> = Name extends `${infer Head}-${infer Rest}`
  ? `${Head}${Capitalize<Camel<Rest>>}`
  : Name;
type StudentOption = Camel<keyof typeof studentOptions>;

/** figures: of the checkpoint (before) and of the smaller one (after); null if the run was interrupted. */
export type Distilled = { folder: string; reason: EndReason; figures: FiguresOfTwo | null };

/**
 * Trains a smaller classifier or tagger on the probabilities of another one, over its training corpus or other texts. The loss is that of Hinton et al. (2015):
 * alpha · T² · KL(teacher ‖ student) at temperature T, and (1 - alpha) · the cross-entropy of the labels. Iterate for the events of the run, or await its outcome:
 *
 *     const { figures } = await distill("critic", { units: 16, embedding: 16 });
 *
 * @param checkpoint the larger one: a name, or the path of a folder
 * @throws UserError if there is none, if it is of another task, or if its corpus cannot be read
 */
export function distill(checkpoint: string, options: DistillOptions = {}): ResultStream<RunEvent, Distilled> {
  const find = async (): Promise<string> => (await findCheckpoint(checkpoint, ["classifier", "tagger"])).folder;
  const start = async function* (): AsyncGenerator<RunEvent> {
    yield* distillationIn(await find(), options);
  };
  return new ResultStream(start, async (events) => {
    let folder = "";
    let reason: EndReason = "finished";
    for await (const event of events) {
      if (event.type === "begin") ({ folder } = event);
      if (event.type === "end") ({ reason } = event);
    }
    const { backend, threads, quantize } = options;
    const figures =
      reason === "interrupted"
        ? null
        : await distillationFigures(await find(), folder, { backend, threads, quantize: quantize !== undefined });
    return { folder, reason, figures };
  });
}

/** The run of a teacher whose folder is known. @throws UsageError for an option that it does not have */
export function distillationIn(teacher: string, options: DistillOptions): AsyncGenerator<RunEvent> {
  const {
    temperature,
    alpha,
    texts,
    into,
    quantize,
    signal,
    saveEvery,
    tokenCache,
    started,
    backend,
    threads,
    ...own
  } = options;
  const settings = readOptions<{ temperature: number; alpha: number }>(distillOptions, {
    temperature,
    alpha,
    quantize,
  });
  const { temperature: softening = defaults.temperature, alpha: weight = defaults.alpha } = settings;
  const run = distillEvents({
    backend,
    threads,
    tokenCache,
    saveEvery,
    started,
    stop: signal ?? never(),
    given: readOptions<Recipe>(studentOptions, own),
    teacher,
    temperature: softening,
    alpha: weight,
    texts,
    out: into,
  });
  return published(run);
}

const defaults = { temperature: distillOptions.temperature.default, alpha: distillOptions.alpha.default };
