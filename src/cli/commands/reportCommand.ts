/** @file `rnn report`: a page about what a network learned. */
import { join } from "node:path";
import { checkpointOptions, engineOptions, reportOptions } from "../../options/options.js";
import { tasks } from "../../common/names.js";
import { command } from "./command.js";

export default command({
  usage: "report [checkpoint]",
  describe: "Write a page about what a network learned: curves, mistakes, calibration, a map of its tokens, samples.",
  reads: "a checkpoint, and its corpus where the checkpoint does not say all",
  writes: "an HTML file that opens with no network, and its path on stdout; with --out - the page itself on stdout",
  options: { ...checkpointOptions, ...reportOptions, ...engineOptions },
  examples: [
    ['xdg-open "$(rnn report)"', "of the newest checkpoint, in a browser"],
    ["rnn report critic --out - | gzip > critic.html.gz", "into a pipe"],
    ["rnn report critic --pictures plots", "with plots/loss.svg, plots/confusion-matrix.svg and others"],
  ],
  handler: async ({ checkpoint, out, pictures, ...engine }, { words: [name] }) => {
    const { terminal } = await import("../terminal/terminal.js");
    const { openModel } = await import("../openModel.js");
    const { report, savePage } = await import("../../report/report.js");
    const { savePictures } = await import("../../report/savePictures.js");
    const model = await openModel(name ?? checkpoint, tasks, engine);
    const { page, pictures: drawn } = await report(model);
    const paths = pictures === undefined ? [] : await savePictures(pictures, drawn);
    if (out === "-") return terminal.write(page);
    const path = out ?? join(model.folder, "report.html");
    await savePage(path, page);
    await terminal.write([path, ...paths].map((written) => `${written}\n`).join(""));
  },
});
