/** @file What several runs say together: a line for each network, the baselines, and which differences are more than noise. */
import type { Baseline } from "../../baselines/index.js";
import type { HistoryEntry } from "../../training/runProgress.js";
import type { Task } from "../../common/names.js";
import type { Run } from "./compare.js";
import { differs, type Spread, spreadOf } from "./spread.js";

/** Of a network over its seeds; `measure` is the accuracy, the perplexity where nothing is labelled, or the loss of predicted numbers. */
export type Line = {
  contestant: string;
  measure: Spread;
  loss: Spread;
  training: Spread;
  validation: Spread | null;
  parameters: number;
  seconds: Spread;
  speed: Spread;
};

export type Measure = "accuracy" | "perplexity" | "loss";

/** Which way is better, and what an entry of the history says of it. */
const measures: { [Name in Measure]: { higher: boolean; of: (entry: HistoryEntry) => number | undefined } } = {
  accuracy: { higher: true, of: ({ accuracy }) => accuracy },
  perplexity: { higher: false, of: ({ validation }) => validation && Math.exp(validation) },
  loss: { higher: false, of: ({ validation }) => validation },
};
const measureOf = ({ accuracy, perplexity }: Run["result"]): Measure =>
  accuracy !== undefined ? "accuracy" : perplexity !== undefined ? "perplexity" : "loss";

export type Summary = {
  task: Task;
  measure: Measure;
  /** Targets that each was judged by. */
  targets: number;
  part: string;
  /** Best first. */
  lines: Line[];
  baselines: Baseline[];
  /** Pairs that differ by more than the noise, the better one first. */
  differences: [better: string, worse: string][];
};

/** @param runs at least one */
export function summaryOf(runs: readonly Run[]): Summary {
  const { result, task } = runs[0]!;
  const measure = measureOf(result);
  const { higher } = measures[measure];
  const lines = [...new Set(runs.map(({ contestant }) => contestant))]
    .map((contestant) =>
      lineOf(
        contestant,
        runs.filter((run) => run.contestant === contestant),
        measure,
      ),
    )
    .toSorted((left, right) => (right.measure.mean - left.measure.mean) * (higher ? 1 : -1));
  const rows = measure === "accuracy" ? result.targets : null;
  const differences = lines.flatMap((better, index) =>
    lines
      .slice(index + 1)
      .filter((worse) => differs(better.measure, worse.measure, rows))
      .map((worse): [string, string] => [better.contestant, worse.contestant]),
  );
  return { task, measure, targets: result.targets, part: result.part, lines, baselines: result.baselines, differences };
}

function lineOf(contestant: string, runs: readonly Run[], measure: Summary["measure"]): Line {
  const of = (value: (run: Run) => number): Spread => spreadOf(runs.map(value));
  const best = ({ history }: Run): number | undefined => {
    const { of: read, higher } = measures[measure];
    const values = history.map(read).filter((value) => value !== undefined);
    return values.length === 0 ? undefined : higher ? Math.max(...values) : Math.min(...values);
  };
  const validations = runs.map(best).filter((value) => value !== undefined);
  return {
    contestant,
    measure: of(({ result }) => result[measure]!),
    loss: of(({ result }) => result.loss),
    training: of(({ training }) => training[measure]!),
    validation: validations.length === 0 ? null : spreadOf(validations),
    parameters: runs[0]!.parameters,
    seconds: of(({ seconds }) => seconds),
    speed: of(({ speed }) => speed),
  };
}
