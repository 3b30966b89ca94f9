/** @file The import context of --vocabulary: a list of tokens and the options beside it, or the vocabulary.json of an export. */
import { createHash } from "node:crypto";
import * as v from "valibot";
import { checked } from "../../common/checked.js";
import { inFile, UsageError, UserError } from "../../common/errors.js";
import { kebabCase } from "../../options/option.js";
import { readScales } from "../../examples/scaling.js";
import type { Task } from "../../common/names.js";
import { tokenizerFrom } from "../../tokenizers/index.js";
import { type ImportContext, type ContextOptions, outputsFor, poolingOf, progressFrom } from "./importContext.js";
import { isOwnVocabulary, type OwnVocabulary, readOwnVocabulary } from "./ownVocabulary.js";
import { readJson, vocabularyFrom } from "../tokenizerJson/importedVocabulary.js";

/** Options whose values a vocabulary.json of `rnn export` stores. */
const exportedOptions = [
  "tokenizer",
  "lowercase",
  "unknown",
  "end",
  "padding",
  "labels",
  "task",
  "documents",
  "sequenceLength",
] as const satisfies (keyof ContextOptions)[];

/** @param path of a JSON file @throws UserError if it is no vocabulary, UsageError for options that contradict it */
export async function contextFrom(path: string, options: ContextOptions): Promise<ImportContext> {
  const data = await readJson(path);
  if (isOwnVocabulary(data)) {
    const redundant = exportedOptions.find((name) => options[name] !== undefined && options[name] !== false);
    if (redundant)
      throw new UsageError(`--${kebabCase(redundant)} has no effect here, because ${path} defines it; remove it`);
    return fromExport(readOwnVocabulary(data, path), path, options);
  }
  const labels = await labelsOf(options.labels);
  const task = options.task ?? (labels.length > 0 ? "classifier" : "generator");
  checkTask(task, labels, options);
  const { tokenizer, size, order, hasEnd } = vocabularyFrom(data, path, { ...options, words: task === "tagger" });
  const onlyEnds = hasEnd && !tokenizer.vocabulary.includes("\n");
  const documents = options.documents ?? (task === "generator" && onlyEnds ? "lines" : undefined);
  return {
    target: { ...targetOf(task, size, labels, options), reads: { vocabulary: size } },
    order,
    document: {
      ...(labels.length > 0 && { labels: [...labels] }),
      tokenizer: tokenizer.toJSON(),
      ...withoutCorpus(task, task !== "generator" || documents !== undefined),
    },
    recipe: {
      ...(task !== "tagger" && { tokenizer: tokenizer.kind }),
      lowercase: tokenizer.toJSON().lowercase,
      documents,
      ...(options.sequenceLength !== undefined && { sequenceLength: options.sequenceLength }),
    },
    trainable: false,
  };
}

const targetOf = (task: Task, size: number, labels: readonly string[], { pooling, activation }: ContextOptions) => ({
  task,
  outputs: outputsFor(task, size, labels),
  pooling: poolingOf(pooling ?? (task === "classifier" || task === "regressor" ? ["last"] : undefined)),
  like: null,
  relu: activation === "relu",
});

/** The fields of a checkpoint whose corpus is not known. */
const withoutCorpus = (
  task: Task,
  inDocuments: boolean,
): Pick<ImportContext["document"], "corpus" | "counts" | "progress"> => ({
  corpus: {
    name: null,
    shape: inDocuments ? "documents" : "stream",
    labelled: task !== "generator",
    bytes: 0,
    digest: createHash("sha256").digest("hex"), // of an empty corpus
    options: {},
  },
  counts: {},
  progress: progressFrom(1),
});

/** The context of a vocabulary.json that `rnn export` wrote. */
function fromExport(vocabulary: OwnVocabulary, path: string, options: ContextOptions): ImportContext {
  const { task, text, spelling, numbers, labels = [], target, longest, writes } = vocabulary;
  const tokenizer = text && tokenizerFrom(text);
  const scaling = numbers && inFile(path, () => readScales(numbers.columns));
  const size = tokenizer?.vocabulary.length ?? scaling?.length;
  if (size === undefined)
    throw new UserError(`${path} defines neither the tokens nor the columns of numbers that the network reads`);
  return {
    target: { ...targetOf(task, size, labels, options), reads: tokenizer ? { vocabulary: size } : { width: size } },
    order: null,
    document: {
      ...(labels.length > 0 && { labels }),
      ...(text && { tokenizer: text }),
      ...(spelling && { spelling }),
      ...(scaling && { scaling }),
      ...(target && { target }),
      ...withoutCorpus(task, task !== "generator" || (writes?.beforePrompt.length ?? 0) > 0),
    },
    recipe: {
      ...(tokenizer && { lowercase: tokenizer.toJSON().lowercase }),
      ...(tokenizer && task !== "tagger" && { tokenizer: tokenizer.kind }),
      ...(longest !== undefined && (task === "generator" ? { sequenceLength: longest } : { maxLength: longest })),
      ...(task === "generator" && writes?.beforePrompt.length && { documents: "lines" }),
    },
    trainable: false,
  };
}

const labelList = v.pipe(v.array(v.string()), v.minLength(1));

async function labelsOf(given: readonly string[] = []): Promise<readonly string[]> {
  const [path = ""] = given;
  if (given.length !== 1 || !path.endsWith(".json")) return given;
  return checked(labelList, await readJson(path), (problems) => `${path} is not a list of labels: ${problems}`);
}

function checkTask(task: Task, labels: readonly string[], { tokenizer = "whitespace" }: ContextOptions): void {
  if (task === "tagger" && tokenizer !== "whitespace")
    throw new UsageError(
      `--tokenizer ${tokenizer} has no effect with --task tagger, because a tagger reads words; remove it`,
    );
  if (task === "regressor")
    throw new UsageError(
      "--task regressor needs --like, because a list of tokens does not store the scaling of the number",
    );
  if (task === "generator" && labels.length > 0)
    throw new UsageError("--labels has no effect with --task generator; remove one of them");
  if (task !== "generator" && labels.length === 0)
    throw new UsageError(`--task ${task} needs --labels, in the order of the network's outputs`);
  const duplicate = labels.find((label, index) => labels.indexOf(label) !== index);
  if (duplicate !== undefined) throw new UserError(`--labels contains ${JSON.stringify(duplicate)} twice`);
}
