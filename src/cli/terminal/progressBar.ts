/** @file Progress: one live line with a bar on a terminal, a plain line every ten seconds elsewhere. */
import { compact, decimal, duration, percent } from "../../render/numberText.js";
import { displayWidth } from "../../render/textWidth.js";
import { color, terminal } from "./terminal.js";

/** A part of a line; a line that is too wide loses the part with the highest rank first. */
export type Part = { rank: number; text: string | undefined };

export type BarProgress = {
  /** At the start of the line, as in `epoch 2/5`. */
  head: string;
  /** 0 … 1 */
  fraction: number;
  parts: readonly Part[];
};

export type Bar = {
  /** Shows the progress, at most ten times per second; it may be called more often. */
  show(progress: () => BarProgress): void;
  /** Shows a line without a bar, at most ten times per second. */
  showText(text: () => string): void;
  /** Writes a line above the bar. */
  note(line: string): void;
  /** Removes the live line; call it also after an error. */
  close(): void;
};

const liveIntervalMs = 100;
const plainIntervalMs = 10_000;
const maxBar = 24; // columns
const minBar = 5;

/** @param now a monotonic clock in milliseconds */
export function createBar(now: () => number = () => performance.now()): Bar {
  let last = terminal.liveColumns() === undefined ? now() : -Infinity;
  const isDue = (): boolean => {
    if (now() - last < (terminal.liveColumns() ? liveIntervalMs : plainIntervalMs)) return false;
    last = now();
    return true;
  };
  return {
    show(progress) {
      if (!isDue()) return;
      const columns = terminal.liveColumns();
      if (columns) terminal.live(barLine(progress(), columns - 1, color.cyan));
      else terminal.note(barLine(progress()));
    },
    showText(text) {
      if (!isDue()) return;
      const columns = terminal.liveColumns();
      if (columns) terminal.live(cut(text(), columns - 1));
      else terminal.note(text());
    },
    note(line) {
      if (!terminal.liveColumns()) last = now();
      terminal.note(line);
    },
    close() {
      terminal.live(undefined);
    },
  };
}

/**
 * @param columns the width that the line must fit; absent: a line without a bar
 * @param paint colors the bar
 */
export function barLine(
  { head, fraction, parts }: BarProgress,
  columns?: number,
  paint = (bar: string) => bar,
): string {
  const done = Math.min(1, Math.max(0, fraction));
  const details = [{ rank: 0, text: percent(done) }, ...parts];
  if (columns === undefined) return `${head}  ${joined(details, Infinity)}`;

  const room = columns - displayWidth(head) - 2;
  const text = joined(details, room);
  const length = Math.min(maxBar, room - displayWidth(text) - 1);
  if (length < minBar) return cut(`${head}  ${text}`, columns);
  const filled = Math.round(done * length);
  return `${head} ${paint("█".repeat(filled) + "░".repeat(length - filled))} ${text}`;
}

/** The parts in order, without those of the highest ranks as far as the width requires. */
function joined(parts: readonly Part[], width: number): string {
  const ranks = [...new Set(parts.map(({ rank }) => rank))].toSorted((left, right) => right - left);
  const lines = ranks.map((max) => parts.flatMap(({ rank, text }) => (rank <= max && text ? text : [])).join("  "));
  return lines.find((line) => displayWidth(line) <= width) ?? lines.at(-1)!;
}

/** The start of a line that fits the columns. */
export function cut(line: string, columns: number): string {
  let short = Array.from(line).slice(0, Math.max(0, columns));
  while (displayWidth(short.join("")) > columns) short = short.slice(0, -1);
  return short.join("");
}

/** The metrics of a task beside its loss; accuracy from 0 to 1. */
export type Metrics = { perplexity?: number; accuracy?: number };

export type StepProgress = Metrics & {
  /** Training steps done, and in all. */
  step: number;
  steps: number;
  /** From 1. */
  epoch: number;
  epochs?: number;
  /** Smoothed training loss. */
  loss: number;
  /** The unit of the speed, as in "characters". */
  unit: string;
  unitsPerSecond: number;
  secondsLeft: number;
};

export type EvaluationProgress = Metrics & {
  /** Epochs done, and in all; fractions within an epoch. */
  epoch: number;
  epochs: number;
  /** Losses; no validation loss without a validation part. */
  training: number;
  validation?: number;
  /** Whether no evaluation before was better. */
  best?: boolean;
};

/** @param decimals of the percentage; a perplexity has two digits more */
const metricText = ({ perplexity, accuracy }: Metrics, decimals = 0): string | undefined => {
  if (perplexity !== undefined) return `perplexity ${decimal(perplexity, decimals + 2)}`;
  return accuracy === undefined ? undefined : `accuracy ${percent(accuracy, decimals)}`;
};

/** As in `epoch 2/5 ████░░░░ 48%  loss 1.62  perplexity 5.1  172k characters/s  0:41 left`. */
export function stepProgress(progress: StepProgress): BarProgress {
  const { step, steps, epoch, epochs, loss, unit, unitsPerSecond, secondsLeft } = progress;
  return {
    head: `epoch ${epoch}${epochs === undefined ? "" : `/${epochs}`}`,
    fraction: steps > 0 ? step / steps : 0,
    parts: [
      { rank: 1, text: `loss ${decimal(loss)}` },
      { rank: 3, text: metricText(progress) },
      { rank: 4, text: `${compact(unitsPerSecond)} ${unit}/s` },
      { rank: 2, text: `${duration(secondsLeft)} left` },
    ],
  };
}

/** As in `epoch  1  training loss 1.912  validation loss 1.784  perplexity 5.95  best`. */
export function evaluationLine(progress: EvaluationProgress, width = Infinity): string {
  const { epoch, epochs, training, validation, best } = progress;
  const decimals = Number.isInteger(epochs) ? 0 : 1;
  const done = epoch.toFixed(decimals).padStart(epochs.toFixed(decimals).length);
  return joined(
    [
      { rank: 0, text: `epoch ${done}` },
      { rank: validation === undefined ? 0 : 2, text: `training loss ${training.toFixed(3)}` },
      { rank: 0, text: validation === undefined ? undefined : `validation loss ${validation.toFixed(3)}` },
      { rank: 1, text: validation === undefined ? undefined : metricText(progress, 1) },
      { rank: 0, text: best ? "best" : undefined },
    ],
    width,
  );
}
