/** @file `rnn export`: writes a checkpoint in the format of another program. */
import { checkpointOptions, engineOptions, exportOptions } from "../../options/options.js";
import { UsageError } from "../../common/errors.js";
import { tasks } from "../../common/names.js";
import { whyNoEffect } from "../../options/optionEffect.js";
import type { Document } from "../../corpus/document.js";
import { command } from "./command.js";

export default command({
  usage: "export [checkpoint]",
  reads: "a checkpoint; with --sentences a file of texts, as `rnn classify` does",
  writes: "a folder of files, and its path to stdout",
  options: { ...checkpointOptions, ...exportOptions, ...engineOptions },
  examples: [
    ["rnn export critic --to keras", "Keras 3, with a program that loads it"],
    ["rnn export critic --to onnx", "ONNX Runtime, in Python, JavaScript and others"],
    ["rnn export critic --to safetensors", "weights and a PyTorch module"],
    ["rnn export storyteller --to web", "a web page that runs the model offline"],
    ["rnn export storyteller --to tfjs", "TensorFlow.js"],
    ["rnn export critic --out vectors", "embeddings for projector.tensorflow.org"],
    ["rnn export critic --sentences corpora/reviews.csv --out vectors", "vectors of sentences"],
  ],
  handler: async ({ checkpoint, to, out, sentences, json, ...engine }, { words: [name] }) => {
    const why = sentences === undefined ? null : whyNoEffect(exportOptions.sentences, { to });
    if (why !== null) throw new UsageError(`--sentences has no effect ${why}`);
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
