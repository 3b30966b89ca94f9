/** @file Keeps a text from copying: no run of more than N words, or 5 N characters, of the training text. */
import type { CopyFilter } from "../../copying/copyFilter.js";
import type { CopyUnits } from "../../copying/copyUnits.js";
import { RunHash } from "../../copying/runHash.js";
import type { TextConstraint } from "./constraint.js";

/**
 * A run of L words has L − K + 1 runs of K words one after the other. So a text whose runs of the filter's length K are in the training text at most N − K + 1 times in
 * a row has no copied run of more than N words.
 * @param longest the longest run that may be copied, N, in words or characters; at least K − 1
 * @param prompt its tokens; a run may begin there
 */
export function novelText(
  filter: CopyFilter,
  units: CopyUnits,
  { longest, prompt }: { longest: number; prompt: readonly number[] },
): TextConstraint {
  const limit = longest - filter.length + 1;
  const { isCounted, ofToken } = units;
  const [current, tried] = [new RunHash(filter.length, isCounted), new RunHash(filter.length, isCounted)];
  /** The words or characters at the end of the text that each end a run of the filter. */
  let copied = 0;
  /** Reads a token. last: `copied` after it; most: during it. */
  const read = (hash: RunHash, token: number): { last: number; most: number } => {
    const own = ofToken[token]!;
    let [last, most] = [copied, 0];
    for (let index = 0; index < own.length; index++) {
      const unit = own[index]!;
      hash.push(unit);
      if (!isCounted(unit)) continue;
      last = hash.isFull && filter.has(hash) ? last + 1 : 0;
      most = Math.max(most, last);
    }
    return { last, most };
  };
  const accept = (token: number): void => {
    copied = read(current, token).last;
  };
  for (const token of prompt) accept(token);
  copied = Math.min(copied, limit); // a prompt may be a copy
  const isNovel = (token: number): boolean => {
    tried.assign(current);
    return read(tried, token).most <= limit;
  };
  const counted = Array.from(ofToken.keys()).filter((token) => Array.from(ofToken[token]!).some(isCounted));
  return {
    // Spaces change nothing: where no word may follow, they would go on forever.
    allows: (token) => (ofToken[token]!.length > 0 ? isNovel(token) : counted.some(isNovel)),
    accept,
  };
}
