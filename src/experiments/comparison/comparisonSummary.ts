/** @file Statistics of several runs: the mean of each network, the baselines, and which differences are significant. */
import type { Baseline } from "../../baselines/index.js";
import type { Task } from "../../common/names.js";
import type { Part } from "../../examples/split.js";
import type { HistoryEntry } from "../../training/runProgress.js";
import type { Run } from "./compare.js";

/** The mean and the sample standard deviation of several numbers; the standard deviation of one number is 0. */
export type Statistics = { mean: number; standardDeviation: number; count: number };

export function statisticsOf(values: readonly number[]): Statistics {
  const count = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, standardDeviation: count > 1 ? Math.sqrt(squares / (count - 1)) : 0, count };
}

/**
 * The standard error of the difference of two means: from the seeds (Welch 1947) and, for fractions of `rows`, from the choice of the test rows
 * (binomial). Both networks are evaluated on the same rows, so the true standard error is smaller and the test is conservative.
 */
export function standardErrorOfDifference(left: Statistics, right: Statistics, rows: number | null): number {
  const ofSeeds = ({ standardDeviation, count }: Statistics): number => standardDeviation ** 2 / count;
  const ofRows = ({ mean }: Statistics): number => (rows === null ? 0 : (mean * (1 - mean)) / rows);
  return Math.sqrt(ofSeeds(left) + ofSeeds(right) + ofRows(left) + ofRows(right));
}

/** About 95 % of differences by chance are within this number of standard errors. */
const significantErrors = 2;

/** Whether two means differ by more than two standard errors. */
export const differs = (left: Statistics, right: Statistics, rows: number | null): boolean =>
  Math.abs(left.mean - right.mean) > significantErrors * standardErrorOfDifference(left, right, rows);

/** A network over its seeds. `score`: its accuracy, its perplexity without labels, or its loss as a regressor. */
export type NetworkSummary = {
  network: string;
  score: Statistics;
  loss: Statistics;
  training: Statistics;
  validation: Statistics | null;
  parameters: number;
  seconds: Statistics;
  speed: Statistics;
};

export type Metric = "accuracy" | "perplexity" | "loss";

/** Whether a higher value is better, and the value of an entry of the history. */
const metrics: { [Name in Metric]: { isHigherBetter: boolean; of: (entry: HistoryEntry) => number | undefined } } = {
  accuracy: { isHigherBetter: true, of: ({ accuracy }) => accuracy },
  perplexity: { isHigherBetter: false, of: ({ validation }) => validation && Math.exp(validation) },
  loss: { isHigherBetter: false, of: ({ validation }) => validation },
};
const metricOf = ({ accuracy, perplexity }: Run["result"]): Metric =>
  accuracy !== undefined ? "accuracy" : perplexity !== undefined ? "perplexity" : "loss";

export type Summary = {
  task: Task;
  metric: Metric;
  /** The number of targets that each network is evaluated on. */
  targets: number;
  part: Part;
  /** Best first. */
  networks: NetworkSummary[];
  baselines: Baseline[];
  /** Pairs that differ by more than two standard errors, the better one first. */
  differences: [better: string, worse: string][];
};

/** @param runs at least one */
export function summaryOf(runs: readonly Run[]): Summary {
  const { result, task } = runs[0]!;
  const metric = metricOf(result);
  const sign = metrics[metric].isHigherBetter ? 1 : -1;
  const networks = [...new Set(runs.map(({ network }) => network))]
    .map((name) =>
      networkSummary(
        name,
        runs.filter(({ network }) => network === name),
        metric,
      ),
    )
    .toSorted((left, right) => sign * (right.score.mean - left.score.mean));
  const rows = metric === "accuracy" ? result.targets : null;
  const differences = networks.flatMap((better, index) =>
    networks
      .slice(index + 1)
      .filter((worse) => differs(better.score, worse.score, rows))
      .map((worse): [string, string] => [better.network, worse.network]),
  );
  const { targets, part, baselines } = result;
  return { task, metric, targets, part, networks, baselines, differences };
}

function networkSummary(network: string, runs: readonly Run[], metric: Metric): NetworkSummary {
  const over = (value: (run: Run) => number): Statistics => statisticsOf(runs.map(value));
  const best = ({ history }: Run): number | undefined => {
    const { of, isHigherBetter } = metrics[metric];
    const values = history.map(of).filter((value) => value !== undefined);
    return values.length === 0 ? undefined : isHigherBetter ? Math.max(...values) : Math.min(...values);
  };
  const validations = runs.map(best).filter((value) => value !== undefined);
  return {
    network,
    score: over(({ result }) => result[metric]!),
    loss: over(({ result }) => result.loss),
    training: over(({ training }) => training[metric]!),
    validation: validations.length === 0 ? null : statisticsOf(validations),
    parameters: runs[0]!.parameters,
    seconds: over(({ seconds }) => seconds),
    speed: over(({ speed }) => speed),
  };
}
