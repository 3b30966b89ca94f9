/** @file The corpora of a run: the one that was named, and files of their own for validation and test. */
import { UsageError, UserError } from "../common/errors.js";
import type { Recipe } from "../options/recipe.js";
import { openAs, type StandardInput } from "../corpus/corpus.js";
import type { Corpus } from "../corpus/document.js";
import type { Sources } from "./prepare.js";
import type { Shares } from "./split.js";

/** @throws UserError for what cannot be read, UsageError for shares that leave nothing to learn from */
export async function openSources(
  path: string,
  recipe: Recipe,
  standardInput?: StandardInput,
): Promise<Sources & { training: Corpus }> {
  sharesOf(recipe);
  const training = await openAs(path, recipe, standardInput);
  const extra = async (name: "validation" | "test") =>
    shareOf(recipe[name]) === null
      ? { [name]: await openAs(recipe[name], { ...recipe, labelsFile: recipe[`${name}Labels`] }) }
      : {};
  return { training, ...(await extra("validation")), ...(await extra("test")) };
}

/** A number is a share; anything else names a file. @throws UsageError for a number that is no share */
function shareOf(value: string): number | null {
  const share = Number(value);
  if (value.trim() === "" || Number.isNaN(share)) return null;
  if (share >= 0 && share < 1) return share;
  throw new UsageError(`expected a share from 0 to below 1, or a file, got ${value}`);
}

/** Of the training corpus; 0 for a part that is a file of its own. @throws UsageError for shares that leave nothing to learn from */
export function sharesOf({ validation, test }: Pick<Recipe, "validation" | "test">): Shares {
  const shares = { validation: shareOf(validation) ?? 0, test: shareOf(test) ?? 0 };
  if (shares.validation + shares.test < 1) return shares;
  throw new UsageError(
    `--validation ${validation} and --test ${test} leave nothing to learn from: together they must be below 1`,
  );
}

/** What a checkpoint keeps to know the files of their own again. */
export const digestsOf = ({ validation, test }: Sources): { validation?: string; test?: string } => ({
  ...(validation && { validation: validation.digest }),
  ...(test && { test: test.digest }),
});

/** @throws UserError where a corpus is not the one that the checkpoint was trained on */
export function checkDigest(corpus: Corpus | undefined, digest: unknown): void {
  if (corpus === undefined || corpus.digest === digest) return;
  throw new UserError(
    `${corpus.name} is not the text that this checkpoint was trained on (SHA-256 ${corpus.digest.slice(0, 12)}…, expected ${String(digest).slice(0, 12)}…): put the old one back, or train anew`,
  );
}
