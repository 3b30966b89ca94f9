/** @file A run of training as a person watches it: what is trained, how it goes, and what it is worth beside its baselines. */
import ora from "ora";
import type { Backend } from "../../engine/backends/index.js";
import { perplexity } from "../../evaluation/metrics.js";
import type { Prepared } from "../../examples/prepare.js";
import type { RunEvent } from "../../training/run.js";
import type { HistoryEntry } from "../../training/runProgress.js";
import type { Interruption } from "./input.js";
import type { EndReason } from "../../training/trainer.js";
import { scoreTable } from "../../render/scoreTable.js";
import { describeNetwork } from "../../render/networkText.js";
import { compact, decimal, percent } from "../../render/numberText.js";
import { createProgress, type ProgressDisplay } from "./progressBar.js";
import { formatTable } from "../../render/textTable.js";
import { terminal } from "./terminal.js";

type Begin = Extract<RunEvent, { type: "begin" }>;

/**
 * @param interruption told when there is something to save
 * @returns the exit code: 130 where the run was interrupted
 */
export async function watch(events: AsyncIterable<RunEvent>, interruption?: Interruption): Promise<number> {
  const spinner = ora({ text: "reading the corpus", isSilent: !process.stderr.isTTY, discardStdin: false }).start();
  let watcher: Watcher | null = null;
  let exitCode = 0;
  try {
    for await (const event of events) {
      if (event.type === "begin") {
        spinner.stop();
        interruption?.begin();
        watcher = new Watcher(event);
      } else if (event.type === "step") watcher!.step(event);
      else if (event.type === "evaluation") watcher!.evaluation(event.entry, event.best);
      else if (event.type === "end") {
        exitCode = watcher!.end(event.reason, event.step);
      } else await watcher!.result(event);
    }
  } finally {
    spinner.stop();
    watcher?.close();
  }
  return exitCode;
}

/** Says what happens to one run. */
class Watcher {
  private readonly progress: ProgressDisplay = createProgress();
  private readonly unit: string;
  private readonly started = performance.now();
  private readonly firstStep: number;
  private learned = 0;
  private smoothed: number | null = null;

  constructor(private readonly begin: Begin) {
    const { assembly } = begin;
    this.firstStep = assembly.trainer.steps;
    this.unit = unitOf(assembly.prepared);
    for (const line of introduction(begin, this.unit)) terminal.note(line);
  }

  step({ step, epoch, loss, targets }: Extract<RunEvent, { type: "step" }>): void {
    const { plan, assembly } = this.begin;
    this.learned += targets;
    this.smoothed = this.smoothed === null ? loss : this.smoothed + smoothing * (loss - this.smoothed);
    const seconds = (performance.now() - this.started) / 1000;
    const left = (seconds / (step - this.firstStep)) * (plan.steps - step);
    this.progress.step({
      step,
      steps: plan.steps,
      epoch: epoch + 1,
      epochs: Math.ceil(plan.steps / assembly.training.batchesPerEpoch),
      loss: this.smoothed,
      ...this.quality(this.smoothed),
      unit: this.unit,
      unitsPerSecond: this.learned / seconds,
      secondsLeft: left,
    });
  }

  evaluation({ step, training, validation, accuracy }: HistoryEntry, best: boolean): void {
    const epoch = step / this.begin.assembly.training.batchesPerEpoch;
    this.progress.evaluation({
      epoch,
      epochs: this.begin.plan.steps / this.begin.assembly.training.batchesPerEpoch,
      training,
      ...(validation !== undefined && { validation, ...this.quality(validation, accuracy), best }),
    });
  }

  end(reason: EndReason, step: number): number {
    this.close();
    const { plan, folder, assembly } = this.begin;
    const { learningRate, clipNorm, patience } = assembly.recipe;
    if (reason === "patience")
      terminal.note(`stopped at step ${step} of ${plan.steps}: ${patience} evaluations without a better one`);
    if (reason === "diverged") {
      terminal.fail(
        `the loss is no longer a number after step ${step}: the best weights so far are kept; train anew with a lower --learning-rate (now ${learningRate}) or --clip-norm (now ${clipNorm})`,
      );
    }
    if (reason === "interrupted")
      terminal.note(`stopped at step ${step} of ${plan.steps}; to go on: rnn train --resume ${folder}`);
    return exitCodes[reason];
  }

  async result({ folder, result }: Extract<RunEvent, { type: "result" }>): Promise<void> {
    if (result) {
      terminal.note(
        `\n${result.part}: ${result.targets.toLocaleString("en")} ${this.unit} that it has not learned from`,
      );
      terminal.note(formatTable(scoreTable(result)).trimEnd());
    } else terminal.note("not scored: nothing was kept back to judge by");
    await terminal.write(`${folder}\n`);
  }

  close(): void {
    this.progress.close();
  }

  private quality(loss: number, accuracy?: number) {
    if (this.begin.assembly.prepared.task === "generator") return { perplexity: perplexity(loss) };
    return accuracy === undefined ? {} : { accuracy };
  }
}

/** How much of the live loss the newest batch is. */
const smoothing = 0.05;

const isByWord = ({ task }: Prepared): boolean => task === "generator" || task === "tagger";

function unitOf(prepared: Prepared): string {
  if (prepared.inputs === "numbers") return "sequences";
  return isByWord(prepared) ? units[prepared.tokenizer.kind] : "documents";
}

const units = { characters: "characters", words: "words", spaces: "words", subwords: "subwords" };

const exitCodes: Record<EndReason, number> = { finished: 0, patience: 0, diverged: 1, interrupted: 130 };

function* introduction({ folder, assembly, plan, resumed }: Begin, unit: string): Generator<string> {
  const { prepared, network, training, corpus, backend } = assembly;
  const { counts } = prepared;
  const count = (part: "training" | "validation" | "test"): string =>
    (isByWord(prepared) ? counts[part].tokens : counts[part].documents).toLocaleString("en");
  yield `corpus    ${corpus.name}: ${count("training")} ${unit} to learn from, ${count("validation")} to steer by, ${count("test")} to judge by`;
  if (prepared.inputs === "tokens") {
    const unknown = counts.validation.unknown / Math.max(1, counts.validation.tokens);
    const known = prepared.tokenizer.vocabulary.length.toLocaleString("en");
    yield `tokens    ${prepared.tokenizer.kind}, ${known} in the vocabulary${unknown > 0 ? `, ${percent(unknown, 2)} of validation unknown` : ""}`;
  } else yield `rows      ${prepared.scaling.length} numbers each, scaled by the training part's mean and deviation`;
  if (prepared.task === "regressor") {
    const { mean, deviation } = prepared.target;
    yield `labels    numbers, ${decimal(mean)} ± ${decimal(deviation)}: one is predicted for each of the ${unit}; --task classifier takes them for classes`;
  }
  yield `network   ${describeNetwork(network.spec)}: ${compact(network.parameters)} parameters`;
  const epochs = plan.steps / training.batchesPerEpoch;
  yield `training  ${plan.steps.toLocaleString("en")} steps, ${epochs.toFixed(1)} epochs, on ${describeBackend(backend)}`;
  yield `into      ${folder}${resumed ? `, from step ${assembly.trainer.steps}` : ""}`;
}

function describeBackend({ name, threads, instructionSet }: Backend): string {
  if (name === "cpu") return "cpu, TensorFlow.js's own JavaScript, which is slow: `rnn doctor` says what else there is";
  return [name, instructionSet, `${threads} ${threads === 1 ? "thread" : "threads"}`]
    .filter((part) => part !== null)
    .join(", ");
}
