/** @file The limit on copied runs for a model: by its corpus, or by the digest in its checkpoint. */
import { messageOf, UserError } from "../../common/errors.js";
import type { CopyFilter } from "../../copying/copyFilter.js";
import { type CopyUnits, copyUnitsOf } from "../../copying/copyUnits.js";
import type { TextModel } from "../../model/model.js";
import { filterOf, lengthOfWords } from "../../model/textDigest.js";
import { samplingOptions } from "../../options/samplingOptions.js";
import type { TextConstraint } from "../generation/constraint.js";
import { checked } from "../generation/samplerChoice.js";
import { novelText } from "../generation/novelText.js";
import { readGeneratorText } from "./generatorText.js";

/**
 * What keeps the texts of a model from copying.
 * @param words the longest run of its training text that a text may have, from 1; of characters 5 times as many
 * @throws UserError for words out of range, and if the corpus cannot be read, or was changed, and the checkpoint has no digest of it, or one of longer runs
 */
export async function novelty(model: TextModel, words: number): Promise<(prompt: readonly number[]) => TextConstraint> {
  checked("novel", samplingOptions.novel, words);
  const units = copyUnitsOf(model.tokenizer);
  const longest = lengthOfWords(units, words);
  const filter = await filterFor(model, units, longest);
  return (prompt) => novelText(filter, units, { longest, prompt });
}

async function filterFor(model: TextModel, units: CopyUnits, longest: number): Promise<CopyFilter> {
  const { digest, folder } = model;
  try {
    const text = await readGeneratorText(model);
    try {
      return filterOf(text.training, units, longest + 1);
    } finally {
      text.dispose();
    }
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    if (!digest)
      throw new UserError(
        `--novel needs the training text of ${folder}, or a digest of it (\`rnn train --digest\`): ${messageOf(error)}`,
        { cause: error },
      );
    const { length } = digest.filter;
    if (length > longest + 1)
      throw new UserError(
        `the digest of ${folder} has runs of ${length} ${units.name}; use --novel ${Math.ceil((length - 1) / lengthOfWords(units, 1))} or more: ${messageOf(error)}`,
        { cause: error },
      );
    return digest.filter;
  }
}
