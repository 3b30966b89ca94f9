/** @file `rnn report`: a page about what a network learned. */
import { join } from "node:path";
import { UsageError } from "../../common/errors.js";
import { checkpointOptions, engineOptions, outputOptions, reportOptions } from "../../options/options.js";
import { tasks } from "../../common/names.js";
import { command } from "./command.js";

export default command({
  usage: "report [checkpoint]",
  describe: "Write a page about what a network learned: curves, mistakes, calibration, a map of its tokens, samples.",
  reads: "a checkpoint, and its corpus where the checkpoint does not say all",
  writes: "an HTML file that opens with no network, and its path on stdout; with --out - the page itself on stdout",
  options: { ...checkpointOptions, ...reportOptions, ...outputOptions, ...engineOptions },
  examples: [
    ['xdg-open "$(rnn report)"', "of the newest checkpoint, in a browser"],
    ["rnn report critic --out - | gzip > critic.html.gz", "into a pipe"],
    ["rnn report critic --pictures plots", "with plots/loss.svg, plots/confusion-matrix.svg and others"],
  ],
  handler: async ({ checkpoint, out, pictures, json, ...engine }, { words: [name] }) => {
    if (json && out === "-")
      throw new UsageError("--json has no effect with --out -, which writes the page to stdout; remove one of them");
    const { withSpinner } = await import("../terminal/spinner.js");
    const { terminal } = await import("../terminal/terminal.js");
    const { openModel } = await import("../openModel.js");
    const { report, savePage } = await import("../../report/report.js");
    const { savePictures } = await import("../../report/savePictures.js");
    const model = await openModel(name ?? checkpoint, tasks, engine);
    const { page, pictures: drawn } = await withSpinner("writing the report", () => report(model));
    const paths = pictures === undefined ? [] : await savePictures(pictures, drawn);
    if (out === "-") return terminal.write(page);
    const file = out ?? join(model.folder, "report.html");
    await savePage(file, page);
    await terminal.write(
      json
        ? `${JSON.stringify({ file, pictures: paths, checkpoint: model.folder })}\n`
        : [file, ...paths].map((path) => `${path}\n`).join(""),
    );
  },
});
