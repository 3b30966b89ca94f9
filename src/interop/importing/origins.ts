/** @file Where what a file does not say is found: in a checkpoint, or in a vocabulary. */
import { UsageError } from "../../common/errors.js";
import type { Origin, OriginOptions } from "./origin.js";

/** @throws UsageError where neither a checkpoint nor a vocabulary is given, or both */
export async function originOf(options: OriginOptions): Promise<Origin> {
  const { like, vocabulary } = options;
  if (like !== undefined && vocabulary !== undefined)
    throw new UsageError("--like and --vocabulary each say which tokens are read: give one of them");
  if (like !== undefined) return (await import("./originLike.js")).originLike(like, options);
  if (vocabulary !== undefined) return (await import("./originVocabulary.js")).originVocabulary(vocabulary, options);
  throw new UsageError(
    "weights do not say which tokens they are for: name a checkpoint of the same tokens with --like, or a JSON file of them with --vocabulary",
  );
}
