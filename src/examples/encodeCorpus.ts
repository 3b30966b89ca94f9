/** @file Encodes the parts of a corpus, by task. */
import { UserError } from "../common/errors.js";
import type { Task } from "../common/names.js";
import type { Corpus } from "../corpus/document.js";
import { endId } from "../tokenizers/specialTokens.js";
import { numberOf } from "./corpusStats.js";
import { type EncodingPlan, type InputEncoding, inputEncoder } from "./inputEncoder.js";
import type { NumberDocuments } from "./numberExamples.js";
import { type Scale, scaled, scalesOf } from "./scaling.js";
import { LabeledSequences, LabelSetSequences } from "./sequences.js";
import { eachPart, type SplitDocument, type Part } from "./split.js";
import { Lexicon } from "./lexicon.js";
import { TaggedSentences } from "./taggedSentences.js";
import { TokenDocuments } from "./tokenDocuments.js";
import { type Storage, type TokenStore, tokenType } from "./tokenStore.js";

type LabeledDocuments = Record<Part, LabeledSequences<TokenDocuments | NumberDocuments>>;

export type LabelSetDocuments = Record<Part, LabelSetSequences<TokenDocuments | NumberDocuments>>;

/** The encoded parts of each task. `target`: the scale of the numbers to predict. */
export type EncodedParts =
  | { task: "generator"; texts: Record<Part, TokenStore> }
  | { task: "classifier"; documents: LabeledDocuments; multilabel?: undefined }
  | { task: "classifier"; documents: LabelSetDocuments; multilabel: true }
  | { task: "regressor"; documents: LabeledDocuments; target: Scale }
  | { task: "tagger"; documents: Record<Part, TaggedSentences> };

export type EncoderOptions = {
  plan: EncodingPlan;
  /** The labels or tags in the order of the network's classes; empty for a generator and a regressor. */
  labels: readonly string[];
  /** Whether a document has a set of labels. */
  multilabel?: boolean | undefined;
  /** The scale of a regressor's target; computed from the training part by default. */
  target?: Scale | undefined;
  storage: Storage;
  /** The words of a tagger that an earlier run stored, in its order. */
  words?: readonly string[] | undefined;
};

/** Encodes documents one by one. */
export type PartsEncoder<Kind extends EncodedParts = EncodedParts> = {
  /** @returns the tokens of the document, none for rows of numbers @throws UserError for a document without a valid label */
  add(document: SplitDocument): readonly number[];
  finish(): InputEncoding & Kind;
};

type TaskEncoder<Kind extends Task> = {
  /** @throws UserError for a corpus that lacks the labels, tags or texts of the task */
  check: (corpora: readonly Corpus[], labels: readonly string[]) => void;
  create: (options: EncoderOptions) => PartsEncoder<Extract<EncodedParts, { task: Kind }>>;
};

const encoders: { [Kind in Task]: TaskEncoder<Kind> } = {
  generator: {
    check: (corpora) => {
      const beside = corpora.find(({ numberColumns }) => numberColumns);
      if (beside)
        throw new UserError(
          `${beside.name}: a generator reads texts alone; remove --value-columns, or name the labels with --label-column`,
        );
      const numeric = corpora.find(({ rows }) => rows);
      if (!numeric) return;
      const columns = numeric.rows!.columns ? ", one of its columns" : "";
      throw new UserError(
        `${numeric.name}: a generator needs texts, not rows of numbers; for a classifier or regressor name what is predicted with --label-column${columns}`,
      );
    },
    create: ({ plan, storage }) => {
      if (plan.inputs !== "tokens") throw new TypeError("a generator reads tokens");
      const { tokenizer } = plan;
      const texts = eachPart((part) => storage.store(part, tokenType(tokenizer.vocabulary.length)));
      const add = ({ document, part, whole }: SplitDocument): readonly number[] => {
        const ids = tokenizer.encode(document.text);
        texts[part].push(ids);
        if (whole) texts[part].push([endId]);
        return ids;
      };
      return { add, finish: () => ({ ...plan, task: "generator", texts }) };
    },
  },

  classifier: {
    check: (corpora, labels) => {
      checkLabeled(corpora, "classifier");
      if (labels.length < 2) {
        throw new UserError(
          `${corpora[0]?.name} has only one label, ${labels[0]}; a classifier needs two or more: name another column with --label-column, or train a generator with --task generator`,
        );
      }
    },
    create: ({ plan, labels, storage, multilabel }) => {
      const classOf = new Map(labels.map((label, index) => [label, index]));
      const classIn = (label: string | undefined, part: Part): number => {
        const target = classOf.get(label ?? "");
        if (target !== undefined) return target;
        throw new UserError(
          `the label ${label} in the ${part} part is not one of ${labels.join(", ")}; --label-map ${label}=${labels[0]} gives it the name of one`,
        );
      };
      if (multilabel) return labelSetEncoder({ plan, storage }, classIn, labels.length);
      const targetOf = ({ document: { label }, part }: SplitDocument): number => classIn(label, part);
      const { documents, add, finish } = labeledEncoder({ plan, storage }, targetOf, {
        batchTargets: (targets) => Int32Array.from(targets),
        type: Int32Array,
      });
      return { add, finish: () => ({ ...finish(), task: "classifier", documents }) };
    },
  },

  regressor: {
    check: (corpora) => checkLabeled(corpora, "regressor"),
    create: ({ plan, target: known, storage }) => {
      let target: Scale = known ?? { mean: 0, deviation: 1 };
      const targetOf = ({ document: { label = "" }, part }: SplitDocument): number => {
        const number = numberOf(label);
        if (number !== undefined) return number;
        throw new UserError(`the label ${label} in the ${part} part is not a number; a regressor needs numbers`);
      };
      const { documents, add, finish } = labeledEncoder({ plan, storage }, targetOf, {
        batchTargets: (targets) => Float32Array.from(targets, (number) => scaled(number, target)),
        type: Float64Array,
      });
      return {
        add,
        finish: () => {
          target = known ?? scalesOf(documents.training.labels, { width: 1 })[0]!;
          return { ...finish(), task: "regressor", documents, target };
        },
      };
    },
  },

  tagger: {
    check: (corpora, labels) => {
      const untagged = corpora.find(({ tagged }) => !tagged);
      if (untagged) {
        throw new UserError(
          `${untagged.name} has no tags; a tagger needs a tag for each word, as in a CoNLL-U file (.conllu)`,
        );
      }
      if (labels.length < 2) {
        throw new UserError(`${corpora[0]?.name} has only one tag, ${labels[0]}; a tagger needs two or more`);
      }
    },
    create: ({ plan, labels, storage, words: known = [] }) => {
      if (plan.inputs !== "tokens") throw new TypeError("a tagger reads tokens");
      const classOf = new Map(labels.map((label, index) => [label, index]));
      const lexicon = new Lexicon(plan.tokenizer, plan.spelling);
      for (const word of known) lexicon.numberOf(word);
      const documents = eachPart((part) => new TaggedSentences(lexicon, storage, part));
      const targetOf = (tag: string, part: Part): number => {
        const target = classOf.get(tag);
        if (target !== undefined) return target;
        throw new UserError(`the tag ${tag} in the ${part} part is not one of ${labels.join(", ")}`);
      };
      const add = ({ document: { words = [], tags = [] }, part }: SplitDocument): readonly number[] =>
        documents[part].push(
          words,
          tags.map((tag) => targetOf(tag, part)),
        );
      return { add, finish: () => ({ ...plan, task: "tagger", documents }) };
    },
  },
};

function checkLabeled(corpora: readonly Corpus[], task: Task): void {
  const unlabeled = corpora.find(({ labeled }) => !labeled);
  if (!unlabeled) return;
  throw new UserError(
    `${unlabeled.name} has no labels; a ${task} needs them in a column of a table (--label-column), as the names of subfolders, or in an IDX file (--labels-file)`,
  );
}

/** Encodes sequences with one target each. */
function labeledEncoder(
  stored: Pick<EncoderOptions, "plan" | "storage">,
  targetOf: (document: SplitDocument) => number,
  targets: {
    batchTargets: (targets: number[]) => Int32Array | Float32Array;
    type: typeof Int32Array | typeof Float64Array;
  },
) {
  const { stores, push, finish } = inputEncoder(stored);
  const documents = eachPart(
    (part) =>
      new LabeledSequences(stores[part], targets.batchTargets, stored.storage.numbers(`${part}-labels`, targets.type)),
  );
  const add = (splitDocument: SplitDocument): readonly number[] => {
    const { document, part } = splitDocument;
    const target = targetOf(splitDocument);
    const ids = push(document, part);
    documents[part].labels.push(target);
    return ids;
  };
  return { documents, add, finish };
}

/** Encodes sequences with a set of labels each. */
function labelSetEncoder(
  { plan, storage }: Pick<EncoderOptions, "plan" | "storage">,
  classIn: (label: string, part: Part) => number,
  classes: number,
): PartsEncoder<Extract<EncodedParts, { multilabel: true }>> {
  const { stores, push, finish } = inputEncoder({ plan, storage });
  const sets = eachPart((part) => new TokenDocuments(classes, storage, `${part}-label-sets`));
  const add = ({ document, part }: SplitDocument): readonly number[] => {
    const ids = (document.labels ?? []).map((label) => classIn(label, part));
    sets[part].push(ids);
    return push(document, part);
  };
  const documents = eachPart((part) => new LabelSetSequences(stores[part], sets[part], classes));
  return { add, finish: () => ({ ...finish(), task: "classifier", multilabel: true, documents }) };
}

export const createEncoder = (task: Task, options: EncoderOptions): PartsEncoder => encoders[task].create(options);

/** @throws UserError for a corpus that lacks the labels, tags or texts of the task */
export const checkCorpora = (task: Task, corpora: readonly Corpus[], labels: readonly string[]): void =>
  encoders[task].check(corpora, labels);
