/** @file Ours in the benchmark's rows of subwords: a tokenizer learned from a text as `rnn train` does, or the text encoded with it; in MB a second. */
import { tokenizerFrom, tokenizerTrainer } from "../dist/tokenizers/index.js";
import { version } from "../dist/common/version.js";
import { row, serve } from "./serve.mjs";
import { benchText } from "./text.mjs";

/** Code units of the pieces that a text is read in, about: those of text/formats/text.ts. */
const pieceLength = 1 << 20;

const { work, shape } = row;
const text = benchText(shape.bytes);
const megabytes = Buffer.byteLength(text) / 1e6;
const pieces = piecesOf(text);

function piecesOf(whole) {
  const found = [];
  for (let start = 0; start < whole.length; start += found.at(-1).length) {
    const limit = start + pieceLength;
    found.push(whole.slice(start, limit < whole.length ? whole.lastIndexOf("\n", limit) + 1 || limit : whole.length));
  }
  return found;
}

function learned() {
  const trainer = tokenizerTrainer("subwords", { vocabulary: shape.vocabulary });
  for (const piece of pieces) trainer.add(piece);
  return trainer.finish();
}

function train() {
  learned();
  return megabytes;
}

/** Each time a tokenizer that has met no text: it keeps what it has encoded. */
function encoder() {
  const data = learned().toJSON();
  return () => {
    const tokenizer = tokenizerFrom(data);
    for (const piece of pieces) tokenizer.encode(piece);
    return megabytes;
  };
}

const works = { "train-bpe": () => train, "encode-bpe": encoder };
await serve(version, works[work]());
