/** @file What a vocabulary says, and the options beside it, where no checkpoint is at hand. */
import { createHash } from "node:crypto";
import * as v from "valibot";
import { checked } from "../../common/checked.js";
import { UsageError, UserError } from "../../common/errors.js";
import { kebabCase } from "../../options/option.js";
import { readScales } from "../../examples/scaling.js";
import type { Task } from "../../common/names.js";
import { tokenizerFrom } from "../../tokenizers/index.js";
import { type Origin, type OriginOptions, outputsFor, poolingOf, progressFrom } from "./origin.js";
import { isOwnVocabulary, type OwnVocabulary, readOwnVocabulary } from "./ownVocabulary.js";
import { readJson, vocabularyFrom } from "../tokenizerJson/importedVocabulary.js";

const saidByExport = [
  "tokenizer",
  "lowercase",
  "unknown",
  "end",
  "padding",
  "labels",
  "task",
  "documents",
  "sequenceLength",
] as const satisfies (keyof OriginOptions)[];

/** @param path of JSON @throws UserError for what is no vocabulary, UsageError for options that do not fit it */
export async function originVocabulary(path: string, options: OriginOptions): Promise<Origin> {
  const data = await readJson(path);
  if (isOwnVocabulary(data)) {
    const said = saidByExport.find((name) => options[name] !== undefined && options[name] !== false);
    if (said) throw new UsageError(`--${kebabCase(said)} is of no use here: ${path} says it`);
    return ofExport(readOwnVocabulary(data, path), path, options);
  }
  const labels = await labelsOf(options.labels);
  const task = options.task ?? (labels.length > 0 ? "classifier" : "generator");
  checkTask(task, labels, options);
  const { tokenizer, size, order, hasEnd } = vocabularyFrom(data, path, { ...options, words: task === "tagger" });
  const onlyEnds = hasEnd && !tokenizer.vocabulary.includes("\n");
  const documents = options.documents ?? (task === "generator" && onlyEnds ? "lines" : undefined);
  return {
    aim: { ...aimed(task, size, labels, options), reads: { vocabulary: size } },
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

const aimed = (task: Task, size: number, labels: readonly string[], { pooling, activation }: OriginOptions) => ({
  task,
  outputs: outputsFor(task, size, labels),
  pooling: poolingOf(pooling ?? (task === "classifier" || task === "regressor" ? ["last"] : undefined)),
  like: null,
  relu: activation === "relu",
});

/** Of a network of which no text is known that it was trained on. */
const withoutCorpus = (
  task: Task,
  inDocuments: boolean,
): Pick<Origin["document"], "corpus" | "counts" | "progress"> => ({
  corpus: {
    name: null,
    shape: inDocuments ? "documents" : "stream",
    labelled: task !== "generator",
    bytes: 0,
    digest: createHash("sha256").digest("hex"), // of nothing
    options: {},
  },
  counts: {},
  progress: progressFrom(1),
});

/** A vocabulary that an export of ours wrote says it all. */
function ofExport(vocabulary: OwnVocabulary, path: string, options: OriginOptions): Origin {
  const { task, text, spelling, numbers, labels = [], target, longest, writes } = vocabulary;
  const tokenizer = text && tokenizerFrom(text);
  const scaling = numbers && readScales(numbers.columns, path);
  const size = tokenizer?.vocabulary.length ?? scaling?.length;
  if (size === undefined) throw new UserError(`${path} says neither which tokens nor which numbers are read`);
  return {
    aim: { ...aimed(task, size, labels, options), reads: tokenizer ? { vocabulary: size } : { width: size } },
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
  return checked(labelList, await readJson(path), (problems) => `${path} is no list of labels: ${problems}`);
}

function checkTask(task: Task, labels: readonly string[], { tokenizer = "whitespace" }: OriginOptions): void {
  if (task === "tagger" && tokenizer !== "whitespace")
    throw new UsageError(`--tokenizer ${tokenizer} is of no use here: a tagger reads words, and cuts them itself`);
  if (task === "regressor")
    throw new UsageError("--task regressor needs --like: a list of tokens does not say how its number is scaled");
  if (task === "generator" && labels.length > 0) throw new UsageError("--task generator has no use for --labels");
  if (task !== "generator" && labels.length === 0)
    throw new UsageError(`--task ${task} needs --labels, in the order of the network's outputs`);
  const twice = labels.find((label, index) => labels.indexOf(label) !== index);
  if (twice !== undefined) throw new UserError(`--labels has ${JSON.stringify(twice)} twice`);
}
