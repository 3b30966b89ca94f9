/** @file `rnn compare`: trains several networks on the same corpus and compares their scores. */
import { basename } from "node:path";
import { pathText } from "../../corpus/sources/corpusPath.js";
import { UsageError, UserError } from "../../common/errors.js";
import { formatOptions } from "../../options/optionKinds.js";
import { cacheOptions, compareOptions, engineOptions, runOptions } from "../../options/options.js";
import { recipeOptions } from "../../options/recipeOptions.js";
import { command } from "./command.js";

const { task } = runOptions;

export default command({
  usage: "compare [corpus..]",
  reads: "a corpus, as `rnn train` does; the options of `rnn train` apply to all networks",
  writes: "the scores of the networks and of baselines, and which differences are significant",
  options: {
    ...compareOptions,
    ...cacheOptions,
    task,
    ...recipeOptions,
    ...formatOptions("text", "json"),
    ...engineOptions,
  },
  examples: [
    ["rnn compare corpora/reviews.csv", "LSTM, GRU, convolution, mean"],
    ["rnn compare corpora/reviews.csv --networks bilstm,fasttext", "one of them a preset"],
  ],
  handler: async (options, { given, words: corpus }) => {
    const { seeds, report, pictures, force, format } = options;
    if (corpus.length === 0)
      throw new UsageError("could not compare, because no corpus was given; try `rnn compare corpora/reviews.csv`");
    const { terminal } = await import("../terminal/terminal.js");
    const { Interruption } = await import("../terminal/input.js");
    const { watchComparison } = await import("../terminal/watchExperiments.js");
    const library = await import("../../library/experimentRuns.js");
    const { summaryOf } = await import("../../experiments/comparison/comparisonSummary.js");
    const { comparisonJson, comparisonText } = await import("../../render/comparisonTable.js");
    const { savePage, tryPage } = await import("../../report/report.js");
    const { savePictures, tryPictures } = await import("../../report/savePictures.js");
    const json = format === "json";
    if (report !== undefined) await tryPage(report, force);
    if (pictures !== undefined) await tryPictures(pictures);
    const interruption = new Interruption();
    interruption.begin();
    const stop = interruption.signal;
    const { report: _report, pictures: _pictures, force: _force, format: _format, ...chosen } = given;
    const runs = await watchComparison(library.compare(corpus, { ...chosen, seeds, signal: stop }));
    if (runs.length === 0 && !stop.aborted) {
      throw new UserError(
        `could not compare on ${pathText(corpus)}, because its test part and its validation part are empty; use --test or --validation with a fraction above 0`,
      );
    }
    if (runs.length > 0) {
      const summary = summaryOf(runs);
      terminal.note("");
      await terminal.write(json ? comparisonJson(summary, runs) : comparisonText(summary, terminal.outputWidth()));
      const { comparisonPage, comparisonPictures } = await import("../../report/comparisonPage.js");
      if (report !== undefined) await savePage(report, comparisonPage(basename(pathText(corpus)), runs), force);
      if (pictures !== undefined) await savePictures(pictures, comparisonPictures(runs), force);
    }
    return stop.aborted ? 130 : 0;
  },
});
