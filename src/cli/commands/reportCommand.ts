/** @file `rnn report`: writes an HTML report about a model. */
import { join } from "node:path";
import { formatOptions } from "../../options/optionKinds.js";
import { checkpointOptions, engineOptions, reportOptions } from "../../options/options.js";
import { UsageError } from "../../common/errors.js";
import { tasks } from "../../common/names.js";
import { command } from "./command.js";

export default command({
  usage: "report [checkpoint]",
  reads: "a checkpoint, and its corpus for what the checkpoint does not hold",
  writes: "an HTML file that works offline, and its path to stdout",
  options: { ...checkpointOptions, ...reportOptions, ...formatOptions("text", "json"), ...engineOptions },
  examples: [
    ['xdg-open "$(rnn report)"', "the newest checkpoint, in a browser"],
    ["rnn report critic --out - | gzip > critic.html.gz", "to a pipe"],
    ["rnn report critic --pictures plots", "loss.svg, confusion-matrix.svg, …"],
  ],
  handler: async ({ checkpoint, out, pictures, force, format, ...engine }, { words: [name] }) => {
    const json = format === "json";
    if (json && out === "-") throw new UsageError("--json has no effect with --out -; remove one of them");
    const { withSpinner } = await import("../terminal/spinner.js");
    const { terminal } = await import("../terminal/terminal.js");
    const { openModel } = await import("../openModel.js");
    const { report, savePage, tryPage } = await import("../../report/report.js");
    const { savePictures, tryPictures } = await import("../../report/savePictures.js");
    const model = await openModel(name ?? checkpoint, tasks, engine);
    const path = out ?? join(model.folder, "report.html");
    if (path !== "-") await tryPage(path, force);
    if (pictures !== undefined) await tryPictures(pictures);
    const { page, pictures: drawn } = await withSpinner("writing the report", () => report(model));
    if (path === "-") await terminal.write(page);
    else await savePage(path, page, force);
    const paths = pictures === undefined ? [] : await savePictures(pictures, drawn, force);
    if (path === "-") return;
    await terminal.write(
      json
        ? `${JSON.stringify({ file: path, pictures: paths, checkpoint: model.folder })}\n`
        : [path, ...paths].map((written) => `${written}\n`).join(""),
    );
  },
});
