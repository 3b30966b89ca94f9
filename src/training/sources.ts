/** @file The corpora of a run: the one that was named, and files of their own for validation and test. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { JsonObject } from "../checkpoint/checkpoint.js";
import { UsageError, UserError } from "../errors.js";
import type { Shares } from "../examples/split.js";
import type { Sources } from "../examples/prepare.js";
import { openCorpus } from "../text/corpus.js";
import type { Corpus } from "../text/document.js";
import type { CorpusOptions } from "../options.js";
import type { Recipe } from "./recipe.js";

/** Where the bytes of `-` come from. */
export type StandardInput = () => AsyncIterable<Uint8Array>;

/** A corpus as the options of a command say. */
export const openAs = (path: string, options: CorpusOptions, standardInput?: StandardInput): Promise<Corpus> =>
  openCorpus(path, {
    encoding: options.encoding,
    ...(options.noHeader && { header: false }),
    ...(options.inputFormat && { format: options.inputFormat }),
    ...(options.documents && { documents: options.documents }),
    ...(options.textColumn && { textColumn: options.textColumn }),
    ...(options.labelColumn && { labelColumn: options.labelColumn }),
    ...(standardInput && { standardInput: standardInput() }),
  });

const packageFolder = fileURLToPath(new URL("../..", import.meta.url));

/**
 * Where the corpus is that a checkpoint names: here, or with the package for the bundled checkpoints.
 * @throws UserError for standard input, which comes but once
 */
export function keptCorpus(name: string): string {
  if (name === "-") throw new UserError("it was trained on standard input, which is gone: name a file");
  const withPackage = join(packageFolder, name);
  return !existsSync(name) && existsSync(withPackage) ? withPackage : name;
}

/** @throws UserError for what cannot be read, UsageError for shares that leave nothing to learn from */
export async function openSources(
  path: string,
  recipe: Recipe,
  standardInput?: StandardInput,
): Promise<Sources & { training: Corpus }> {
  sharesOf(recipe);
  const training = await openAs(path, recipe, standardInput);
  const extra = async (name: "validation" | "test") =>
    shareOf(recipe[name]) === null ? { [name]: await openAs(recipe[name], recipe) } : {};
  return { training, ...(await extra("validation")), ...(await extra("test")) };
}

/** A share is a number below 1; anything else names a file. */
function shareOf(value: string): number | null {
  const share = Number(value);
  return value.trim() !== "" && share >= 0 && share < 1 ? share : null;
}

/** @throws UsageError for shares that leave nothing to learn from */
export function sharesOf({ validation, test }: Pick<Recipe, "validation" | "test">): Shares {
  const shares = { validation: shareOf(validation) ?? 0, test: shareOf(test) ?? 0 };
  if (shares.validation + shares.test < 1) return shares;
  throw new UsageError(
    `--validation ${validation} and --test ${test} leave nothing to learn from: together they must be below 1`,
  );
}

/** What a checkpoint keeps to know the corpora again. */
export const digestsOf = ({ validation, test }: Sources): JsonObject => ({
  validation: validation?.digest,
  test: test?.digest,
});

/** @throws UserError where a corpus is not the one that the checkpoint was trained on */
export function checkDigest(corpus: Corpus | undefined, digest: unknown): void {
  if (corpus === undefined || corpus.digest === digest) return;
  throw new UserError(
    `${corpus.name} is not the text that this checkpoint was trained on (SHA-256 ${corpus.digest.slice(0, 12)}…, expected ${String(digest).slice(0, 12)}…): put the old one back, or train anew`,
  );
}
