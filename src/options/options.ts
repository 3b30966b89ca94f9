/** @file The options of single commands. */
import {
  backendNames,
  cellNames,
  comparedNetworkNames,
  conformalMethods,
  explanationMethods,
  documentUnits,
  exporterNames,
  formerTokenizerNames,
  frozenParts,
  labelStrategies,
  tasks,
  tokenizerNames,
} from "../common/names.js";
import { corpusOptions, labelOptions, splitColumnOptions, textOptions, tokenizerOptions } from "./corpusOptions.js";
import { inGroup } from "./option.js";
import {
  choice,
  flag,
  formatOptions,
  list,
  number,
  openChoice,
  repeated,
  sequenceLength,
  text,
  whole,
} from "./optionKinds.js";

const force = { ...flag, advanced: true, describe: "also replace files that rnn did not write" } as const;
const outFolder = { ...text("FOLDER"), short: "o" } as const;

/** Where the tokens of a corpus are kept. */
export const cacheOptions = inGroup("Corpus", {
  "token-cache": {
    ...text("FOLDER"),
    advanced: true,
    describe:
      "keep the tokens in this folder, where other runs with the same corpus find them; by default they are temporary",
  },
});

const withFrom = [{ from: "given" as const }];

/** How a run starts from the weights of a checkpoint. */
export const startOptions = inGroup("Training", {
  from: {
    ...text("CHECKPOINT"),
    describe: "start from the weights of a checkpoint; new tokens are added",
  },
  freeze: {
    ...list(choice(frozenParts)),
    needs: withFrom,
    advanced: true,
    describe: "keep the embedding, the layers after it, or both as they are in --from; new tokens are trained",
  },
  replay: {
    ...number({ above: 0, to: 0.9 }),
    needs: withFrom,
    advanced: true,
    describe: "fraction of the batches that are of the corpus of --from, so that it is not forgotten",
  },
});

/** What a run trains, from which point on, and where it goes. */
export const runOptions = {
  ...inGroup("Corpus", {
    task: {
      ...choice(tasks),
      describe: "task; by default inferred",
    },
  }),
  ...inGroup("Training", {
    preset: { ...text("PRESET"), describe: "use the options of a known network; given ones override them" },
    presets: { ...flag, advanced: true, describe: "list the presets" },
    ...startOptions,
    pretrain: {
      ...text("FILE|self"),
      advanced: true,
      describe:
        "classifier: first train a language model of these texts, or of the corpus itself, and start from its layers; it has half of --for, else as many --epochs",
    },
    resume: { ...text("CHECKPOINT"), describe: "continue a training run; --epochs or --for make it longer" },
  }),
  ...inGroup("Output", {
    out: { ...outFolder, describe: "checkpoint folder; by default checkpoints/ and the name of the corpus" },
    "dry-run": {
      ...flag,
      describe: "print the findings, the plan, its time and memory, and write nothing",
    },
    tensorboard: {
      ...text("FOLDER"),
      advanced: true,
      describe: "also write the curves to this folder for TensorBoard",
    },
  }),
};

export { samplingOptions } from "./samplingOptions.js";

export const checkpointOptions = inGroup("Model", {
  checkpoint: {
    ...text("CHECKPOINT"),
    short: "c",
    describe: "name or folder; by default the newest suitable one in ./checkpoints, else a bundled one",
  },
});

/** The options of `rnn write`. */
export const writingOptions = {
  ...inGroup("Model", {
    checkpoint: {
      ...repeated(text("CHECKPOINT")),
      short: "c",
      describe:
        "name or folder; several, up to four, are mixed; by default the newest suitable one, else a bundled one",
    },
    weights: { ...list(number({ from: 0 })), describe: "weight of each model in the mix, as in 2,1; by default equal" },
  }),
  ...inGroup("Sampling", {
    temperature: {
      ...number({ from: 0.1, to: 2 }),
      default: 0.8,
      short: "t",
      aliases: ["temp"],
      describe: "sampling temperature; it changes the probabilities that are shown, and how bold the sentences are",
    },
    choices: { ...whole({ to: 9 }), default: 7, describe: "number of continuations that are offered" },
    "no-transcript": { ...flag, describe: "save the text alone, without FILE.transcript.jsonl" },
  }),
};

/** How `rnn serve` is reached. */
export const serveOptions = {
  ...inGroup("Model", {
    checkpoint: {
      ...repeated(text("CHECKPOINT")),
      short: "c",
      describe:
        "name or folder of a generator, classifier or regressor; may be given several times; by default the generator and the classifier that the commands use",
    },
  }),
  ...inGroup("Engine", {
    port: {
      ...whole({ from: 0, to: 65_535 }),
      default: 0,
      describe: "port; 0, the default, is a free one",
    },
    host: {
      ...choice(["127.0.0.1", "::1"], { localhost: "127.0.0.1" }),
      default: "127.0.0.1" as const,
      advanced: true,
      describe: "local address; other machines cannot reach it",
    },
    token: {
      ...text("TEXT"),
      describe: "token that requests must have; by default a new random one",
    },
  }),
};

export const classifyOptions = inGroup("Output", {
  top: { ...whole({}), default: 1, describe: "number of labels to print per text, most likely first" },
  all: { ...flag, describe: "print all labels, most likely first" },
  explain: {
    ...choice(explanationMethods),
    value: "[NAME]",
    bare: "occlusion",
    describe:
      "also print the words that moved the label, by how far its log odds, or the number, fall without each (occlusion, the default), or by integrated gradients",
  },
  threshold: {
    ...number({ from: 0, to: 1 }),
    describe: "abstain where the most likely label has a lower probability",
  },
  abstain: {
    ...text("LABEL"),
    needs: [{ threshold: "given" }],
    advanced: true,
    describe: "label that is printed for an abstention; by default unsure",
  },
  conformal: {
    ...number({ above: 0, to: 0.9 }),
    describe: "also print a set of labels, which lacks the right one in this fraction of the texts at most, as in 0.1",
  },
  "conformal-method": {
    ...choice(conformalMethods),
    needs: [{ conformal: "given" }],
    advanced: true,
    describe: "sets of the least size on average, or larger ones for difficult texts (aps); by default lac",
  },
});

/** Which texts `rnn label` lists. */
export const nextLabelOptions = inGroup("Output", {
  next: { ...whole({}), default: 20, describe: "number of texts to list, most worth labeling first" },
  strategy: {
    ...choice(labelStrategies),
    default: "margin" as const,
    describe:
      "prefer texts with the least difference of the two highest probabilities, the highest entropy, or the lowest highest probability",
  },
});

/** For commands that write a table again with their answers. */
export const tableOptions = <const Name extends string>(...formats: readonly [Name, ...Name[]]) => ({
  format: {
    ...formatOptions(...formats).format,
    advanced: false,
    describe: "layout of the results; if given, a table is printed with the results in further columns",
  },
  ...inGroup("Output", {
    "id-column": { ...text("COLUMN"), describe: "of a table, print this column beside the results" },
  }),
});

const rate = number({ above: 0, to: 1000 });
const rateOrAuto = {
  value: "RATE|auto",
  limits: rate.limits,
  parse: (given: string): number | "auto" => (given === "auto" ? "auto" : rate.parse(given)),
};

/** How a generator adapts to the text that it is evaluated on. */
export const adaptationOptions = inGroup("Model", {
  "neural-cache": {
    ...whole({ to: 100_000 }),
    advanced: true,
    describe: "generator: mix it with a cache of its last N states and the tokens that followed them",
  },
  "cache-theta": {
    ...number({ from: 0 }),
    needs: [{ "neural-cache": "given" }],
    advanced: true,
    describe: "how much similar states count in --neural-cache; by default fitted on the validation part",
  },
  "cache-weight": {
    ...number({ from: 0, to: 0.9999 }),
    needs: [{ "neural-cache": "given" }],
    advanced: true,
    describe: "weight of --neural-cache in the mix; by default fitted on the validation part",
  },
  dynamic: {
    ...rateOrAuto,
    advanced: true,
    describe:
      "generator: adapt the weights by a gradient step every 20 tokens, with a rate as 0.001; auto: fit it on the validation part",
  },
});

/** What `rnn evaluate` shows of a classifier beside its scores. */
export const labelScoreOptions = inGroup("Output", {
  mistakes: {
    ...whole({ from: 0 }),
    default: 0,
    describe: "classifier: list the N wrong predictions with the highest probabilities",
  },
  reliability: { ...flag, describe: "classifier: plot its accuracy by the probability of the predicted label" },
  against: {
    ...text("CHECKPOINT"),
    describe: "classifier: compare it with another checkpoint on the same texts (McNemar's test)",
  },
});

/** What `rnn evaluate` shows of a generator beside its scores. */
export const memorizationOptions = inGroup("Output", {
  memorization: {
    ...flag,
    describe: "generator: how much of the text it generates is copied from the training text, by temperature",
  },
});

const { "tag-column": _tagColumn, ...labeledTextOptions } = corpusOptions;

/** What `rnn lint` reads, and how much of it is shown. */
export const lintOptions = {
  ...inGroup("Corpus", {
    validation: { ...text("FILE"), describe: "validation file: texts that the corpus has too are reported" },
    test: { ...text("FILE"), describe: "test file: texts that the corpus has too are reported" },
    ...labeledTextOptions,
    multilabel: { ...flag, advanced: true, describe: corpusOptions.multilabel.describe },
    "group-column": {
      ...splitColumnOptions["group-column"],
      describe: "keep the rows of one group (author, patient, thread) in one fold",
    },
    ...labelOptions,
  }),
  ...inGroup("Training", {
    seed: { ...whole({ from: 0 }), default: 1, advanced: true, describe: "random seed of the folds" },
  }),
  ...inGroup("Output", {
    top: { ...whole({}), default: 20, describe: "findings of a kind to print; --json has all" },
  }),
};

export const suspectOptions = inGroup("Output", {
  suspects: { ...flag, describe: "find misspelled words: words for which another spelling is more likely" },
  threshold: {
    ...number({ from: 0 }),
    default: 8,
    needs: [{ suspects: ["true"] }],
    describe: "nats by which another spelling must raise the likelihood; a higher value finds fewer words",
  },
});

export const tagOptions = inGroup("Corpus", {
  ...textOptions,
  "input-format": {
    ...textOptions["input-format"],
    advanced: false,
    describe: "file format; by default recognized by its name and contents; text is one sentence per line",
  },
});

/** For commands without a task. */
const anyTokenizerOptions = {
  ...tokenizerOptions,
  tokenizer: { ...tokenizerOptions.tokenizer, default: "words" },
};

export const tokenizeOptions = {
  ...inGroup("Tokenizer", {
    checkpoint: {
      ...checkpointOptions.checkpoint,
      group: "Tokenizer",
      describe: "use the tokenizer of this checkpoint; by default one is trained on the text",
    },
  }),
  ...anyTokenizerOptions,
  ...inGroup("Output", { ids: { ...flag, describe: "print token ids instead of tokens" } }),
};

export const windowOptions = {
  ...inGroup("Output", {
    "sequence-length": { ...sequenceLength({ to: 1000 }), default: 5, describe: "tokens per window" },
    prefixes: { ...flag, describe: "also print the shorter prefixes, padded at the front" },
  }),
  ...anyTokenizerOptions,
};

export const compareOptions = {
  ...inGroup("Network", {
    networks: {
      ...list(text("NETWORK")),
      choices: comparedNetworkNames,
      aliases: ["with"],
      describe: "networks or presets to compare",
    },
  }),
  ...inGroup("Training", {
    seeds: { ...whole({ to: 100 }), default: 3, describe: "runs per network, with different random seeds" },
  }),
  ...inGroup("Output", {
    out: { ...outFolder, describe: "keep the checkpoints in this folder" },
    report: { ...text("FILE"), describe: "write an HTML page with the table, curves and confusion matrices" },
    pictures: { ...text("FOLDER"), describe: "write the curves and confusion matrices as .svg files" },
    force,
  }),
};

export const tuneOptions = inGroup("Training", {
  tries: { ...whole({ from: 2, to: 1000 }), default: 9, describe: "number of settings to try, including the defaults" },
});

/** For a command whose result is a folder or a file: `--json` prints one object about it. */
const jsonFlag = { ...flag, describe: "print a JSON object instead of the path" } as const;

export const exportOptions = inGroup("Output", {
  to: { ...choice(exporterNames), aliases: ["format"], default: "projector" as const, describe: "format to write" },
  out: { ...outFolder, describe: "new folder; by default named after the format and the checkpoint" },
  sentences: {
    ...text("FILE"),
    needs: [{ to: ["projector"] }],
    describe: "export the vectors of the texts in this file instead of the token embeddings",
  },
  json: jsonFlag, // --format is another name of --to
});

export const distillOptions = {
  ...inGroup("Training", {
    temperature: {
      ...number({ above: 0 }),
      default: 2,
      describe: "divides the logits of both networks in the loss; higher: unlikely labels count more",
    },
    alpha: {
      ...number({ from: 0, to: 1 }),
      default: 0.5,
      describe: "weight of the larger network's probabilities in the loss; the labels have the rest",
    },
    texts: {
      ...text("FILE"),
      describe: "learn from the texts of this file, without labels, instead of the training part",
    },
  }),
  ...inGroup("Output", {
    into: {
      ...text("FOLDER"),
      aliases: ["out"],
      short: "o",
      describe: "checkpoint folder; by default checkpoints/, the name of the checkpoint and -distilled",
    },
    quantize: { ...choice(["int8"]), describe: "also store the weights as 8-bit integers" },
  }),
};

export const quantizeOptions = inGroup("Output", {
  out: {
    ...outFolder,
    aliases: ["into"],
    describe: "new folder; by default checkpoints/, the name of the checkpoint and -int8",
  },
});

const withVocabulary = [{ vocabulary: "given" as const }];

export const importOptions = {
  ...inGroup("Model", {
    like: {
      ...text("CHECKPOINT"),
      describe: "checkpoint with the same tokens and labels; its network may differ",
    },
    task: {
      ...choice(tasks),
      needs: withVocabulary,
      describe: "task; by default classifier with --labels, else generator",
    },
    labels: {
      ...list(text("LABEL")),
      needs: withVocabulary,
      describe: "labels in the order of the outputs, as in negative,positive; or a JSON file with a list of them",
    },
    documents: {
      ...choice(documentUnits),
      needs: withVocabulary,
      describe: "generator: unit of a document in training; by default lines if only line ends end a text",
    },
    "sequence-length": {
      ...sequenceLength({}),
      needs: withVocabulary,
      describe: "generator with --pooling: tokens per window; by default 64",
    },
    pooling: {
      ...list(choice(["last", "mean", "max"])),
      describe: "PyTorch: pooling over time; by default last for a classifier",
    },
    activation: { ...choice(["tanh", "relu"]), describe: "PyTorch: nonlinearity of an nn.RNN; by default tanh" },
  }),
  ...inGroup("Tokenizer", {
    vocabulary: {
      ...text("FILE"),
      describe: 'instead of --like: JSON list of the tokens in the order of their ids, as in ["<unk>", "the", "a"]',
    },
    tokenizer: {
      ...openChoice(tokenizerNames, "tokenizer", formerTokenizerNames),
      needs: withVocabulary,
      describe: "kind of tokens; by default characters if all are single characters, else whitespace",
    },
    lowercase: { ...flag, needs: withVocabulary, describe: "lowercase the text" },
    unknown: { ...text("TOKEN"), needs: withVocabulary, describe: "unknown token; by default <unk> or [UNK]" },
    end: { ...text("TOKEN"), needs: withVocabulary, describe: "end token; by default <eos>, </s> or [EOS]" },
    padding: {
      ...text("TOKEN"),
      needs: withVocabulary,
      describe: "padding token, which is left out; by default <pad>, [PAD] or an empty one",
    },
  }),
  ...inGroup("Output", {
    out: { ...outFolder, describe: "new folder; by default checkpoints/ and the name of the file" },
  }),
};

export const reportOptions = inGroup("Output", {
  out: {
    ...text("FILE"),
    short: "o",
    describe: "HTML file, or - for stdout; by default report.html in the checkpoint's folder",
  },
  pictures: { ...text("FOLDER"), describe: "also write every plot as an .svg file" },
  force,
});

export const neighborOptions = inGroup("Output", {
  top: { ...whole({}), default: 10, describe: "neighbors per word" },
});

export const stepOptions = {
  ...inGroup("Network", {
    cell: { ...openChoice(cellNames, "cell"), default: "lstm" as const, describe: "cell" },
    units: {
      ...whole({ to: 64 }),
      aliases: ["hidden-size", "rnn-size", "num-units"],
      default: 4,
      describe: "units of the cell",
    },
    inputs: { ...whole({ to: 64 }), default: 6, describe: "size of the input, for random inputs" },
    steps: { ...whole({ to: 1000 }), default: 1, describe: "number of time steps, for random inputs" },
    seed: { ...whole({ from: 0 }), default: 1, describe: "random seed of the weights and of random inputs" },
  }),
};

export const engineOptions = inGroup("Engine", {
  backend: {
    ...choice(["auto", ...backendNames]),
    default: "auto" as const,
    advanced: true,
    describe: "compute backend; also set by the environment variable RNN_BACKEND",
  },
  threads: { ...whole({ to: 256 }), advanced: true, describe: "number of threads; by default one per processor" },
});

export const workerOptions = inGroup("Engine", {
  workers: {
    ...whole({ to: 64 }),
    default: 1,
    describe: "processes that share the lines, with one thread each; the output is the same with any number",
  },
});
