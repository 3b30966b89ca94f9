/** @file The options that a run chooses by its corpus, by its length and by the speed of the machine, where they are not given. */
import { dispose, matMul, ones } from "../engine/tfjs.js";
import type { Prepared } from "../examples/prepare.js";
import type { Recipe } from "../options/recipe.js";
import { generatorDefaults } from "./generatorDefaults.js";
import { defaultEpochs } from "./runLength.js";

/** Seconds in which the speed of the machine is measured, for a run with --for. */
const speedSeconds = 0.1;
/** About this fraction of --for is for training steps. */
const steppingFraction = 0.8;

/** options: none that is given; epochs: the passes over the training part that were expected. */
export type ChosenOptions = { options: Partial<Recipe>; epochs: number };

/** Documents that a run reads by default, about: a thousand steps of the usual batch size. */
const usualDocuments = 32_000;
const [fewestPasses, mostPasses] = [3, 10];

/**
 * The passes over the training part after which a classifier of texts learns little more: a small corpus needs more of them than a large one. Further passes only
 * overfit, and keep the learning rate high for too long. Measured on sentences, questions and reviews: docs/results.md.
 */
export const labelPasses = (documents: number): number =>
  Math.min(mostPasses, Math.max(fewestPasses, Math.round(usualDocuments / Math.max(1, documents))));

/** Those of a generator that reads its text in order, and the passes of a classifier; undefined for other networks. Blocks have their own normalization, and keep the declared defaults. */
export function chosenOptions(
  { prepared, recipe }: { prepared: Prepared; recipe: Recipe },
  given: Partial<Recipe>,
): ChosenOptions | undefined {
  if (recipe.model === "auto" && given.epochs === undefined) {
    const epochs = labelPasses(prepared.counts.training.documents);
    return { options: recipe.for === undefined ? { epochs } : {}, epochs };
  }
  if (prepared.task !== "generator" || prepared.inputs !== "tokens" || recipe.block) return undefined;
  if (recipe.examples !== "streams" && recipe.examples !== "documents") return undefined;
  const { for: seconds, epochs: passes = defaultEpochs } = recipe;
  const units = given.units === undefined && given.layers === undefined ? undefined : recipe.units;
  const { options, epochs } = generatorDefaults({
    tokens: prepared.counts.training.tokens,
    vocabulary: prepared.tokenizer.vocabulary.length,
    length:
      seconds === undefined
        ? { epochs: passes }
        : { seconds: steppingFraction * seconds, speed: productSpeed(Math.min(speedSeconds, seconds / 100)) },
    units,
    batchSize: given.batchSize,
    sequenceLength: given.sequenceLength,
  });
  const isFree = (name: string): boolean =>
    name === "units" ? units === undefined : given[name as keyof Recipe] === undefined;
  return { options: Object.fromEntries(Object.entries(options).filter(([name]) => isFree(name))), epochs };
}

/** As large as the products of a small network. */
const [rows, inputs, outputs] = [512, 256, 1024];

/** Floating-point operations per second of matrix products on the active backend, with the load of the machine as it is. @param seconds that the measurement takes about */
function productSpeed(seconds: number): number {
  const left = ones([rows, inputs]);
  const right = ones([inputs, outputs]);
  const product = (): void => matMul(left, right).dispose();
  product(); // starts threads and allocates memory
  const started = performance.now();
  let [count, elapsed] = [0, 0];
  for (; elapsed < seconds; elapsed = (performance.now() - started) / 1000) {
    product();
    count++;
  }
  dispose([left, right]);
  return (count * 2 * rows * inputs * outputs) / elapsed;
}
