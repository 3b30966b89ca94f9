/** @file A search for good options by successive halving (Jamieson & Talwalkar 2016): many short runs, then fewer and longer runs of the best. */
import { UsageError } from "../../common/errors.js";
import type { InputKind, Task } from "../../common/names.js";
import { randomStream } from "../../common/random.js";
import { type CorpusPath, expandedPath } from "../../corpus/sources/corpusPath.js";
import { kebabCase } from "../../options/option.js";
import type { Recipe } from "../../options/recipe.js";
import type { JsonValue } from "../../common/json.js";
import { openExperiment } from "../experimentFolder.js";
import type { Given } from "../../training/assembly.js";
import { type HistoryEntry, isBetter } from "../../training/runProgress.js";
import { type RunOptions, train } from "../../training/run.js";
import { type Setting, settingRecipe, drawSettings } from "./searchSpace.js";

/** One run with a setting. */
export type Try = {
  /** Empty: the defaults. */
  setting: Setting;
  /** From 0; each rung trains for three times as long as the one before. */
  rung: number;
  /** The length of the training. */
  seconds: number;
  task: Task;
  inputs: InputKind;
  /** The best evaluation. */
  best: HistoryEntry;
};

type FinishedTry = Pick<Try, "task" | "inputs" | "best">;

export type TuneOptions = Omit<Given, "given"> & {
  given: Partial<Recipe>;
  /** Seconds for all runs together. */
  seconds: number;
  /** The number of settings in the first rung, including the defaults. */
  tries: number;
  stop: AbortSignal;
};

/** A rung: runs of the same length. `runs` is their expected number; the defaults may be one more. */
export type Rung = { runs: number; seconds: number };

export type TuneEvent =
  | { type: "plan"; rungs: readonly Rung[] }
  /** `fraction` of the steps of run number `index`, from 0, of `runs` in the rung. */
  | { type: "progress"; rung: number; index: number; runs: number; fraction: number }
  | { type: "try"; done: Try };

/** A rung keeps a third of its settings for the next rung, which takes as much time in all. */
const reduction = 3;

/** The number of settings in each rung, as in 9, 3, 1. */
function settingCounts(tries: number): number[] {
  const counts = [tries];
  while (counts.at(-1)! > 1) counts.push(Math.ceil(counts.at(-1)! / reduction));
  return counts;
}

/** The tries of `tuneEvents`. */
export async function* tune(corpus: CorpusPath, options: TuneOptions): AsyncGenerator<Try> {
  for await (const event of tuneEvents(corpus, options)) if (event.type === "try") yield event.done;
}

/**
 * Trains with one setting after the other on the same split and evaluates them on the validation part; the test part is not used.
 * The defaults are tried on every rung, so that the last rung shows the gain. An abort ends the search early.
 * @throws UsageError for a corpus on standard input, or without a validation part
 */
export async function* tuneEvents(
  path: CorpusPath,
  { given, seconds, tries, ...options }: TuneOptions,
): AsyncGenerator<TuneEvent> {
  const corpus = await expandedPath(path);
  if (corpus === "-")
    throw new UsageError("could not tune on standard input, because each try reads the corpus again; name a file");
  const { task = null, backend = null, threads = null } = options;
  const all = { given, seconds, tries, task, backend, threads } as unknown as JsonValue;
  const folder = await openExperiment("tune", corpus, all);
  const counts = settingCounts(tries);
  const rungs = counts.map((count, rung): Rung => {
    const runs = Math.max(count, rung > 0 ? 2 : 1); // at least the best and the defaults
    return { runs, seconds: seconds / counts.length / runs };
  });
  yield { type: "plan", rungs };
  try {
    let settings: Setting[] = [{}]; // the defaults come first; their run also shows the kind of inputs
    for (const [rung, { seconds: length, runs }] of rungs.entries()) {
      const done: Try[] = [];
      for (let index = 0; index < settings.length; index++) {
        const recipe = { ...given, ...settingRecipe(settings[index]!), for: length };
        const position = { rung, index, runs: Math.max(runs, settings.length) };
        const name = `${rung}-${index}`;
        let found = await folder.finished<FinishedTry>(name);
        if (found === null) {
          found = yield* oneTry(corpus, { ...options, given: recipe, out: await folder.begin(name) }, position);
          if (found === null) return;
          await folder.finish(name, found);
        }
        const last = { ...found, setting: settings[index]!, rung, seconds: length };
        done.push(last);
        yield { type: "try", done: last };
        if (rung === 0 && index === 0) settings = [{}, ...firstSettings(found.inputs, counts[0]! - 1)];
      }
      const next = ranked(done).slice(0, counts[rung + 1] ?? 0);
      settings =
        next.some(({ setting }) => isDefault(setting)) || rung + 1 === rungs.length
          ? settingsOf(next)
          : [...settingsOf(next), {}];
    }
  } finally {
    await folder.close();
  }

  function firstSettings(inputs: InputKind, count: number): Setting[] {
    const fixed = new Set(Object.keys(given).map(kebabCase));
    return drawSettings(count, fixed, inputs, randomStream(given.seed ?? 1, "tune"));
  }
}

const settingsOf = (tries: readonly Try[]): Setting[] => tries.map(({ setting }) => setting);

const isDefault = (setting: Setting): boolean => Object.keys(setting).length === 0;

/** Best first. */
const ranked = (tries: readonly Try[]): Try[] =>
  tries.toSorted((left, right) => (left.best === right.best ? 0 : isBetter(left.best, right.best) ? -1 : 1));

export type TuningSummary = {
  /** The longest tries first; tries of the same length by their result, best first. */
  tries: Try[];
  /** The best of the longest tries. */
  winner: Try;
  /** The defaults, trained for as long as the winner. */
  defaults: Try | undefined;
};

/** @param tries at least one */
export function tuningSummary(tries: readonly Try[]): TuningSummary {
  const rungs = [...new Set(tries.map(({ rung }) => rung))].toSorted((left, right) => right - left);
  const sorted = rungs.flatMap((rung) => ranked(tries.filter((one) => one.rung === rung)));
  const [winner] = ranked(tries.filter(({ rung }) => rung === tries.at(-1)!.rung));
  const defaults = tries.find(({ setting, rung }) => isDefault(setting) && rung === winner!.rung);
  return { tries: sorted, winner: winner!, defaults };
}

/** @returns null if it was interrupted */
async function* oneTry(
  corpus: CorpusPath,
  options: RunOptions,
  position: { rung: number; index: number; runs: number },
): AsyncGenerator<TuneEvent, FinishedTry | null> {
  let kind: Pick<Try, "task" | "inputs"> | null = null;
  let best: HistoryEntry | undefined;
  let steps = 1;
  yield { type: "progress", ...position, fraction: 0 };
  for await (const event of train(corpus, { ...options, networkAlone: true })) {
    if (event.type === "begin" || event.type === "plan") ({ steps } = event.plan);
    if (event.type === "begin") {
      kind = { task: event.task, inputs: event.tokenizer ? "tokens" : "numbers" };
    } else if (event.type === "step") yield { type: "progress", ...position, fraction: event.step / steps };
    else if (event.type === "evaluation") {
      if (isBetter(event.entry, best)) best = event.entry;
    } else if (event.type === "end") {
      if (event.reason === "interrupted") return null;
      break; // without the evaluation on the test part
    }
  }
  if (kind === null || best?.validation === undefined)
    throw new UsageError("could not tune without a validation part; use --validation with a fraction above 0");
  return { ...kind, best };
}
