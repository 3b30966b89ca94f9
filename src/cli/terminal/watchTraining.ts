/** @file Shows a training run on the terminal: its settings, its progress, its result and the command to try next. */
import { packageFolder } from "../../common/packageFolder.js";
import { perplexity } from "../../evaluation/metrics.js";
import { unitOf } from "../../render/corpusText.js";
import { temperatureText } from "../../render/labelScoresText.js";
import { planJson, planLines, runLines } from "../../render/runText.js";
import { baseText } from "../../render/startText.js";
import {
  bagText,
  diagnosisText,
  labelModelText,
  ngramsText,
  pretrainingText,
  nextCommand,
  resultText,
  shellWord,
  trainingJson,
} from "../../render/trainingText.js";
import { wrapText } from "../../render/textWidth.js";
import type { RunPlan } from "../../training/plannedRun.js";
import type { Plan } from "../../training/plan.js";
import type { RunEvent } from "../../training/run.js";
import type { HistoryEntry } from "../../training/runProgress.js";
import type { EndReason } from "../../training/trainer.js";
import type { Interruption } from "./input.js";
import { type Bar, createBar, evaluationLine, stepProgress } from "./progressBar.js";
import { type Spinner, startSpinner, withSpinner } from "./spinner.js";
import { terminal } from "./terminal.js";

type Event<Type extends RunEvent["type"]> = Extract<RunEvent, { type: Type }>;

export type WatchOptions = {
  /** Starts when there is a run to save. */
  interruption?: Interruption;
  /** Writes a JSON object to stdout instead of the folder's path. */
  json?: boolean;
  /** For a step of another command, which writes to stdout itself: the run ends with its scores. It cannot be resumed. */
  isStep?: boolean;
};

/** Shows the run on stderr and writes its folder, or JSON, to stdout. @returns the exit code; 130 if the run was interrupted */
export async function watch(events: AsyncIterable<RunEvent>, options: WatchOptions = {}): Promise<number> {
  let spinner = startSpinner("reading the corpus");
  let watcher: Watcher | null = null;
  try {
    for await (const event of events) {
      if (event.type === "begin") {
        spinner.stop();
        options.interruption?.begin();
        watcher = new Watcher(event);
      } else if (event.type === "pretraining") terminal.note(pretrainingText(event));
      else if (event.type === "step") watcher!.step(event);
      else if (event.type === "plan") watcher!.plan = event.plan;
      else if (event.type === "evaluation") watcher!.evaluation(event.entry, event.best);
      else if (event.type === "ngrams") terminal.note(ngramsText(event, terminal.noteWidth()));
      else if (event.type === "bag") terminal.note(bagText(event, terminal.noteWidth()));
      else if (event.type === "label-model") terminal.note(labelModelText(event, terminal.noteWidth()));
      else if (event.type === "end") spinner = watcher!.end(event, options);
      else {
        spinner.stop();
        await watcher!.result(event, options);
      }
    }
  } finally {
    spinner.stop();
    watcher?.close();
  }
  return watcher?.exitCode ?? 0;
}

/** Writes a plan, or JSON, to stdout, and its warnings to stderr. */
export async function showPlan(planned: Promise<RunPlan>, { json = false }: WatchOptions = {}): Promise<void> {
  const plan = await withSpinner("reading the corpus", () => planned);
  const lines = json
    ? planJson(plan)
    : planLines(plan, terminal.outputWidth())
        .map((line) => `${line}\n`)
        .join("");
  await terminal.write(lines);
  for (const warning of plan.warnings) terminal.warn(warning);
}

/** Shows one run. */
class Watcher {
  private readonly bar: Bar = createBar();
  plan: Plan;
  private readonly unit: string;
  private readonly started = performance.now();
  private readonly firstStep: number;
  private processed = 0;
  private smoothedLoss: number | null = null;
  private ending: { reason: EndReason; step: number; seconds: number } | null = null;

  constructor(private readonly begin: Event<"begin">) {
    this.firstStep = begin.step;
    this.plan = begin.plan;
    this.unit = unitOf(begin);
    for (const line of runLines(begin, terminal.noteWidth())) terminal.note(line);
    for (const warning of begin.warnings) terminal.warn(warning);
    terminal.note("");
  }

  get exitCode(): number {
    return this.ending ? exitCodes[this.ending.reason] : 0;
  }

  step({ step, epoch, loss, targets }: Event<"step">): void {
    const { plan } = this;
    const { stepsPerEpoch } = this.begin;
    this.processed += targets;
    const smoothed = this.smoothedLoss === null ? loss : this.smoothedLoss + smoothing * (loss - this.smoothedLoss);
    this.smoothedLoss = smoothed;
    this.bar.show(() =>
      stepProgress({
        step,
        steps: plan.steps,
        epoch: epoch + 1,
        epochs: Math.ceil(plan.steps / stepsPerEpoch),
        loss: smoothed,
        ...this.metrics(smoothed),
        unit: this.unit,
        unitsPerSecond: this.processed / this.seconds,
        secondsLeft: (this.seconds / (step - this.firstStep)) * (plan.steps - step),
      }),
    );
  }

  evaluation({ step, training, validation, accuracy }: HistoryEntry, best: boolean): void {
    const { plan } = this;
    const { stepsPerEpoch } = this.begin;
    const progress = {
      epoch: step / stepsPerEpoch,
      epochs: plan.steps / stepsPerEpoch,
      training,
      ...(validation !== undefined && { validation, ...this.metrics(validation, accuracy), best }),
    };
    this.bar.note(evaluationLine(progress, terminal.noteWidth()));
  }

  /** @returns the spinner of the evaluation that follows */
  end({ reason, step }: Event<"end">, { isStep = false }: WatchOptions): Spinner {
    this.close();
    this.ending = { reason, step, seconds: this.seconds };
    const { plan } = this;
    const { folder, recipe } = this.begin;
    const { learningRate, clipNorm, patience } = recipe;
    const position = `step ${step} of ${plan.steps}`;
    if (reason === "patience")
      terminal.note(`stopped at ${position}: ${patience} evaluations without an improvement (--patience)`);
    if (reason === "diverged") {
      terminal.fail(
        `training diverged: the loss is not a finite number after step ${step}; the checkpoint keeps the best weights; train again with a lower --learning-rate (now ${learningRate}) or --clip-norm (now ${clipNorm})`,
      );
    }
    if (reason === "interrupted")
      terminal.note(
        `stopped at ${position}${isStep ? "" : `; to resume: ${program} train --resume ${shellWord(folder)}`}`,
      );
    return startSpinner("evaluating");
  }

  async result(
    { folder, result, base, calibration, diagnosis = [] }: Event<"result">,
    { json = false, isStep = false }: WatchOptions,
  ): Promise<void> {
    terminal.note(`\n${resultText(result, this.begin, terminal.noteWidth())}`);
    if (calibration) terminal.note(wrapText(temperatureText(calibration), terminal.noteWidth()).join("\n"));
    if (base) terminal.note(`\n${baseText(base, this.begin, terminal.noteWidth())}`);
    const found = diagnosisText(diagnosis, terminal.noteWidth());
    if (found !== null) terminal.note(`\n${found}`);
    if (isStep) return;
    if (this.exitCode === 0) terminal.note(`\nnext: ${nextCommand(this.begin, program)}`);
    await terminal.write(
      json ? trainingJson(this.begin, { result, base, calibration, diagnosis, ...this.ending! }) : `${folder}\n`,
    );
  }

  close(): void {
    this.bar.close();
  }

  private get seconds(): number {
    return (performance.now() - this.started) / 1000;
  }

  private metrics(loss: number, accuracy?: number) {
    if (this.begin.task === "generator") return { perplexity: perplexity(loss) };
    return accuracy === undefined ? {} : { accuracy };
  }
}

/** The command that runs this program from where it was started; npx finds the package in a clone by the name of its program, elsewhere by its own. */
const program =
  process.env["npm_command"] !== "exec" ? "rnn" : /[\\/]_npx[\\/]/.test(packageFolder) ? "npx rnn-text" : "npx rnn";

/** The weight of the newest batch in the smoothed loss. */
const smoothing = 0.05;

const exitCodes: Record<EndReason, number> = { finished: 0, patience: 0, diverged: 1, interrupted: 130 };
