/** @file `rnn label`: lists the texts without a label that are most worth labeling. */
import { corpusOptions, rowOptions, textOptions } from "../../options/corpusOptions.js";
import { formatOptions } from "../../options/optionKinds.js";
import { checkpointOptions, engineOptions, nextLabelOptions } from "../../options/options.js";
import { command } from "./command.js";

export default command({
  usage: "label [files..]",
  reads: "a text per line, or the text column of csv, tsv and jsonl files; a classifier",
  writes: "line, text, the two most probable labels and their probabilities, of the texts most worth labeling",
  options: {
    ...nextLabelOptions,
    ...checkpointOptions,
    ...textOptions,
    "label-column": {
      ...corpusOptions["label-column"],
      describe: "column with the labels: rows that have one are not listed; none: list any row",
    },
    "value-columns": rowOptions["value-columns"],
    format: {
      ...formatOptions("tsv", "csv", "jsonl").format,
      describe: "layout of the results; by default a table on a terminal, else tsv with a header",
    },
    ...engineOptions,
  },
  examples: [
    ["rnn label reviews.csv", "20 rows to label next, of those with an empty label"],
    ["rnn label mail.txt -c spam --next 50 --format csv > next.csv", "for a spreadsheet"],
    ["rnn label reviews.csv --json | jq .line", "for programs"],
  ],
  handler: async ({ checkpoint, next, strategy, format, ...options }, { words: files, given }) => {
    const { standardInput } = await import("../terminal/input.js");
    const { terminal } = await import("../terminal/terminal.js");
    const { withSpinner } = await import("../terminal/spinner.js");
    const { openModel } = await import("../openModel.js");
    const { labelRows } = await import("../../inference/activeLearning/labelRows.js");
    const { nextLabels } = await import("../../inference/activeLearning/nextLabels.js");
    const { nextLabelsLines, nextLabelsNotes, nextLabelsTable, UnreadRows } =
      await import("../../render/nextLabelsText.js");
    const model = await openModel(checkpoint, "classifier", options);
    const names = files.length > 0 ? files : ["-"];
    const unread = new UnreadRows();
    const reading = {
      ...options,
      standardInput,
      onUnreadable: unread.add,
      onNote: (line: string) => terminal.note(line),
    };
    const found = await withSpinner(`reading ${names.length === 1 ? names[0]! : `${names.length} files`}`, () =>
      nextLabels(model, labelRows(model, names, reading), { next, strategy }),
    );
    await terminal.write(
      given.format === undefined && process.stdout.isTTY
        ? nextLabelsTable(found.next, names.length, terminal.outputWidth())
        : nextLabelsLines(found.next, names.length, format),
    );
    for (const note of [...nextLabelsNotes(found), ...unread.notes()]) terminal.note(note);
  },
});
