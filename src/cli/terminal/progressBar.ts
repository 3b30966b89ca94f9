/** @file How training goes: one live line on a terminal, plain lines now and then elsewhere. */
import { colour } from "./color.js";
import { compact, decimal, duration, percent } from "../../render/numberText.js";
import { terminal } from "./terminal.js";
import { displayWidth } from "../../render/textWidth.js";

/** How good it is, where the task has a measure beside the loss; accuracy is a share of 1. */
export type Quality = { perplexity?: number; accuracy?: number };

export type StepProgress = Quality & {
  /** Steps done of all steps. */
  step: number;
  steps: number;
  /** From 1. */
  epoch: number;
  epochs?: number;
  /** Nats a token or a document, smoothed. */
  loss: number;
  /** What is counted, such as "characters", and how many of it a second. */
  unit: string;
  unitsPerSecond: number;
  secondsLeft: number;
};

export type EvaluationProgress = Quality & {
  /** Epochs done, and of how many; not whole in the midst of one. */
  epoch: number;
  epochs: number;
  /** Losses; without validation where nothing is kept back to steer by. */
  training: number;
  validation?: number;
  /** Whether no validation before was better. */
  best?: boolean;
};

export type ProgressDisplay = {
  /** As often as one likes: what is too soon to show is passed over. */
  step(progress: StepProgress): void;
  evaluation(progress: EvaluationProgress): void;
  /** Takes the live line away; call it however training ends. */
  close(): void;
};

const liveInterval = 100; // milliseconds
const plainInterval = 10_000;
const longestBar = 24; // columns
const shortestBar = 5;

/** @param decimals of a percentage; a perplexity has two digits more */
const qualityOf = ({ perplexity, accuracy }: Quality, decimals = 0): string | undefined => {
  if (perplexity !== undefined) return `perplexity ${decimal(perplexity, decimals + 2)}`;
  return accuracy === undefined ? undefined : `accuracy ${percent(accuracy, decimals)}`;
};

/** @param now milliseconds of a clock that never goes back */
export function createProgress(now: () => number = () => performance.now()): ProgressDisplay {
  let last = now();
  return {
    step(progress) {
      const columns = terminal.liveColumns();
      if (now() - last < (columns ? liveInterval : plainInterval)) return;
      last = now();
      if (columns) terminal.live(stepLine(progress, columns - 1, colour.cyan));
      else terminal.note(stepLine(progress));
    },
    evaluation(progress) {
      if (!terminal.liveColumns()) last = now();
      terminal.note(evaluationLine(progress));
    },
    close() {
      terminal.live(undefined);
    },
  };
}

/**
 * @param columns what the line must fit; with it comes a bar as long as there is room for, and what matters least goes first
 * @param paint colours the bar
 */
export function stepLine(progress: StepProgress, columns?: number, paint = (bar: string) => bar): string {
  const { step, steps, epoch, epochs, loss, unit, unitsPerSecond, secondsLeft } = progress;
  const share = steps > 0 ? Math.min(1, step / steps) : 0;
  const epochPart = `epoch ${epoch}${epochs === undefined ? "" : `/${epochs}`}`;
  const details = [
    { rank: 1, text: `loss ${decimal(loss)}` },
    { rank: 3, text: qualityOf(progress) },
    { rank: 4, text: `${compact(unitsPerSecond)} ${unit}/s` },
    { rank: 2, text: `${duration(secondsLeft)} left` },
  ];
  const withDetails = (most: number): string =>
    [percent(share), ...details.flatMap(({ rank, text }) => (rank <= most && text ? text : []))].join("  ");
  if (columns === undefined) return `${epochPart}  ${withDetails(4)}`;

  const room = columns - displayWidth(epochPart) - 2;
  const rest = [4, 3, 2, 1].map(withDetails).find((text) => displayWidth(text) <= room) ?? percent(share);
  const length = Math.min(longestBar, room - displayWidth(rest) - 1);
  if (length < shortestBar) return `${epochPart}  ${rest}`.slice(0, Math.max(0, columns));
  const full = Math.round(share * length);
  return `${epochPart} ${paint("█".repeat(full) + "░".repeat(length - full))} ${rest}`;
}

/** As in `epoch  1  train 1.912  validation 1.784  perplexity 5.95  best`. */
export function evaluationLine({ epoch, epochs, training, validation, best, ...quality }: EvaluationProgress): string {
  const decimals = Number.isInteger(epochs) ? 0 : 1;
  const done = epoch.toFixed(decimals).padStart(epochs.toFixed(decimals).length);
  return [
    `epoch ${done}`,
    `train ${training.toFixed(3)}`,
    ...(validation === undefined ? [] : [`validation ${validation.toFixed(3)}`, qualityOf(quality, 1)]),
    ...(best ? ["best"] : []),
  ]
    .filter(Boolean)
    .join("  ");
}
