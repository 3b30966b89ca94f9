/** @file Text files of word vectors: those of GloVe and word2vec, and fastText's .vec, gzipped or not. They are streamed, because they may have gigabytes. */
import { UserError } from "../common/errors.js";
import { eachLine } from "./eachLine.js";
import { fileSource } from "./sources/byteSource.js";
import { unpacked } from "./sources/namedSource.js";

export type VectorFile = {
  path: string;
  /** The numbers of a vector. */
  width: number;
  /** The number of vectors that the first line states; undefined without such a line. */
  count?: number;
};

const longestLine = { bytes: 2 ** 24, cut: false };
const linesOf = (path: string) => eachLine(unpacked(path, fileSource(path)), "utf-8", longestLine);

const fieldsOf = (line: string): string[] => line.trimEnd().split(/[ \t]/);
const isCount = (field: string): boolean => /^[1-9]\d*$/.test(field);

/** Reads the first line. @throws UserError for a file that cannot be read or has no vectors */
export async function openVectorFile(path: string): Promise<VectorFile> {
  for await (const line of linesOf(path)) {
    if (typeof line !== "string") throw damaged(path, 1, `${line.reason}; ${asText}`);
    const fields = fieldsOf(line);
    if (fields.length === 2 && fields.every(isCount)) {
      const [count, width] = fields.map(Number) as [number, number];
      return { path, width, count };
    }
    const width = fields.length - 1;
    if (width < 1) throw damaged(path, 1, `expected a word and its numbers, got ${shown(line)}`);
    numbersOf(path, 1, fields.slice(1));
    return { path, width };
  }
  throw new UserError(`${path} is empty; name a text file with a word and its numbers on each line`);
}

/**
 * The vectors of some words, in the order of the file; those of other words are not parsed.
 * @throws UserError for a line of such a word that is damaged, and for a file that ends early
 */
export async function* readVectors(
  { path, width, count }: VectorFile,
  isWanted: (word: string) => boolean,
): AsyncGenerator<{ word: string; vector: number[] }> {
  let number = 0;
  for await (const line of linesOf(path)) {
    number++;
    if (number === 1 && count !== undefined) continue;
    if (typeof line !== "string") {
      if (number === 2) throw damaged(path, number, `${line.reason}; ${asText}`);
      continue; // a word in another encoding
    }
    const end = line.search(/[ \t]/);
    const word = end === -1 ? line : line.slice(0, end);
    if (!isWanted(word)) continue;
    const fields = fieldsOf(line);
    if (fields.length > width + 1) continue; // a word with spaces
    if (fields.length < width + 1)
      throw damaged(path, number, `expected ${word} and ${width} numbers, got ${fields.length - 1}`);
    yield { word, vector: numbersOf(path, number, fields.slice(1)) };
  }
  const read = number - 1;
  if (count !== undefined && read < count)
    throw damaged(path, number, `the file ends after ${read} of the ${count} vectors that its first line states`);
}

function numbersOf(path: string, line: number, fields: readonly string[]): number[] {
  return fields.map((field) => {
    const value = field === "" ? Number.NaN : Number(field);
    if (Number.isFinite(value)) return value;
    throw damaged(path, line, `expected numbers after the word, got ${shown(field)}`);
  });
}

const asText =
  "a binary file must be text: in gensim, load_word2vec_format(path, binary=True).save_word2vec_format(other, binary=False)";

const shown = (text: string): string => JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);

const damaged = (path: string, line: number, problem: string): UserError =>
  new UserError(`${path}:${line}: ${problem}`);
