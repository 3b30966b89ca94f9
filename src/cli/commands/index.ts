/** @file The commands, in the order of the help. A command is loaded when it runs or shows its help; the list of commands needs their names and sentences only. */
import type { Command, DeclaredCommand } from "./command.js";

/** A command that is not loaded yet. */
export type ListedCommand = {
  name: string;
  /** A sentence. */
  describe: string;
  load: () => Promise<{ default: DeclaredCommand }>;
};

export const commands: readonly ListedCommand[] = [
  {
    name: "train",
    describe: "Train a network on a corpus: a generator, classifier, regressor or tagger.",
    load: () => import("./trainCommand.js"),
  },
  {
    name: "generate",
    describe: "Generate text.",
    load: () => import("./generateCommand.js"),
  },
  {
    name: "write",
    describe: "Write a text in the terminal, with the words that a model suggests.",
    load: () => import("./writeCommand.js"),
  },
  {
    name: "classify",
    describe: "Classify texts or sequences of numbers, or predict a number for each.",
    load: () => import("./classifyCommand.js"),
  },
  {
    name: "tag",
    describe: "Tag the words of sentences, for example with parts of speech.",
    load: () => import("./tagCommand.js"),
  },
  {
    name: "score",
    describe: "Compute the perplexity of each line of a text, or find its misspelled words.",
    load: () => import("./scoreCommand.js"),
  },
  {
    name: "serve",
    describe: "Serve models to this machine: a page to write in, and OpenAI's interface for programs.",
    load: () => import("./serveCommand.js"),
  },
  {
    name: "evaluate",
    describe: "Evaluate a checkpoint on its test part or on files, and compare it with baselines.",
    load: () => import("./evaluateCommand.js"),
  },
  {
    name: "compare",
    describe: "Train several networks on the same split of a corpus and compare their scores.",
    load: () => import("./compareCommand.js"),
  },
  {
    name: "tune",
    describe: "Search for good sizes, dropout rates and learning rates, for a given time.",
    load: () => import("./tuneCommand.js"),
  },
  {
    name: "lint",
    describe: "Find likely wrong labels, copies and other faults of a labeled corpus.",
    load: () => import("./lintCommand.js"),
  },
  {
    name: "label",
    describe: "List the texts without a label that are most worth labeling next.",
    load: () => import("./labelCommand.js"),
  },
  {
    name: "list",
    describe: "List the checkpoints in ./checkpoints and the bundled ones.",
    load: () => import("./listCommand.js"),
  },
  {
    name: "inspect",
    describe: "Show a checkpoint: its network, corpus, options, history and scores.",
    load: () => import("./inspectCommand.js"),
  },
  {
    name: "remove",
    describe: "Delete a checkpoint in ./checkpoints.",
    load: () => import("./removeCommand.js"),
  },
  {
    name: "report",
    describe: "Write an HTML report: curves, errors, calibration, a map of the token embeddings, samples.",
    load: () => import("./reportCommand.js"),
  },
  {
    name: "neighbours",
    describe: "List the tokens with the most similar embeddings.",
    load: () => import("./neighboursCommand.js"),
  },
  {
    name: "export",
    describe: "Export a checkpoint to the format of another program.",
    load: () => import("./exportCommand.js"),
  },
  {
    name: "distill",
    describe: "Train a smaller network on the probabilities of a classifier or tagger, and compare both.",
    load: () => import("./distillCommand.js"),
  },
  {
    name: "quantize",
    describe: "Store the weights of a checkpoint as 8-bit integers, and compare its scores with the original's.",
    load: () => import("./quantizeCommand.js"),
  },
  {
    name: "import",
    describe: "Make a checkpoint from weights that PyTorch or Keras trained.",
    load: () => import("./importCommand.js"),
  },
  {
    name: "tokenize",
    describe: "Show the tokens of a text.",
    load: () => import("./tokenizeCommand.js"),
  },
  {
    name: "windows",
    describe: "Show the training windows of a text: input tokens and the next token.",
    load: () => import("./windowsCommand.js"),
  },
  {
    name: "step",
    describe: "Compute a recurrent cell step by step and show the values of its equations.",
    load: () => import("./stepCommand.js"),
  },
  {
    name: "doctor",
    describe: "Show which compute backends work here and how fast they are.",
    load: () => import("./doctorCommand.js"),
  },
  {
    name: "completion",
    describe: "Print a script that completes command lines in bash, zsh or fish.",
    load: () => import("./completionCommand.js"),
  },
];

/** Loads a command of the list. */
export const loadCommand = async ({ name, describe, load }: ListedCommand): Promise<Command> => ({
  name,
  describe,
  ...(await load()).default,
});
