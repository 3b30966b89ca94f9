/** @file Which tokens stay in the draw: each filter keeps the likeliest by a rule of its own. */

/** The tokens still in the draw: the first `count` of `ids`, in no order; `weights` [vocabulary] are proportional to probabilities. */
export type Candidates = { ids: Int32Array; count: number; weights: Float64Array };

export type Filter = {
  /** The values that make sense, in words for a message. */
  range: string;
  accepts: (value: number) => boolean;
  /** Moves the ids that stay to the front, at least one, and returns how many they are. */
  keep: (candidates: Candidates, value: number) => number;
};

/** In the order in which they apply. */
export const filterNames = ["topK", "topP", "minP"] as const;
export type FilterName = (typeof filterNames)[number];

/** Of tokens that are equally likely, the lower ids stay. */
export const filters = {
  topK: {
    range: "a whole number from 1",
    accepts: (k) => Number.isInteger(k) && k >= 1,
    keep: (candidates, k) => keepLikeliest(candidates, k, () => 1),
  },

  /** Nucleus sampling, Holtzman et al. 2020: the fewest tokens whose probabilities reach p. */
  topP: {
    range: "a number above 0 and up to 1",
    accepts: (p) => p > 0 && p <= 1,
    keep: (candidates, p) => {
      const { ids, count, weights } = candidates;
      if (p === 1) return count;
      let total = 0;
      for (let place = 0; place < count; place++) total += weights[ids[place]!]!;
      return keepLikeliest(candidates, p * total, (id) => weights[id]!);
    },
  },

  /** Min-p sampling, Nguyen et al. 2024: the tokens at least p times as likely as the likeliest. */
  minP: {
    range: "a number from 0 to 1",
    accepts: (p) => p >= 0 && p <= 1,
    keep: ({ ids, count, weights }, p) => {
      let largest = 0;
      for (let place = 0; place < count; place++) largest = Math.max(largest, weights[ids[place]!]!);
      let kept = 0;
      for (let place = 0; place < count; place++) {
        if (weights[ids[place]!]! >= p * largest) swap(ids, place, kept++);
      }
      return kept;
    },
  },
} satisfies Record<FilterName, Filter>;

/**
 * Keeps the fewest likeliest tokens whose measures sum to the goal, all if they do not reach it: quickselect (Hoare 1961)
 * by sum instead of by place, so that no filter sorts a vocabulary.
 * @param goal above 0
 */
function keepLikeliest({ ids, count, weights }: Candidates, goal: number, measure: (id: number) => number): number {
  let low = 0;
  let high = count - 1;
  let reached = 0;
  while (low <= high) {
    swap(ids, (low + high) >> 1, high);
    const pivot = ids[high]!;
    const pivotWeight = weights[pivot]!;
    let middle = low;
    let before = 0;
    for (let place = low; place < high; place++) {
      const id = ids[place]!;
      const weight = weights[id]!;
      if (weight > pivotWeight || (weight === pivotWeight && id < pivot)) {
        before += measure(id);
        swap(ids, place, middle++);
      }
    }
    swap(ids, middle, high);
    if (reached + before >= goal) {
      high = middle - 1;
    } else {
      reached += before + measure(pivot);
      low = middle + 1;
      if (reached >= goal) break;
    }
  }
  return low;
}

function swap(ids: Int32Array, one: number, other: number): void {
  const kept = ids[one]!;
  ids[one] = ids[other]!;
  ids[other] = kept;
}
