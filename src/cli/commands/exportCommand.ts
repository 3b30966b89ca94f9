/** @file `rnn export`: a checkpoint in another program's format. */
import { checkpointOptions, engineOptions, exportOptions, outputOptions } from "../../options/options.js";
import { UsageError } from "../../common/errors.js";
import { tasks } from "../../common/names.js";
import { uselessBecause } from "../../options/option.js";
import type { Document } from "../../corpus/document.js";
import { command } from "./command.js";

export default command({
  usage: "export [checkpoint]",
  describe: "Write a checkpoint in another program's format.",
  reads: "a checkpoint; with --sentences a file of texts, as `rnn classify` reads it",
  writes: "a folder of files, and its path on stdout",
  options: { ...checkpointOptions, ...exportOptions, ...outputOptions, ...engineOptions },
  examples: [
    ["rnn export critic --to keras", "a model for Keras 3 in keras-critic, with a loader: docs/export.md"],
    ["rnn export storyteller --to tfjs", "likewise for TensorFlow.js"],
    ["rnn export critic --out vectors", "vecs.tsv and meta.tsv of its words, for projector.tensorflow.org"],
    ["rnn export critic --sentences corpora/reviews.csv --out vectors", "of whole sentences, with their labels"],
    ["rnn export critic --to onnx", "model.onnx for ONNX Runtime, in Python, JavaScript and others"],
    ["rnn export critic --to safetensors", "its weights, and model.py, a PyTorch module that reads them"],
    ["rnn export storyteller --to web", "web-storyteller/index.html: a page to try it in, which needs no network"],
  ],
  handler: async ({ checkpoint, to, out, sentences, json, ...engine }, { words: [name] }) => {
    const because = sentences === undefined ? null : uselessBecause(exportOptions.sentences, { to });
    if (because !== null) throw new UsageError(`--sentences is of no use here: ${because}`);
    const { terminal } = await import("../terminal/terminal.js");
    const { withSpinner } = await import("../terminal/spinner.js");
    const { openModel } = await import("../openModel.js");
    const { exportModel } = await import("../../interop/exportModel.js");
    const model = await openModel(name ?? checkpoint, tasks, engine);
    const texts = sentences === undefined ? null : await textsOf(sentences);
    const folder = out ?? `${to}-${model.folder.split(/[\\/]/).at(-1)}`;
    const files = await withSpinner(`exporting to ${folder}`, () =>
      exportModel(model, { to, out: folder, sentences: texts }),
    );
    await terminal.write(json ? `${JSON.stringify({ folder, files, to, checkpoint: model.folder })}\n` : `${folder}\n`);
  },
});

/** The lines of plain text, or a table's texts and labels. */
async function textsOf(file: string) {
  const { standardInput } = await import("../terminal/input.js");
  const { formatOf } = await import("../../corpus/formats/index.js");
  const { openCorpus } = await import("../../corpus/corpus.js");
  const lines = formatOf(file) === "text" ? ({ documents: "lines" } as const) : {};
  const corpus = await openCorpus(file, { ...lines, standardInput });
  const texts: Document[] = [];
  for await (const document of corpus.read()) texts.push(document);
  return texts;
}
