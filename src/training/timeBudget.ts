/** @file The time of --for: what of it is for training, and what for the scores at the end. */
import { baselinesOf } from "../baselines/index.js";
import type { ScoringTimes } from "../evaluation/result.js";
import { longestOf } from "../examples/documentChunks.js";
import { evaluationExamples } from "../examples/arrange.js";
import type { Assembly } from "./assembly.js";
import { secondsOfMixing, triesMix } from "./finalScores.js";
import type { MeasuredCost, Plan } from "./plan.js";

/** The scores at the end take at most these fractions of the time. */
const networkFraction = 0.08;
const baselineFraction = 0.07;
/** The same for the n-gram model of a mix. */
const mixFraction = 0.1;
/** The time for reading is part of the run's, but training has at least this fraction of it. */
export const leastTraining = 0.25;
/** They get at least this fraction each, even if the time is over. */
const leastScoring = 0.02;
/** More than was measured is reserved, since a large table of n-grams is slower than a small one, and a machine may become busier. */
const reserve = 1.3;
/** For saving the checkpoint and ending the process. */
const closingSeconds = 0.1;

/** Seconds that are kept for the scores of the network and for those of the baselines. */
export type ScoringCost = {
  network: number;
  baselines: number;
  /** For the n-gram model of a mix and its weight. */
  mix?: number;
  /** For the score on the corpus of the checkpoint that the run started from. */
  base?: number;
};

const mostScoring = (seconds: number, mixes: boolean): ScoringCost => ({
  network: networkFraction * seconds,
  baselines: baselineFraction * seconds,
  ...(mixes && { mix: mixFraction * seconds }),
});

/** What the scores at the end will take, at most their fractions of the time. The baselines are tried for a moment. @param seconds of the whole run */
export function scoringCost(assembly: Assembly, { batch }: MeasuredCost, seconds: number): ScoringCost {
  const { prepared, arrange, started: run } = assembly;
  const mixes = triesMix(assembly);
  const most = mostScoring(seconds, mixes);
  const parts = ["test", "validation"] as const;
  const part = parts.find((one) => evaluationExamples(prepared, one, arrange) !== null);
  const base = reserve * (run?.seconds ?? 0);
  if (part === undefined) return { network: 0, baselines: 0, base };
  const { batchesPerEpoch } = evaluationExamples(prepared, part, arrange)!;
  const started = performance.now();
  const until = started + 1000 * Math.min(0.5, seconds / 100);
  const isCut = baselinesOf(prepared, part, { longest: longestOf(arrange), until }).some(({ sample }) => sample);
  const tried = (performance.now() - started) / 1000;
  return {
    network: Math.min(most.network, reserve * batch * batchesPerEpoch),
    baselines: isCut ? most.baselines : Math.min(most.baselines, reserve * tried),
    ...(mixes && {
      mix: Math.min(most.mix!, reserve * (tried + secondsOfMixing(assembly, seconds / 200))),
    }),
    base,
  };
}

/** When the parts of a run end, in milliseconds of `performance.now`. */
export class TimeBudget {
  readonly trainingUntil: number;
  private readonly end: number;

  /**
   * @param seconds of the run, with reading
   * @param started when it began, in milliseconds of `performance.now`
   */
  constructor(
    private readonly seconds: number,
    started: number,
    private readonly scoring: ScoringCost,
  ) {
    const closing = 1000 * (this.planned + (scoring.base ?? 0) + closingSeconds);
    this.trainingUntil = Math.max(
      started + 1000 * seconds - closing,
      performance.now() + 1000 * leastTraining * seconds,
    );
    this.end = this.trainingUntil + closing;
  }

  /** Seconds for all but the corpus of the checkpoint that the run started from. */
  private get planned(): number {
    const { network, baselines, mix = 0 } = this.scoring;
    return network + baselines + mix;
  }

  /** The times for the scores, if they begin now. @param isHurried whether they get no time that training has left over */
  scoringTimes(isHurried: boolean): ScoringTimes {
    const { seconds, scoring } = this;
    const now = performance.now();
    const planned = now + 1000 * this.planned;
    const end = isHurried ? planned : this.end - 1000 * (closingSeconds + (scoring.base ?? 0));
    const network = Math.max(end - 1000 * scoring.baselines, now + 1000 * leastScoring * seconds);
    return { network, baselines: Math.max(end, network + 1000 * leastScoring * seconds) };
  }
}

/** The time for the scores of a run that goes on as planned, without a new --for: as much as the run had reserved at most. */
export function scoringBudget(run: Pick<Assembly, "prepared" | "recipe">): TimeBudget | undefined {
  const { for: seconds } = run.recipe;
  if (seconds === undefined) return undefined;
  return new TimeBudget(seconds, performance.now() - 1000 * seconds, mostScoring(seconds, triesMix(run)));
}

/** The fractions of the training time after which the number of steps is set anew by the speed so far. */
const looksAt = [1 / 8, 1 / 4, 1 / 2, 3 / 4, 7 / 8, 15 / 16];
/** A change of fewer steps than this fraction is not worth it. */
const leastChange = 0.02;

/** Keeps a run in its time: the speed of a machine changes, and the first steps do not tell that of all. */
export class Pace {
  private readonly started = performance.now();
  private looks = 0;

  /**
   * @param bounds from: the steps that are done already; most: no more are added
   * @param until when training ends, in milliseconds of `performance.now`
   * @param evaluation seconds of the last evaluation
   */
  constructor(
    private readonly bounds: { from: number; most?: number },
    private readonly until: number,
    private readonly evaluation: number,
  ) {}

  /** The plan after a step, which may have more or fewer steps than before. */
  after(step: number, plan: Plan): Plan {
    const now = performance.now();
    const until = this.until - 1000 * this.evaluation;
    if (step >= plan.steps) return plan;
    if (now >= until) return { ...plan, steps: step };
    const passed = (now - this.started) / (until - this.started);
    if (passed < (looksAt[this.looks] ?? Infinity)) return plan;
    while (passed >= (looksAt[this.looks] ?? Infinity)) this.looks++;
    const msOfStep = (now - this.started) / (step - this.bounds.from);
    const { most = Infinity } = this.bounds;
    const steps = Math.min(most, step + Math.max(1, Math.floor((until - now) / msOfStep)));
    return Math.abs(steps - plan.steps) < leastChange * plan.steps ? plan : { ...plan, steps };
  }
}
