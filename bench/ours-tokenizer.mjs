/** @file The contender `ours` for byte-pair encoding: trains a subword tokenizer on a text as `rnn train` does, or encodes the text with it. MB/s. */
import { tokenizerFrom, tokenizerTrainer } from "../dist/tokenizers/index.js";
import { version } from "../dist/common/version.js";
import { row, serve } from "./serve.mjs";
import { benchText } from "./text.mjs";

/** Approximate length of the chunks that a text is read in, in UTF-16 code units, as in src/corpus/formats/text.ts. */
const chunkLength = 1 << 20;

const { work, shape } = row;
const text = benchText(shape.bytes);
const megabytes = Buffer.byteLength(text) / 1e6;
const chunks = splitIntoChunks(text);

function splitIntoChunks(whole) {
  const found = [];
  for (let start = 0; start < whole.length; start += found.at(-1).length) {
    const limit = start + chunkLength;
    found.push(whole.slice(start, limit < whole.length ? whole.lastIndexOf("\n", limit) + 1 || limit : whole.length));
  }
  return found;
}

function trainTokenizer() {
  const trainer = tokenizerTrainer("subwords", { vocabulary: shape.vocabulary });
  for (const chunk of chunks) trainer.add(chunk);
  return trainer.finish();
}

function train() {
  trainTokenizer();
  return megabytes;
}

/** Each step uses a new tokenizer, because a tokenizer caches the words that it has encoded. */
function encoder() {
  const data = trainTokenizer().toJSON();
  return () => {
    const tokenizer = tokenizerFrom(data);
    for (const chunk of chunks) tokenizer.encode(chunk);
    return megabytes;
  };
}

const workloads = { "train-bpe": () => train, "encode-bpe": encoder };
await serve(version, workloads[work]());
