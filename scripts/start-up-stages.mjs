/**
 * @file The stages of the program's most frequent start-ups. bundle-program.mjs makes a file of each: of its modules and all that these import, without those of
 * earlier stages. So a file imports only files of earlier stages. test/cli/startup.test.ts fails when a start-up loads modules that are missing here.
 */

/** Modules of dist/. */
export const stages = {
  rnn: ["cli/cli.js"],
  command: [
    "cli/commands/command.js",
    "cli/parseArguments.js",
    "options/options.js",
    "options/corpusOptions.js",
    "options/recipeOptions.js",
  ],
  model: [
    "cli/terminal/terminal.js",
    "cli/terminal/input.js",
    "cli/openModel.js",
    "model/model.js",
    "examples/documentExamples.js",
    "examples/sequences.js",
    "network/inputs.js",
    "corpus/document.js",
    "render/tsvCell.js",
  ],
  generate: ["cli/commands/generateCommand.js", "inference/generation/generatePieces.js", "render/samplesText.js"],
  classify: [
    "cli/commands/classifyCommand.js",
    "inference/classification/predictionLines.js",
    "cli/terminal/streamResults.js",
  ],
};
