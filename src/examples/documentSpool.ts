/** @file Keeps the documents of a large corpus in a file while they are read for the first time, so that a slow format is parsed once. */
import { tmpdir } from "node:os";
import { setImmediate } from "node:timers/promises";
import { reportReading } from "../corpus/sources/readingProgress.js";
import { itemsOf } from "../corpus/blocks.js";
import { blocksIn, type Corpus, type Document } from "../corpus/document.js";
import { FileValues } from "./fileValues.js";

/** Documents of larger corpora are kept. */
const largestParsedAgain = 1 << 26; // bytes
const blockBytes = 1 << 20;

/** The same corpus; if it is large, its second reading and those that follow read a temporary file in `folder`. */
export function spooled(corpus: Corpus, folder = tmpdir(), largest = largestParsedAgain): Corpus {
  const { shape, rows, tagged, bytes } = corpus;
  return shape === "stream" || rows || tagged || bytes <= largest ? corpus : new SpooledCorpus(corpus, folder).corpus;
}

class SpooledCorpus {
  readonly corpus: Corpus;
  private spool: { file: FileValues<Uint8Array>; isComplete: boolean } | null = null;

  constructor(
    private readonly original: Corpus,
    private readonly folder: string,
  ) {
    const readBlocks = (): AsyncIterable<readonly Document[]> => this.readBlocks();
    this.corpus = { ...original, read: () => itemsOf(readBlocks()), readBlocks, release: () => this.release() };
  }

  private readBlocks(): AsyncIterable<readonly Document[]> {
    if (this.spool?.isComplete) return documentsIn(this.original.name, this.spool.file);
    return this.spool ? blocksIn(this.original) : this.firstReading();
  }

  private async *firstReading(): AsyncGenerator<readonly Document[]> {
    const spool = { file: FileValues.temporary(this.folder, Uint8Array), isComplete: false };
    this.spool = spool;
    const writer = new DocumentWriter(spool.file);
    try {
      for await (const block of blocksIn(this.original)) {
        for (const document of block) writer.add(document);
        yield block;
      }
      writer.finish();
      spool.isComplete = true;
    } finally {
      if (!spool.isComplete) this.release();
    }
  }

  private release(): void {
    this.spool?.file.dispose();
    this.spool = null;
  }
}

/**
 * A document: the lengths in bytes of its text, label and group (-1 for none), its line (0 for none), its encoding, plus 2 if the label is a JSON array of labels,
 * its time (NaN for none), and the number of its numbers; then the bytes, and the numbers.
 */
const headBytes = 32;
const numberBytes = 8;
const hasLabelSet = 2;
const encodings = ["utf8", "utf16le"] as const; // UTF-8 has no bytes for half of a surrogate pair

class DocumentWriter {
  private block = Buffer.alloc(blockBytes);
  private used = 0;

  constructor(private readonly file: FileValues<Uint8Array>) {}

  add({ text, label: single, labels, group, line = 0, time = Number.NaN, numbers = [] }: Document): void {
    const label = labels ? JSON.stringify(labels) : single;
    const isWellFormed = text.isWellFormed() && label?.isWellFormed() !== false && group?.isWellFormed() !== false;
    const encoding = encodings[isWellFormed ? 0 : 1];
    const units = text.length + (label?.length ?? 0) + (group?.length ?? 0);
    this.reserve(headBytes + 3 * units + numberBytes * numbers.length);
    const head = this.used;
    this.used += headBytes;
    this.write(text, head, encoding);
    this.write(label, head + 4, encoding);
    this.write(group, head + 8, encoding);
    this.block.writeUInt32LE(line, head + 12);
    this.block.writeInt32LE((isWellFormed ? 0 : 1) + (labels ? hasLabelSet : 0), head + 16);
    this.block.writeDoubleLE(time, head + 20);
    this.block.writeInt32LE(numbers.length, head + 28);
    for (const number of numbers) this.used = this.block.writeDoubleLE(number, this.used);
  }

  finish(): void {
    this.file.push(this.block.subarray(0, this.used));
    this.used = 0;
  }

  /** @param head the place of its length */
  private write(field: string | undefined, head: number, encoding: BufferEncoding): void {
    const length = field === undefined ? -1 : this.block.write(field, this.used, encoding);
    this.block.writeInt32LE(length, head);
    this.used += Math.max(0, length);
  }

  private reserve(bytes: number): void {
    if (this.used + bytes <= this.block.length) return;
    this.finish();
    if (bytes > this.block.length) this.block = Buffer.alloc(bytes);
  }
}

async function* documentsIn(name: string, file: FileValues<Uint8Array>): AsyncGenerator<Document[]> {
  let block: Buffer = Buffer.alloc(0);
  let start = 0; // of the block in the file
  const read = (at: number, bytes: number): number => {
    if (at + bytes > start + block.length) {
      const { buffer, byteOffset, length } = file.slice(at, at + Math.max(bytes, blockBytes));
      block = Buffer.from(buffer, byteOffset, length);
      start = at;
    }
    return at - start;
  };
  let documents: Document[] = [];
  let due = blockBytes;
  for (let at = 0; at < file.length;) {
    if (at >= due) {
      due = at + blockBytes;
      reportReading({ name, read: at, total: file.length });
      yield documents;
      documents = [];
      await setImmediate(); // for signals and timers, because files are read without waiting
    }
    let head = read(at, headBytes);
    const textBytes = block.readInt32LE(head);
    const labelBytes = block.readInt32LE(head + 4);
    const groupBytes = block.readInt32LE(head + 8);
    const numberCount = block.readInt32LE(head + 28);
    const size = headBytes + textBytes + Math.max(0, labelBytes) + Math.max(0, groupBytes) + numberBytes * numberCount;
    head = read(at, size);
    const line = block.readUInt32LE(head + 12);
    const kind = block.readInt32LE(head + 16);
    const encoding = encodings[kind & 1];
    const time = block.readDoubleLE(head + 20);
    let from = head + headBytes;
    const document: Document = { text: block.toString(encoding, from, (from += textBytes)) };
    const label = labelBytes >= 0 ? block.toString(encoding, from, (from += labelBytes)) : undefined;
    if (label !== undefined && kind & hasLabelSet) document.labels = JSON.parse(label) as string[];
    else if (label !== undefined) document.label = label;
    if (groupBytes >= 0) document.group = block.toString(encoding, from, (from += groupBytes));
    if (line > 0) document.line = line;
    if (!Number.isNaN(time)) document.time = time;
    if (numberCount > 0)
      document.numbers = Array.from({ length: numberCount }, (_, column) =>
        block.readDoubleLE(from + numberBytes * column),
      );
    documents.push(document);
    at += size;
  }
  yield documents;
}
