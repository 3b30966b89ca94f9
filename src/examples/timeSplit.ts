/** @file Splits documents in time: the oldest are the training part, the newest the test part. */
import { UserError } from "../common/errors.js";
import type { Grouping } from "./grouping.js";
import type { Assignment, SplitFractions } from "./split.js";

/** The earliest time in the validation and in the test part; Infinity for an empty part. */
export type TimeCuts = { validation: number; test: number };

/**
 * The cuts nearest to the fractions that have all documents of the same time on one side.
 * @throws UserError for fewer different times than parts
 */
export function timeCuts(name: string, times: Float64Array, fractions: SplitFractions): TimeCuts {
  const sorted = times.toSorted();
  const cuts: TimeCuts = { validation: Infinity, test: Infinity };
  let end = sorted.length;
  for (const part of ["test", "validation"] as const) {
    const wanted = Math.round(sorted.length * fractions[part]);
    if (wanted === 0) continue;
    end = nearestChange(sorted.subarray(0, end), end - wanted) ?? refuse(name, sorted);
    cuts[part] = sorted[end]!;
  }
  return cuts;
}

function refuse(name: string, sorted: Float64Array): never {
  const different = sorted.reduce(
    (count, time, index) => (index > 0 && time === sorted[index - 1] ? count : count + 1),
    0,
  );
  throw new UserError(
    `${name}: --time-column has ${different} different ${different === 1 ? "time" : "times"}, too few for a training, a validation and a test part; use --validation 0 or --test 0, or another column`,
  );
}

/** The index nearest to the wanted one, above 0, whose number differs from the one before; undefined if all are equal. */
function nearestChange(sorted: Float64Array, wanted: number): number | undefined {
  const changes = (index: number): boolean => index > 0 && index < sorted.length && sorted[index] !== sorted[index - 1];
  for (let distance = 0; distance < sorted.length; distance++) {
    const found = [wanted - distance, wanted + distance].find(changes);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The time of the newest of the documents that belong together, for each document. */
export function newestTimes(times: Float64Array, { groupOf, sizes }: Grouping): Float64Array {
  const newest = new Float64Array(sizes.length).fill(-Infinity);
  for (const [document, time] of times.entries()) {
    const group = groupOf[document]!;
    newest[group] = Math.max(newest[group]!, time);
  }
  return times.map((_, document) => newest[groupOf[document]!]!);
}

/** @throws UserError for fewer different times than parts */
export function partsInTime(name: string, times: Float64Array, fractions: SplitFractions): Assignment {
  const cuts = timeCuts(name, times, fractions);
  return (document) => {
    const time = times[document]!;
    return time >= cuts.test ? "test" : time >= cuts.validation ? "validation" : "training";
  };
}
