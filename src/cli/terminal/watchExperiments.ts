/** @file Shows `rnn compare`, `rnn tune` and `rnn train --folds` on the terminal: the plan, a bar with the time left, and a line for each finished run. */
import type { CompareEvent, Run } from "../../experiments/comparison/compare.js";
import type { FoldEvent, FoldRun } from "../../experiments/crossValidation/crossValidate.js";
import type { Rung, Try, TuneEvent } from "../../experiments/tuning/tune.js";
import { comparisonPlan, runText } from "../../render/comparisonTable.js";
import { foldsPlan, foldText } from "../../render/foldsTable.js";
import { duration } from "../../render/numberText.js";
import { tryText, tuningPlan } from "../../render/tuningTable.js";
import { type Bar, type BarProgress, createBar } from "./progressBar.js";
import { startSpinner } from "./spinner.js";
import { terminal } from "./terminal.js";

/** Shows the events. @returns the finished runs */
export async function watchComparison(events: AsyncIterable<CompareEvent>): Promise<Run[]> {
  const runs: Run[] = [];
  const started = performance.now();
  await watch(events, (event, bar) => {
    if (event.type === "plan") bar.note(comparisonPlan(event.networks, event.seeds));
    else if (event.type === "run") {
      runs.push(event.run);
      bar.note(runText(event.run));
    } else {
      bar.show(() => {
        const done = (event.index + event.fraction) / event.runs;
        const elapsed = (performance.now() - started) / 1000;
        return runProgress(event, done, elapsed * (1 / done - 1), `${event.network}, seed ${event.seed}`);
      });
    }
  });
  return runs;
}

/** Shows the events. @returns the finished tries */
export async function watchTuning(events: AsyncIterable<TuneEvent>): Promise<Try[]> {
  const tries: Try[] = [];
  let rungs: readonly Rung[] = [];
  await watch(events, (event, bar) => {
    if (event.type === "plan") {
      ({ rungs } = event);
      bar.note(tuningPlan(rungs));
    } else if (event.type === "try") {
      tries.push(event.done);
      bar.note(tryText(event.done));
    } else {
      bar.show(() => {
        const secondsOf = (one: Rung): number => one.runs * one.seconds;
        const current = { ...rungs[event.rung]!, runs: event.runs };
        const left =
          (event.runs - event.index - event.fraction) * current.seconds +
          rungs.slice(event.rung + 1).reduce((sum, one) => sum + secondsOf(one), 0);
        const all = rungs.reduce((sum, one) => sum + secondsOf(one), 0);
        return runProgress(event, 1 - left / all, left, `round ${event.rung + 1} of ${rungs.length}`);
      });
    }
  });
  return tries;
}

/** Shows the events. @returns the finished folds */
export async function watchFolds(events: AsyncIterable<FoldEvent>): Promise<FoldRun[]> {
  const runs: FoldRun[] = [];
  const started = performance.now();
  await watch(events, (event, bar) => {
    if (event.type === "plan") {
      bar.note(foldsPlan(event));
      for (const warning of event.warnings) terminal.warn(warning);
    } else if (event.type === "fold") {
      runs.push(event.run);
      bar.note(foldText(event.run));
    } else {
      const { index, folds, fraction } = event;
      bar.show(() => {
        const done = (index + fraction) / folds;
        const elapsed = (performance.now() - started) / 1000;
        return runProgress({ index, runs: folds }, done, elapsed * (1 / done - 1), `fold ${index + 1}`);
      });
    }
  });
  return runs;
}

/** Passes each event to `show` and removes the bar at the end. */
async function watch<Event>(events: AsyncIterable<Event>, show: (event: Event, bar: Bar) => void): Promise<void> {
  const bar = createBar();
  const spinner = startSpinner("reading the corpus");
  try {
    for await (const event of events) {
      spinner.stop();
      show(event, bar);
    }
  } finally {
    spinner.stop();
    bar.close();
  }
}

/** As in `run 3/12 ██████░░░░ 24%  gru, seed 1  2:10 left`. */
const runProgress = (
  { index, runs }: { index: number; runs: number },
  fraction: number,
  secondsLeft: number,
  detail: string,
): BarProgress => ({
  head: `run ${index + 1}/${runs}`,
  fraction,
  parts: [
    { rank: 2, text: detail },
    { rank: 1, text: Number.isFinite(secondsLeft) ? `${duration(secondsLeft)} left` : undefined },
  ],
});
