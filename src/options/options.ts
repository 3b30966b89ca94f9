/** @file Every option once, in groups. Types, help, the README's table and a checkpoint's fields derive from this. */
import {
  backendNames,
  cellNames,
  comparedNetworkNames,
  documentUnits,
  encodings,
  exporterNames,
  formatNames,
  formerTokenizerNames,
  tagColumnNames,
  tasks,
  tokenizerNames,
} from "../common/names.js";
import {
  choice,
  flag,
  list,
  number,
  openChoice,
  sequenceLength,
  text,
  whole,
  type Options,
  type Values,
} from "./option.js";

/** How texts are read. */
export const textOptions = {
  "input-format": { ...choice(formatNames), describe: "what the file is, where its name does not tell" },
  encoding: { ...choice(encodings), default: "utf-8" as const, describe: "how the bytes are to be read" },
  "text-column": { ...text("COLUMN"), describe: "name or number of the column with the text" },
  "no-header": { ...flag, describe: "the first row of a csv or tsv is data" },
} as const satisfies Options;

/** How a corpus is read. */
export const corpusOptions = {
  ...textOptions,
  "label-column": { ...text("COLUMN"), describe: "name or number of the column with the label" },
  documents: { ...choice(documentUnits), describe: "plain text is many documents, not one stream" },
  "tag-column": { ...choice(tagColumnNames), describe: "which tags of a conllu file; by default upos" },
} as const satisfies Options;

/** How rows of numbers are read. */
export const rowOptions = {
  "value-columns": {
    ...list(text("COLUMN")),
    describe:
      "the columns of a series, or the field of a jsonl file, with numbers to read; by default all that hold some",
  },
  "labels-file": { ...text("FILE"), aliases: ["labels"], describe: "IDX file with the labels of an IDX file" },
  window: {
    ...whole({}),
    describe: "a csv or tsv is a series of numbers in time: learn the label column from each N rows of it",
  },
  horizon: {
    ...whole({}),
    needs: [{ window: "given" }],
    describe: "with --window: the label stands N rows after the window's last one, to forecast",
  },
} as const satisfies Options;

/** What a text is cut into. */
export const tokenizerOptions = {
  tokenizer: {
    ...openChoice(tokenizerNames, "tokenizer", formerTokenizerNames),
    default: { generator: "characters", classifier: "words", regressor: "words", tagger: "whitespace" },
    needs: [{ inputs: ["tokens"], task: ["generator", "classifier", "regressor"] }],
    describe: "what a text is cut into",
  },
  vocabulary: {
    ...whole({ from: 3 }),
    needs: [{ inputs: ["tokens"] }],
    describe: "keep the N most frequent tokens; by default 20000 words, 8000 subwords, all characters",
  },
  lowercase: { ...flag, needs: [{ inputs: ["tokens"] }], describe: "capitals are read as small letters" },
} as const satisfies Options;

/** Where a run goes. */
export const runOptions = {
  task: {
    ...choice(tasks),
    describe:
      "by default to tag where words have tags, to label where the corpus has labels, to predict where they are measured numbers, else to write",
  },
  out: {
    ...text("FOLDER"),
    short: "o",
    describe: "where the checkpoint goes; by default checkpoints/ and the corpus's name",
  },
  preset: { ...text("NAME"), describe: "a known network's recipe; what is given beside it wins" },
  presets: { ...flag, describe: "list the presets instead of training" },
  resume: { ...text("FOLDER"), describe: "go on with a checkpoint, exactly; --epochs or --for lengthens the run" },
  tensorboard: { ...text("FOLDER"), describe: "write the curves there as well, for TensorBoard" },
} as const satisfies Options;

export { samplingOptions } from "./samplingOptions.js";

export const checkpointOptions = {
  checkpoint: {
    ...text("NAME|FOLDER"),
    short: "c",
    describe: "by default the newest in ./checkpoints that fits, else the bundled one",
  },
} as const satisfies Options;

export const classifyOptions = {
  top: { ...whole({}), default: 1, describe: "labels to print of each text, best first" },
  format: { ...choice(["tsv", "jsonl"]), default: "tsv" as const, describe: "how the labels are written" },
} as const satisfies Options;

export const suspectOptions = {
  suspects: { ...flag, describe: "look for misspelt words instead: those that another spelling fits better" },
  threshold: {
    ...number({ from: 0 }),
    default: 8,
    needs: [{ suspects: ["true"] }],
    describe: "with --suspects: nats by which a line must gain from another spelling; more marks fewer words",
  },
} as const satisfies Options;

export const tagOptions = {
  "input-format": {
    ...choice(["text", "conllu"]),
    describe: "sentences a line, or CoNLL-U, where the file's name does not tell",
  },
  encoding: textOptions.encoding,
  format: {
    ...choice(["tsv", "conllu"]),
    aliases: ["output"],
    default: "tsv" as const,
    describe: "how the tags are written",
  },
} as const satisfies Options;

/** Where nothing says whether a text is to be written or labelled. */
const anyTokenizerOptions = {
  ...tokenizerOptions,
  tokenizer: { ...tokenizerOptions.tokenizer, default: "words" },
} as const satisfies Options;

export const tokenizeOptions = {
  ...anyTokenizerOptions,
  checkpoint: {
    ...checkpointOptions.checkpoint,
    describe: "use this checkpoint's tokenizer; by default one is learned from the text",
  },
  ids: { ...flag, describe: "numbers instead of tokens" },
} as const satisfies Options;

export const windowOptions = {
  "sequence-length": {
    ...sequenceLength({ to: 1000 }),
    default: 5,
    describe: "tokens in a window",
  },
  prefixes: { ...flag, describe: "all beginnings too, padded in front" },
  ...anyTokenizerOptions,
} as const satisfies Options;

export const compareOptions = {
  networks: {
    ...list(text("NAME")),
    aliases: ["with"],
    describe: `networks to compare: ${comparedNetworkNames.join(", ")}, or presets; by default lstm, gru, conv and mean to label, bilstm, bigru, lstm and words-only to tag, lstm, gru and rnn to write`,
  },
  seeds: {
    ...whole({ to: 100 }),
    default: 3,
    describe: "runs of each network, which differ in weights and order alone",
  },
  out: { ...text("FOLDER"), short: "o", describe: "keep the checkpoints there" },
  report: { ...text("FILE"), describe: "write a page with the table, curves and confusion matrices" },
  pictures: { ...text("FOLDER"), describe: "write the learning curves and confusion matrices as .svg files" },
} as const satisfies Options;

export const tuneOptions = {
  tries: { ...whole({ from: 2, to: 1000 }), default: 9, describe: "settings to begin with, the defaults among them" },
} as const satisfies Options;

export const exportOptions = {
  to: { ...choice(exporterNames), aliases: ["format"], default: "projector" as const, describe: "whose format" },
  out: { ...text("FOLDER"), short: "o", describe: "a new folder; by default the format's and the checkpoint's name" },
  sentences: {
    ...text("FILE"),
    needs: [{ to: ["projector"] }],
    describe: "vectors of the texts in a file, instead of the tokens'",
  },
} as const satisfies Options;

const ofVocabulary = [{ vocabulary: "given" as const }];

export const importOptions = {
  like: {
    ...text("NAME|FOLDER"),
    describe: "a checkpoint with the same tokens and labels, of the same corpus; its network may be another",
  },
  vocabulary: {
    ...text("FILE"),
    describe: 'instead of --like: JSON with the tokens in the order of their numbers, as in ["<unk>", "the", "a"]',
  },
  tokenizer: {
    ...openChoice(tokenizerNames, "tokenizer", formerTokenizerNames),
    needs: ofVocabulary,
    describe: "what a text is cut into; by default characters where all tokens are, else whitespace",
  },
  lowercase: { ...flag, needs: ofVocabulary, describe: "capitals are read as small letters" },
  unknown: { ...text("TOKEN"), needs: ofVocabulary, describe: "the token for all others; by default <unk> or [UNK]" },
  end: {
    ...text("TOKEN"),
    needs: ofVocabulary,
    describe: "the token at a text's end; by default <eos>, </s> or [EOS]",
  },
  padding: {
    ...text("TOKEN"),
    needs: ofVocabulary,
    describe: "the token that fills rows up, and is left out; by default <pad>, [PAD] or an empty one",
  },
  labels: {
    ...list(text("LABEL")),
    needs: ofVocabulary,
    describe: "to label: what the outputs stand for, in their order, as in negative,positive; or a JSON file of them",
  },
  task: {
    ...choice(tasks),
    needs: ofVocabulary,
    describe: "by default to label where there are --labels, else to write",
  },
  documents: {
    ...choice(documentUnits),
    needs: ofVocabulary,
    describe: "to write: each line or paragraph is a text of its own; by default lines, where only they can end",
  },
  "sequence-length": {
    ...sequenceLength({}),
    needs: ofVocabulary,
    describe: "to write with --pooling: tokens in a window; by default 64",
  },
  pooling: {
    ...list(choice(["last", "mean", "max"])),
    describe: "PyTorch: how the outputs of all steps became one; by default last to label, the end of each direction",
  },
  activation: { ...choice(["tanh", "relu"]), describe: "PyTorch: of an nn.RNN; by default tanh" },
  out: { ...text("FOLDER"), short: "o", describe: "a new folder; by default checkpoints/ and the file's name" },
} as const satisfies Options;

export const reportOptions = {
  out: { ...text("FILE"), short: "o", describe: "by default report.html in the checkpoint's folder; - for stdout" },
  pictures: { ...text("FOLDER"), describe: "also write every plot as an .svg file: loss.svg, confusion-matrix.svg, …" },
} as const satisfies Options;

export const neighbourOptions = {
  top: { ...whole({}), default: 10, describe: "neighbours of each word" },
} as const satisfies Options;

export const stepOptions = {
  cell: { ...openChoice(cellNames, "cell"), default: "lstm" as const, describe: "recurrent cell" },
  units: { ...whole({ to: 64 }), default: 4, describe: "units of the cell" },
  inputs: { ...whole({ to: 64 }), default: 6, describe: "numbers that a step reads, where none are given" },
  steps: { ...whole({ to: 1000 }), default: 1, describe: "steps, where no numbers are given" },
  seed: { ...whole({ from: 0 }), default: 1, describe: "fixes the weights, and the numbers where none are given" },
} as const satisfies Options;

export const engineOptions = {
  backend: {
    ...choice(["auto", ...backendNames]),
    default: "auto" as const,
    describe: "what computes; the environment variable RNN_BACKEND says it too",
  },
  threads: { ...whole({ to: 256 }), describe: "threads that compute; by default one for each processor" },
} as const satisfies Options;

export const outputOptions = {
  json: { ...flag, describe: "the same, as JSON" },
} as const satisfies Options;

export type TextOptions = Values<typeof textOptions>;
export type CorpusOptions = Values<typeof corpusOptions>;
export type RowOptions = Values<typeof rowOptions>;
