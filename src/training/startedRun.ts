/** @file A run that starts from another checkpoint: its tokenizers, its record, and the scores of the checkpoint before the run. */
import { messageOf, UsageError, UserError } from "../common/errors.js";
import type { FromRecord } from "../checkpoint/checkpoint.js";
import type { Prepared, PrepareOptions } from "../examples/prepare.js";
import type { NetworkSizes } from "../network/grownNetwork.js";
import type { Network } from "../network/network.js";
import type { Recipe } from "../options/recipe.js";
import { firstTokens, growingTrainer } from "../tokenizers/grownTokenizer.js";
import type { Started } from "./assembly.js";
import { type BaseCorpus, type BaseEncoding, openBaseCorpus, scoreAfter, scoreBefore } from "./baseCorpus.js";
import type { StartingPoint, StartOptions } from "./startingPoint.js";

/** The inputs of the checkpoint, with the tokens of the new corpus. */
export const grownEncoding = (encoding: BaseEncoding, { vocabulary }: Recipe): PrepareOptions["inputEncoding"] =>
  encoding.inputs === "numbers"
    ? { inputs: "numbers", scaling: encoding.scaling }
    : {
        inputs: "tokens",
        tokenizer: growingTrainer(encoding.tokenizer, { vocabulary }),
        ...(encoding.spelling && { spelling: growingTrainer(encoding.spelling) }),
        ...(encoding.numbers && { numbers: encoding.numbers }),
      };

export function sizesOf(prepared: Prepared): NetworkSizes {
  const { task, labels } = prepared;
  if (prepared.inputs === "numbers") return { classes: task === "regressor" ? 1 : labels.length };
  const vocabulary = prepared.tokenizer.vocabulary.length;
  const characters = prepared.spelling?.vocabulary.length;
  const classes = { generator: vocabulary, classifier: labels.length, regressor: 1, tagger: labels.length }[task];
  return { vocabulary, characters, classes };
}

/** The scores before and after take at most this fraction of --for each. */
const scoredFraction = 0.03;
/** With --for, a corpus that takes more than this fraction of the time to read is not scored, unless it is replayed. */
const readFraction = 0.1;
const bytesPerSecond = 3e6;

export type RunInputs = {
  keepsHead: boolean;
  /** Of --for. */
  seconds: number | undefined;
  tokenCache: string | undefined;
};

/** Opens the corpus of the checkpoint and scores it. @throws UserError if it is to be replayed and cannot be */
export async function startedRun(
  base: StartingPoint,
  { freeze = [], replay = 0 }: StartOptions,
  { keepsHead, seconds = Infinity, tokenCache }: RunInputs,
): Promise<Started> {
  const { folder, document, network, encoding } = base;
  const tokens = encoding.inputs === "tokens" ? encoding.tokenizer.vocabulary.length : undefined;
  const characters = encoding.inputs === "tokens" ? encoding.spelling?.vocabulary.length : undefined;
  const record: FromRecord = {
    checkpoint: folder,
    weights: document.files.weights.sha256,
    ...(tokens !== undefined && { tokens }),
    ...(characters !== undefined && { characters }),
    ...(!keepsHead && { newHead: true as const }),
    freeze: [...freeze],
    replay,
    corpus: document.corpus,
    options: document.options,
  };
  try {
    if (base.isTransfer) return transferredRun(record);
    const { corpus, notes } = await baseCorpusOf(record, encoding, { seconds, tokenCache });
    const scoring = performance.now();
    const scores = corpus ? scoreBefore(network, corpus, scoredFraction * seconds) : undefined;
    const taken = (performance.now() - scoring) / 1000;
    return { record: { ...record, ...(scores && { scores }) }, corpus, notes, seconds: scores ? taken : 0 };
  } finally {
    network.dispose();
  }
}

/** The corpus of a generator has no labels to score or replay. @throws UsageError for --replay */
function transferredRun(record: FromRecord): Started {
  const { checkpoint, replay } = record;
  if (replay > 0)
    throw new UsageError(`--replay needs labels, but --from ${checkpoint} is a generator; remove --replay`);
  const notes = [
    `the first layers are those of the generator ${checkpoint}; the backward direction, if there is one, and the output layer are new`,
  ];
  return { record, corpus: null, notes, seconds: 0 };
}

/** @throws UserError if the corpus is to be replayed and cannot be */
async function baseCorpusOf(
  record: FromRecord,
  encoding: BaseEncoding,
  { seconds, tokenCache }: { seconds: number; tokenCache: string | undefined },
): Promise<{ corpus: BaseCorpus | null; notes: string[] }> {
  const { checkpoint, corpus, replay, newHead } = record;
  if (newHead) {
    if (replay > 0) {
      throw new UserError(
        `--replay needs the labels of ${checkpoint}, ${encoding.labels.join(", ")}, and this corpus has others; remove --replay`,
      );
    }
    return {
      corpus: null,
      notes: [
        `the labels are not those of ${checkpoint} (${encoding.labels.join(", ")}), so the output layer is a new one`,
      ],
    };
  }
  if (replay === 0 && corpus.bytes / bytesPerSecond > readFraction * seconds) {
    return {
      corpus: null,
      notes: [`${corpus.name} is not scored, because reading it would take too much of --for ${seconds}s`],
    };
  }
  try {
    return { corpus: await openBaseCorpus(record, encoding, tokenCache), notes: [] };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const name = corpus.name === null ? "its corpus" : corpus.name;
    const why = `${name}, which ${checkpoint} was trained on, cannot be read: ${messageOf(error)}`;
    if (replay > 0) throw new UserError(`--replay: ${why}`);
    return { corpus: null, notes: [`not scored before and after: ${why}`] };
  }
}

/** The same for a resumed run, which has the grown tokenizers. @throws UserError if the corpus is to be replayed and cannot be */
export async function resumedStart(
  record: FromRecord,
  encoding: BaseEncoding,
  tokenCache: string | undefined,
): Promise<Started> {
  const resumed = { record, corpus: null, notes: [], seconds: 0 };
  if (record.newHead || (record.replay === 0 && record.scores === undefined)) return resumed;
  return { ...resumed, ...(await baseCorpusOf(record, earlier(encoding, record), { seconds: Infinity, tokenCache })) };
}

/** An encoding with the tokens that the checkpoint had. */
const earlier = (encoding: BaseEncoding, { tokens, characters }: FromRecord): BaseEncoding => {
  if (encoding.inputs === "numbers" || tokens === undefined) return encoding;
  const { tokenizer, spelling, ...others } = encoding;
  return {
    ...others,
    tokenizer: firstTokens(tokenizer, tokens),
    ...(spelling && { spelling: firstTokens(spelling, characters ?? spelling.vocabulary.length) }),
  };
};

/** The record with the scores of the trained network. */
export const scoredRecord = (network: Network, { record, corpus }: Started): FromRecord => {
  const after = corpus && record.scores && scoreAfter(network, corpus, record.scores);
  return after ? { ...record, scores: { ...record.scores!, after } } : record;
};
