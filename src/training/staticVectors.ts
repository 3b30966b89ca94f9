/** @file Word vectors of another program as the initial rows of an embedding (--vectors). */
import { quantity } from "../common/quantity.js";
import { UsageError, UserError } from "../common/errors.js";
import { openVectorFile, readVectors, type VectorFile } from "../corpus/vectorFile.js";
import { layerName, Network } from "../network/network.js";
import type { Spec } from "../network/spec.js";
import type { Recipe } from "../options/recipe.js";
import type { Tokenizer } from "../tokenizers/index.js";
import { specialTokens } from "../tokenizers/specialTokens.js";

/** found: the words of the vocabulary that the file has, of all its words; width: numbers of a vector. */
export type FoundVectors = { file: string; found: number; words: number; width: number };

/**
 * Opens the file of --vectors and sets --embedding to its width.
 * @throws UserError for a file that has no vectors, UsageError for another --embedding
 */
export async function openVectors(given: Partial<Recipe>): Promise<{ file?: VectorFile; given: Partial<Recipe> }> {
  const { vectors, embedding } = given;
  if (vectors === undefined) return { given };
  const file = await openVectorFile(vectors);
  const { width } = file;
  if (embedding !== undefined && embedding !== width) {
    throw new UsageError(
      `--embedding ${embedding} contradicts --vectors ${vectors}, whose vectors have ${quantity(width, "numbers")}; remove --embedding`,
    );
  }
  return { file, given: { ...given, embedding: width } };
}

/** The name of the embedding's table. */
export const embeddingName = ({ layers }: Spec): string => `${layerName(layers[0]!, 0)}/table`;

/**
 * A network whose embedding has the vectors of the words that the file has; a word that is only there in lowercase takes that vector. The initial vectors of other
 * words are scaled to the same standard deviation (Kim 2014).
 * @param network is disposed of
 * @throws UserError for a damaged file, and for one without a word of the vocabulary
 */
export async function withVectors(
  network: Network,
  { vocabulary }: Tokenizer,
  file: VectorFile,
): Promise<{ network: Network; found: FoundVectors }> {
  const { spec } = network;
  const weights = network.values();
  network.dispose();
  const { values: table } = weights.get(embeddingName(spec))!;
  const { width, path } = file;
  const initial = table.slice();
  const rows = new RowsOfWords(vocabulary);
  for await (const { word, vector } of readVectors(file, (wanted) => rows.isWanted(wanted))) {
    for (const row of rows.take(word)) table.set(vector, row * width);
  }
  const words = vocabulary.length - specialTokens.length;
  const found = rows.found.size;
  if (found === 0) {
    throw new UserError(
      `${path} has none of the ${quantity(words, "words")} of the vocabulary; name a file of vectors of this language`,
    );
  }
  const everyRow = [...vocabulary.keys()];
  const factor = deviationOf(table, width, rows.found) / deviationOf(initial, width, everyRow);
  for (const row of everyRow.filter((one) => !rows.found.has(one)))
    for (let at = row * width; at < (row + 1) * width; at++) table[at]! *= factor;
  return { network: Network.from(spec, weights), found: { file: path, found, words, width } };
}

/** The rows of an embedding that a word of a file fills: its own one, and those of words that differ in case and are not in the file so far. */
class RowsOfWords {
  /** Rows that have a vector. */
  readonly found = new Set<number>();
  private readonly exact = new Map<string, number>();
  private readonly lowercase = new Map<string, number[]>();
  private readonly taken = new Set<string>();

  constructor(vocabulary: readonly string[]) {
    for (let row = specialTokens.length; row < vocabulary.length; row++) {
      const word = vocabulary[row]!;
      this.exact.set(word, row);
      const lower = word.toLowerCase();
      if (lower !== word) this.lowercase.set(lower, [...(this.lowercase.get(lower) ?? []), row]);
    }
  }

  isWanted(word: string): boolean {
    return (this.exact.has(word) || this.lowercase.has(word)) && !this.taken.has(word);
  }

  /** The rows that get the vector of a word; the first vector of a word counts. */
  take(word: string): number[] {
    this.taken.add(word);
    const own = this.exact.get(word);
    const others = (this.lowercase.get(word) ?? []).filter((row) => !this.found.has(row));
    const rows = own === undefined ? others : [own, ...others];
    for (const row of rows) this.found.add(row);
    return rows;
  }
}

/** The standard deviation of the numbers in some rows of a table. */
function deviationOf(table: Float32Array, width: number, rows: Iterable<number>): number {
  let [count, sum, squares] = [0, 0, 0];
  for (const row of rows) {
    for (const value of table.subarray(row * width, (row + 1) * width)) {
      count++;
      sum += value;
      squares += value ** 2;
    }
  }
  return Math.sqrt(Math.max(0, squares / count - (sum / count) ** 2));
}
