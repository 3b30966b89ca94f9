/** @file A search for good options by successive halving (Jamieson & Talwalkar 2016): many short runs, fewer and longer ones of the best. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UsageError } from "../../common/errors.js";
import type { InputKind, Task } from "../../common/names.js";
import { randomStream } from "../../common/random.js";
import type { Recipe } from "../../options/recipe.js";
import type { Given } from "../../training/assembly.js";
import { type HistoryEntry, isBetter } from "../../training/runProgress.js";
import { type RunOptions, train } from "../../training/run.js";
import { type Setting, settingRecipe, someSettings } from "./searchSpace.js";

/** One run with a setting. */
export type Try = {
  /** Nothing in it: the defaults. */
  setting: Setting;
  /** From 0; each rung trains three times as long as the one before. */
  rung: number;
  /** Seconds that it was given. */
  seconds: number;
  task: Task;
  inputs: InputKind;
  /** The best that validation said. */
  best: HistoryEntry;
};

export type TuneOptions = Omit<Given, "given"> & {
  given: Partial<Recipe>;
  /** Of all runs together. */
  seconds: number;
  /** Settings in the first rung, the defaults among them. */
  tries: number;
  stop: AbortSignal;
};

/** A rung keeps a third of its settings for the next, which has as much time for them as it had. */
const reduction = 3;

/** How many settings each rung has: 9, 3, 1. */
function rungsOf(tries: number): number[] {
  const rungs = [tries];
  while (rungs.at(-1)! > 1) rungs.push(Math.ceil(rungs.at(-1)! / reduction));
  return rungs;
}

/**
 * Trains one setting after the other on the same split and tells what validation said of each; nothing looks at the test part.
 * The defaults are tried on every rung, so that the last one says what the search was worth. Ends early where it is stopped.
 * @throws UsageError for a corpus on standard input, or where nothing is kept back to validate by
 */
export async function* tune(corpus: string, { given, seconds, tries, ...options }: TuneOptions): AsyncGenerator<Try> {
  if (corpus === "-") throw new UsageError("each try reads the corpus anew: give a file instead of standard input");
  const folder = await mkdtemp(join(tmpdir(), "rnn-tune-"));
  const rungs = rungsOf(tries);
  try {
    let settings: Setting[] = [{}]; // the first try is the defaults, which also tells what the corpus holds
    for (const [rung, count] of rungs.entries()) {
      const runs = Math.max(count, rung > 0 ? 2 : 1); // the best and the defaults at least
      const share = seconds / rungs.length / runs;
      const done: Try[] = [];
      for (let index = 0; index < settings.length; index++) {
        const own = { ...given, ...settingRecipe(settings[index]!), for: share };
        const found = await tryOut(corpus, { ...options, given: own, out: join(folder, `${rung}-${index}`) });
        if (found === null) return;
        done.push({ ...found, setting: settings[index]!, rung, seconds: share });
        yield done.at(-1)!;
        if (rung === 0 && index === 0) settings = [{}, ...firstSettings(found.inputs, count - 1)];
      }
      const next = ranked(done).slice(0, rungs[rung + 1] ?? 0);
      settings =
        next.some(({ setting }) => isDefault(setting)) || rung + 1 === rungs.length
          ? settingsOf(next)
          : [...settingsOf(next), {}];
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }

  function firstSettings(inputs: InputKind, count: number): Setting[] {
    const fixed = new Set(
      Object.keys(given).map((name) => name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)),
    );
    return someSettings(count, fixed, inputs, randomStream(given.seed ?? 1, "tune"));
  }
}

const settingsOf = (tries: readonly Try[]): Setting[] => tries.map(({ setting }) => setting);

export const isDefault = (setting: Setting): boolean => Object.keys(setting).length === 0;

/** Best first. */
export const ranked = (tries: readonly Try[]): Try[] =>
  tries.toSorted((left, right) => (left.best === right.best ? 0 : isBetter(left.best, right.best) ? -1 : 1));

/** The best of the longest runs. @param tries at least one */
export const winnerOf = (tries: readonly Try[]): Try =>
  ranked(tries.filter(({ rung }) => rung === tries.at(-1)!.rung))[0]!;

/** Null where it was stopped on the way. */
async function tryOut(corpus: string, options: RunOptions): Promise<Pick<Try, "task" | "inputs" | "best"> | null> {
  let kind: Pick<Try, "task" | "inputs"> | null = null;
  let best: HistoryEntry | undefined;
  for await (const event of train(corpus, options)) {
    if (event.type === "begin") {
      const { task, inputs } = event.assembly.prepared;
      kind = { task, inputs };
    } else if (event.type === "evaluation") {
      if (isBetter(event.entry, best)) best = event.entry;
    } else if (event.type === "end") {
      if (event.reason === "interrupted") return null;
      break; // the test part is nobody's business here
    }
  }
  if (kind === null || best?.validation === undefined)
    throw new UsageError("nothing is kept back to tell settings apart by: give --validation a share above 0");
  return { ...kind, best };
}
