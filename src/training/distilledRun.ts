/** @file A run of knowledge distillation: a smaller network learns the probabilities of a checkpoint's model, over its corpus or other texts. */
import { basename } from "node:path";
import { createCheckpointFolder, lockFolder, tryCheckpointFolder } from "../checkpoint/checkpoint.js";
import { inFile, UsageError, UserError } from "../common/errors.js";
import { openCorpus, recordedCorpus } from "../corpus/corpus.js";
import { formatOf } from "../corpus/formats/index.js";
import { blocksIn, type Corpus, type Document } from "../corpus/document.js";
import { readingRecordOf } from "../corpus/record/readingRecord.js";
import { encodingOf } from "../evaluation/labelEvaluation.js";
import { trainingExamples } from "../examples/arrange.js";
import { checkDigest, openSources, splitOptions } from "../examples/partSources.js";
import { prepare } from "../examples/prepare.js";
import { likeOf, modelIn, type ModelOf, optionsFor, startEngine } from "../model/model.js";
import { initializations } from "../network/initializers.js";
import { Network } from "../network/network.js";
import { type Recipe, refuseUseless, settleRecipe, splitSeedOf } from "../options/recipe.js";
import { buildAssembly, type Assembly } from "./assembly.js";
import { specOf } from "./newAssembly.js";
import { type AssembledEvent, execute, type RunOptions } from "./run.js";
import { lengthWarnings, planLength, refuseTwoLengths } from "./runLength.js";
import { withTeacher } from "./teacher.js";

export type DistillSettings = {
  /** The folder of the checkpoint that is learned from. */
  teacher: string;
  /** Of the loss; see `distillationLoss`. */
  temperature: number;
  alpha: number;
  /** A file of texts without labels, which are learned from instead of its training part. */
  texts?: string | undefined;
};

type DistillOptions = Omit<RunOptions, "start" | "task"> & DistillSettings;
type Teacher = ModelOf<"classifier" | "tagger">;

const checkpointsFolder = "checkpoints";

/**
 * The events of a run. Options that are not given are the teacher's, and without an option of the network's size each layer has half of its units.
 * @throws UserError for a teacher of another task, and if its corpus cannot be read
 */
export async function* distillEvents(options: DistillOptions): AsyncGenerator<AssembledEvent> {
  const { given, teacher: folder, started = performance.now(), out } = options;
  refuseTwoLengths(given);
  await tryCheckpointFolder(out, checkpointsFolder);
  const teacher = await modelIn({ folder }, ["classifier", "tagger"], options);
  try {
    const assembly = await distilledAssembly(teacher, options);
    const reading = (performance.now() - started) / 1000;
    const length = planLength(assembly, started);
    const made = createCheckpointFolder(out, checkpointsFolder, `${basename(folder)}-distilled`);
    const lock = await made.then(lockFolder).catch((error: unknown) => {
      assembly.dispose();
      throw error;
    });
    try {
      yield* execute(lock, assembly, length, options, false, lengthWarnings(assembly.recipe, length.plan, reading));
    } finally {
      await lock.release();
    }
  } finally {
    teacher.dispose();
  }
}

async function distilledAssembly(teacher: Teacher, options: DistillOptions): Promise<Assembly> {
  const { temperature, alpha, texts, tokenCache, given } = options;
  const { document, task, labels, target, folder } = teacher;
  if (texts !== undefined && task === "tagger")
    throw new UsageError("--texts has no effect on a tagger, which learns from its training corpus; remove it");
  if (teacher.recipe.multilabel)
    throw new UserError(
      `${folder} predicts several labels for a text; a network can learn from one with one label only`,
    );
  const recipe = studentRecipe(teacher, given);
  refuseUseless(given, recipe, task, teacher.inputs);
  const backend = await startEngine(options, recipe.precision === "auto" ? undefined : recipe.precision);
  if (document.corpus.name === null)
    throw new UserError(`${folder} was imported without a corpus, whose validation part is needed; name another one`);
  const path = inFile(folder, () => recordedCorpus(document.corpus));
  const record = inFile(folder, () => readingRecordOf(document));
  const sources = await openSources(path, recipe, { record, tokenCache });
  checkDigest(sources.training, document.corpus.digest);
  checkDigest(sources.validation, document.corpus.options["validation"]);
  checkDigest(sources.test, document.corpus.options["test"]);
  const encoding = { task, inputEncoding: encodingOf(teacher), labels, target, tokenCache };
  const prepared = await prepare(sources, { ...encoding, ...splitOptions(recipe) });
  const others =
    texts === undefined
      ? prepared
      : await prepare({ training: await unlabeledCorpus(teacher, texts) }, { ...encoding, ...wholeCorpus });
  const settings = { temperature, alpha, ownLabels: texts === undefined };
  return buildAssembly({
    path,
    readings: document.corpus,
    sources,
    recipe,
    prepared,
    examples: withTeacher(trainingExamples(others, recipe), teacher, settings),
    network: Network.create(specOf(recipe, prepared), initializations[recipe.init](recipe.initRange), recipe.seed),
    backend,
    created: new Date().toISOString(),
    distilled: {
      checkpoint: folder,
      weights: document.files.weights.sha256,
      temperature,
      alpha,
      ...(texts !== undefined && { texts }),
    },
  });
}

const wholeCorpus = { fractions: { validation: 0, test: 0 }, seed: 1 };

/** Options that set the size of a network. */
const sizeOptions = ["units", "layers", "embedding", "cell", "convolution", "dense", "block"] as const;
const leastUnits = 4;
const half = (units: number): number => Math.max(leastUnits, Math.ceil(units / 2));

/** The teacher's options, with those that are given; half of its units and of its embedding without an option of size. */
function studentRecipe({ recipe: its, task, inputs }: Teacher, given: Partial<Recipe>): Recipe {
  const hasLength = given.epochs !== undefined || given.for !== undefined;
  const isSized = sizeOptions.some((name) => given[name] !== undefined);
  const { charUnits } = its;
  return settleRecipe(
    {
      ...its,
      ...(hasLength && { epochs: undefined, for: undefined }),
      ...(!isSized && {
        units: its.units.map(half),
        embedding: half(its.embedding),
        ...(charUnits > 0 && { charUnits: half(charUnits) }),
      }),
      model: "network",
      wide: undefined,
      ngramOrder: undefined,
      vectors: undefined,
      freezeEmbedding: false,
      ...given,
      splitSeed: splitSeedOf(its),
    },
    task,
    inputs,
  );
}

/** A file of texts, each with a label that the teacher's replaces. @throws UserError for a file that cannot be read */
async function unlabeledCorpus(teacher: Teacher, file: string): Promise<Corpus> {
  const like = { ...likeOf(teacher), needsLabels: false };
  const lines = formatOf(file) === "text" ? ({ documents: "lines" } as const) : {};
  const opened = await openCorpus(file, { ...optionsFor(teacher), ...lines, like });
  const [label] = teacher.labels;
  const readBlocks = async function* (): AsyncGenerator<Document[]> {
    for await (const block of blocksIn(opened)) yield block.map((document) => ({ ...document, label }));
  };
  const read = async function* (): AsyncGenerator<Document> {
    for await (const block of readBlocks()) yield* block;
  };
  return { ...opened, labeled: true, read, readBlocks };
}
