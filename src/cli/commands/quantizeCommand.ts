/** @file `rnn quantize`: makes a checkpoint whose weights are 8-bit integers. */
import { basename } from "node:path";
import { tasks } from "../../common/names.js";
import { formatOptions } from "../../options/optionKinds.js";
import { checkpointOptions, engineOptions, quantizeOptions } from "../../options/options.js";
import { command } from "./command.js";

export default command({
  usage: "quantize [checkpoint]",
  reads: "a checkpoint of a network, and its corpus for the scores",
  writes: "a checkpoint of about a quarter of the size, and its path to stdout; sizes, scores and speeds to stderr",
  options: { ...checkpointOptions, ...quantizeOptions, ...formatOptions("text", "json"), ...engineOptions },
  examples: [
    ["rnn quantize critic", "to checkpoints/critic-int8"],
    ["rnn quantize critic --out small && rnn export small --to onnx", "an ONNX file with 8-bit weights"],
  ],
  handler: async ({ checkpoint, out, format, ...engine }, { words: [name] }) => {
    const { terminal } = await import("../terminal/terminal.js");
    const { withSpinner } = await import("../terminal/spinner.js");
    const { chooseCheckpoint } = await import("../openModel.js");
    const { quantizeCheckpoint } = await import("../../experiments/compression/quantize.js");
    const { compressionText } = await import("../../render/compressionTable.js");
    const found = await chooseCheckpoint(name ?? checkpoint, tasks);
    const result = await withSpinner("quantizing and scoring", () =>
      quantizeCheckpoint(found.folder, { out, ...engine }),
    );
    const names = [basename(found.folder), basename(result.folder)] as const;
    const { task } = found.document;
    terminal.note(compressionText(result, { task, names, width: terminal.noteWidth() }).trimEnd());
    await terminal.write(format === "json" ? `${JSON.stringify(result, null, 2)}\n` : `${result.folder}\n`);
  },
});
