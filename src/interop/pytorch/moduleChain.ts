/** @file What a file holds without saying in which order, in the order in which one reads what another gives. */

/** Numbers that it reads, and numbers that it gives. */
export type Link = { reads: number; gives: number };

/**
 * Of links in the order of their names, the first that reads what is there, again and again.
 * @param width what the first one is to read
 * @returns links that follow one another, the width that the last one gives, and those that have no place
 */
export function chained<L extends Link>(links: readonly L[], width: number): { chain: L[]; width: number; left: L[] } {
  const left = [...links];
  const chain: L[] = [];
  for (;;) {
    const next = left.findIndex(({ reads }) => reads === width);
    if (next === -1) return { chain, width, left };
    const [link] = left.splice(next, 1) as [L];
    chain.push(link);
    width = link.gives;
  }
}
