/** @file A search for options, as people and programs read it. */
import { perplexity } from "../evaluation/metrics.js";
import type { HistoryEntry } from "../training/runProgress.js";
import { isDefault, ranked, type Try, winnerOf } from "../experiments/tuning/tune.js";
import { decimal, percent } from "./numberText.js";
import { formatTable } from "./textTable.js";

const settingText = ({ setting }: Try): string =>
  isDefault(setting)
    ? "the defaults"
    : Object.entries(setting)
        .map(([name, value]) => `--${name} ${value}`)
        .join(" ");

const measureText = ({ accuracy, validation }: HistoryEntry, task: Try["task"]): string =>
  accuracy !== undefined
    ? `accuracy ${percent(accuracy, 1)}`
    : task === "generator"
      ? `perplexity ${decimal(perplexity(validation!))}`
      : `loss ${validation!.toFixed(4)}`;

/** A try that is done, in a line. */
export const tryText = (done: Try): string =>
  `${done.seconds.toFixed(1)} s each: validation ${measureText(done.best, done.task)}, ${settingText(done)}`;

/** All tries, the longest first, of each length the best first. */
export function triesTable(tries: readonly Try[]): string {
  const rungs = [...new Set(tries.map(({ rung }) => rung))].toSorted((left, right) => right - left);
  const rows = rungs.flatMap((rung) =>
    ranked(tries.filter((one) => one.rung === rung)).map((one) => ({
      seconds: `${one.seconds.toFixed(1)} s`,
      measure: measureText(one.best, one.task),
      loss: one.best.validation,
      setting: settingText(one),
    })),
  );
  const columns = [
    { key: "seconds", title: "trained for", align: "right" as const },
    { key: "measure", title: "validation", align: "right" as const },
    { key: "loss", title: "loss", format: (loss: number) => loss.toFixed(4) },
    { key: "setting", title: "setting" },
  ];
  return formatTable({ columns, rows });
}

/** How the winner compares with the defaults, where both had the same time. */
export function verdictText(tries: readonly Try[]): string {
  const winner = winnerOf(tries);
  const defaults = tries.find(({ setting, rung }) => isDefault(setting) && rung === winner.rung);
  if (isDefault(winner.setting)) return "nothing tried was better than the defaults";
  const found = measureText(winner.best, winner.task);
  return defaults
    ? `validation ${found}; the defaults, given as long: ${measureText(defaults.best, winner.task)}`
    : `validation ${found}`;
}

export const tuningJson = (tries: readonly Try[], command: string): string =>
  `${JSON.stringify({ command, winner: winnerOf(tries), tries }, null, 2)}\n`;
