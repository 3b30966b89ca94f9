/**
 * @file Long documents as consecutive chunks (--long-documents chunks). Training reads the start of a document; elsewhere its outputs are the means over its chunks,
 * which for logits is the mean of log-probabilities.
 */
import type { LongDocuments } from "../common/names.js";
import { numbersTo, sortLongestFirst } from "./arrangement.js";
import type { Batch, Examples } from "./batch.js";
import type { DocumentOptions } from "./documentExamples.js";
import { GrowingNumbers } from "./growingNumbers.js";
import type { Sequences, Spans } from "./sequences.js";

/** Of one document; the rest of a longer one is cut, so that memory is bounded. */
export const mostChunks = 64;

/** Those of a document that are read. @param longest steps of a chunk */
const stepsInChunks = (longest: number): number => mostChunks * longest;

const chunkCount = (length: number, longest: number): number =>
  Math.max(1, Math.ceil(Math.min(length, stepsInChunks(longest)) / longest));

/** The end of each chunk: as few chunks as hold the document, of equal lengths. @param longest steps of a chunk */
export function chunkEnds(length: number, longest: number): number[] {
  const read = Math.min(length, stepsInChunks(longest));
  const count = chunkCount(length, longest);
  return Array.from({ length: count }, (_, chunk) => Math.round(((chunk + 1) * read) / count));
}

/** Batches of all chunks of documents, the longest documents first. @param options.rows chunks of a batch, unless one document has more */
export function chunkExamples(
  documents: Sequences,
  { rows, longest }: Pick<DocumentOptions, "rows" | "longest">,
): Examples {
  const order = numbersTo(documents.count);
  sortLongestFirst(order, (document) => documents.lengthOf(document));
  const firsts = new GrowingNumbers(Int32Array); // of each batch, in this order
  let used = rows;
  for (const [at, document] of order.entries()) {
    const own = chunkCount(documents.lengthOf(document), longest);
    if (used + own > rows) {
      firsts.push(at);
      used = 0;
    }
    used += own;
  }
  const batch = (_epoch: number, index: number): Batch => {
    const end = index + 1 < firsts.length ? firsts.at(index + 1) : order.length;
    const chosen = order.subarray(firsts.at(index), end);
    const { documentOf, counts, ...spans } = chunksOf(documents, chosen, longest);
    const read = documents.batch(documentOf, longest, spans);
    return { ...read, targets: firstTargets(read, counts), documents: chosen, chunks: counts };
  };
  return { batchesPerEpoch: firsts.length, targetsPerEpoch: documents.count, batch };
}

/** Of each chunk its document, its first step and its end; counts: the chunks of each document. */
type Chunks = Spans & { documentOf: Int32Array; counts: Int32Array };

function chunksOf(documents: Sequences, chosen: Int32Array, longest: number): Chunks {
  const counts = chosen.map((document) => chunkCount(documents.lengthOf(document), longest));
  const total = counts.reduce((sum, count) => sum + count, 0);
  const [documentOf, begins, ends] = [new Int32Array(total), new Int32Array(total), new Int32Array(total)];
  let row = 0;
  for (const document of chosen) {
    let begin = 0;
    for (const end of chunkEnds(documents.lengthOf(document), longest)) {
      documentOf[row] = document;
      begins[row] = begin;
      ends[row++] = begin = end;
    }
  }
  return { documentOf, begins, ends, counts };
}

/** The targets of documents, from those of their chunks. */
function firstTargets({ targets, labels = 1 }: Batch, counts: Int32Array): Batch["targets"] {
  const own = targets.slice(0, counts.length * labels);
  let row = 0;
  for (const [document, count] of counts.entries()) {
    own.set(targets.subarray(row * labels, (row + 1) * labels), document * labels);
    row += count;
  }
  return own;
}

/** The mean over the rows of each document. @param outputs [rows · width] @param counts the rows of each document; undefined for one each */
export function documentMeans(
  outputs: Float32Array,
  counts: ArrayLike<number> | undefined,
  width: number,
): Float32Array {
  if (counts === undefined) return outputs;
  const means = new Float32Array(counts.length * width);
  let row = 0;
  for (let document = 0; document < counts.length; document++) {
    const count = counts[document]!;
    for (let column = 0; column < width; column++) {
      let sum = 0;
      for (let chunk = 0; chunk < count; chunk++) sum += outputs[(row + chunk) * width + column]!;
      means[document * width + column] = sum / count;
    }
    row += count;
  }
  return means;
}

/** The steps of a document that are read. */
export const longestOf = ({
  maxLength,
  longDocuments,
}: {
  maxLength: number;
  longDocuments?: LongDocuments;
}): number => (longDocuments === "chunks" ? stepsInChunks(maxLength) : maxLength);

/** The documents that are longer than `longest` steps. */
export function countLonger(documents: Pick<Sequences, "count" | "lengthOf">, longest: number): number {
  let count = 0;
  for (let index = 0; index < documents.count; index++) if (documents.lengthOf(index) > longest) count++;
  return count;
}
