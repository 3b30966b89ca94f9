/** @file The built-in names of every choice. Each list has a total table elsewhere: a name without an entry does not compile. */

/** generator: generates text; classifier: predicts the label of a text or of a sequence of numbers; regressor: predicts a number; tagger: predicts a tag for each word. */
export const tasks = ["generator", "classifier", "regressor", "tagger"] as const;
export type Task = (typeof tasks)[number];

/** examples/encodeCorpus.ts: the input of a network at each step, a token or a row of numbers. */
export const inputKinds = ["tokens", "numbers"] as const;
export type InputKind = (typeof inputKinds)[number];

/** network/cells.ts */
export const cellNames = [
  "rnn",
  "rnn-relu",
  "residual",
  "lstm",
  "gru",
  "gru-reset-before",
  "sru",
  "hgrn",
  "mingru",
] as const;
export type CellName = (typeof cellNames)[number];

/** What `rnn train` fits to texts: a network (training/run.ts), or without one an n-gram model or a bag of n-grams (training/fittedRun.ts); auto chooses for labels (training/chooseLabelModel.ts). */
export const modelNames = ["auto", "network", "ngram", "bag"] as const;
export type ModelName = (typeof modelNames)[number];

/** baselines/bagWeighting.ts: the values of the features of a bag of n-grams. */
export const bagWeightingNames = ["naive-bayes", "tf-idf"] as const;
export type BagWeightingName = (typeof bagWeightingNames)[number];

/** training/fitNgrams.ts: what a run keeps of a generator: its mix with an n-gram model where that is clearly better, or better at all, or the network alone. */
export const mixNames = ["auto", "ngram", "none"] as const;
export type MixName = (typeof mixNames)[number];

/** network/poolings.ts: how a sequence is reduced to one vector; `last` is the last output of each direction. */
export const poolingNames = ["last", "mean", "max", "attention", "flatten"] as const;
export type PoolingName = (typeof poolingNames)[number];

/** engine/ops/convolution.ts: the padding at the ends of a sequence. */
export const paddingNames = ["same", "valid"] as const;
export type PaddingName = (typeof paddingNames)[number];

/** network/initializers.ts */
export const initializationNames = ["keras", "wide", "uniform"] as const;
export type InitializationName = (typeof initializationNames)[number];

/** engine/ops/optimizers.ts */
export const optimizerNames = ["adam", "adamw", "sgd", "momentum", "nesterov", "rmsprop"] as const;
export type OptimizerName = (typeof optimizerNames)[number];

/** training/schedules.ts */
export const scheduleNames = ["constant", "cosine", "linear", "decay"] as const;
export type ScheduleName = (typeof scheduleNames)[number];

/** tokenizers/index.ts */
export const tokenizerNames = ["characters", "words", "whitespace", "subwords"] as const;
export type TokenizerName = (typeof tokenizerNames)[number];
/** Names that earlier versions used, in options and in checkpoints. */
export const formerTokenizerNames: Readonly<Record<string, TokenizerName>> = { spaces: "whitespace" };

/** corpus/formats/index.ts */
export const formatNames = ["text", "csv", "tsv", "jsonl", "idx", "conllu", "conll", "fasttext", "trec"] as const;
export type FormatName = (typeof formatNames)[number];

/** corpus/formats: the column with the tags, by its name in CoNLL-U or by its number from 1. */
export const tagColumnNames = ["upos", "xpos"] as const;
export type TagColumn = (typeof tagColumnNames)[number] | `${number}`;

/** corpus/formats/plainText.ts: the part of a plain text that is one document. */
export const documentUnits = ["lines", "paragraphs"] as const;
export type DocumentUnit = (typeof documentUnits)[number];

/** corpus/decoding/encodings.ts */
export const encodings = ["utf-8", "utf-16le", "utf-16be", "windows-1252"] as const;
export type Encoding = (typeof encodings)[number];
/** auto: the encoding is detected. */
export const encodingOptions = ["auto", ...encodings] as const;
export type EncodingOption = (typeof encodingOptions)[number];
/** mixed: the files of a folder differ in it. */
export const recordedEncodings = [...encodingOptions, "mixed"] as const;
export type RecordedEncoding = (typeof recordedEncodings)[number];
/** Other names of the encodings. What is called Latin-1 is windows-1252, as in browsers. */
export const encodingSynonyms: Readonly<Record<string, Encoding>> = {
  utf8: "utf-8",
  "utf-16": "utf-16le",
  utf16: "utf-16le",
  latin1: "windows-1252",
  "latin-1": "windows-1252",
  "iso-8859-1": "windows-1252",
  cp1252: "windows-1252",
};

/** examples/split.ts: whether documents with the same text are in one part. */
export const duplicateSplits = ["together", "apart"] as const;
export type DuplicateSplit = (typeof duplicateSplits)[number];

/** evaluation/conformal.ts: how label sets are chosen. */
export const explanationMethods = ["occlusion", "integrated-gradients"] as const;
export type ExplanationMethod = (typeof explanationMethods)[number];

/** inference/activeLearning/uncertainty.ts: how uncertain a classifier is of a text. */
export const labelStrategies = ["margin", "entropy", "least-confidence"] as const;
export type LabelStrategy = (typeof labelStrategies)[number];

export const conformalMethods = ["lac", "aps"] as const;
export type ConformalMethod = (typeof conformalMethods)[number];

/** training/frozenWeights.ts: the parts of a network that keep the weights of --from. */
export const frozenParts = ["embedding", "layers"] as const;
export type FrozenPart = (typeof frozenParts)[number];

/** examples/arrange.ts: the examples of a generator. */
export const arrangementNames = ["streams", "documents", "windows", "prefixes"] as const;
export type ArrangementName = (typeof arrangementNames)[number];

/** experiments/comparison/comparedNetworks.ts: networks for `rnn compare`. */
export const comparedNetworkNames = [
  "lstm",
  "bilstm",
  "stacked",
  "gru",
  "bigru",
  "rnn",
  "residual",
  "sru",
  "hgrn",
  "mingru",
  "blocks",
  "attention",
  "words-only",
  "conv",
  "mean",
  "max",
  "flatten",
] as const;
export type ComparedNetworkName = (typeof comparedNetworkNames)[number];

/** interop/exporters.ts */
export const exporterNames = ["projector", "onnx", "safetensors", "tfjs", "keras", "web", "json"] as const;
export type ExporterName = (typeof exporterNames)[number];

/** interop/importers.ts */
export const importerNames = ["pytorch", "keras"] as const;
export type ImporterName = (typeof importerNames)[number];

/** inference/generation/sampleRandom.ts: the random numbers of draws; `numpy` are those of np.random.RandomState. */
export const randomNames = ["xoroshiro", "numpy"] as const;
export type RandomName = (typeof randomNames)[number];

/** engine/backends/index.ts: the number type to which the operands of matrix products are rounded. */
export const precisionNames = ["fp32", "bf16"] as const;
export type PrecisionName = (typeof precisionNames)[number];
/** training/fastestPrecision.ts: `auto` is replaced by the fastest one when a run begins. */
export const precisionChoices = ["fp32", "bf16", "auto"] as const;
export type PrecisionChoice = (typeof precisionChoices)[number];

/** engine/backends/index.ts: in the order in which `auto` tries them. */
export const backendNames = ["native", "tensorflow", "wasm", "cpu"] as const;
export type BackendName = (typeof backendNames)[number];

/** examples/documentChunks.ts: what becomes of a document that is longer than `--max-length`. */
export const longDocumentNames = ["cut", "chunks"] as const;
export type LongDocuments = (typeof longDocumentNames)[number];
