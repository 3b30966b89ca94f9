/** @file What the parts of a corpus hold once encoded, as each task needs it. */
import { UserError } from "../common/errors.js";
import type { Task } from "../common/names.js";
import type { Corpus, Document, RowsShape } from "../corpus/document.js";
import type { Tokenizer } from "../tokenizers/index.js";
import { endId } from "../tokenizers/specialTokens.js";
import { NumberDocuments } from "./numberExamples.js";
import { type Scale, scaled, scalesOf } from "./scaling.js";
import { LabelledSequences } from "./sequences.js";
import { type Assigned, type Part, parts } from "./split.js";
import { Lexicon } from "./lexicon.js";
import { TaggedSentences } from "./taggedSentences.js";
import { TokenDocuments, TokenSequence } from "./tokenDocuments.js";

/** What a network reads, and what makes it of a document: tokens of a text, with the characters of each word where there is `spelling`, or rows of numbers, each column scaled. */
export type Reading =
  { inputs: "tokens"; tokenizer: Tokenizer; spelling?: Tokenizer } | { inputs: "numbers"; scaling: readonly Scale[] };

/** How documents become inputs; the scaling is found in the training part where it is not given. */
export type ReadingPlan = Reading | { inputs: "numbers"; shape: RowsShape };

const shapeOf = (plan: Exclude<ReadingPlan, { inputs: "tokens" }>): RowsShape =>
  "shape" in plan ? plan.shape : { width: plan.scaling.length };

/** Numbers of a row; undefined of a text. */
export const widthOf = (plan: { inputs: "tokens" } | Exclude<ReadingPlan, { inputs: "tokens" }>): number | undefined =>
  plan.inputs === "tokens" ? undefined : shapeOf(plan).width;

type LabelledDocuments = Record<Part, LabelledSequences<TokenDocuments | NumberDocuments>>;

/** Of the kind that the task needs. `target`: how numbers that are to be predicted are scaled. */
export type Encoded =
  | { task: "generator"; texts: Record<Part, TokenSequence> }
  | { task: "classifier"; documents: LabelledDocuments }
  | { task: "regressor"; documents: LabelledDocuments; target: Scale }
  | { task: "tagger"; documents: Record<Part, TaggedSentences> };

export type Encoding = {
  plan: ReadingPlan;
  /** In the order of the network's classes; none but for a classifier and a tagger. */
  labels: readonly string[];
  /** A regressor's, where it is known. */
  target?: Scale | undefined;
};

/** Documents in, one after the other; what they make together out. */
export type Encoder<Kind extends Encoded = Encoded> = {
  /** @returns the document's tokens, none of rows of numbers @throws UserError for one that the task has no use for */
  add(document: Assigned): readonly number[];
  finish(): Reading & Kind;
};

type TaskEncoder<Kind extends Task> = {
  /** @param corpora all that are read @throws UserError for one without what the task needs */
  check: (corpora: readonly Corpus[], labels: readonly string[]) => void;
  create: (encoding: Encoding) => Encoder<Extract<Encoded, { task: Kind }>>;
};

const encoders: { [Kind in Task]: TaskEncoder<Kind> } = {
  generator: {
    check: (corpora) => {
      const numeric = corpora.find(({ rows }) => rows);
      if (numeric) throw new UserError(`${numeric.name} holds rows of numbers: only texts can be written`);
    },
    create: ({ plan }) => {
      if (plan.inputs !== "tokens") throw new TypeError("a generator reads tokens");
      const { tokenizer } = plan;
      const texts = eachPart(() => new TokenSequence(tokenizer.vocabulary.length));
      const add = ({ text, part, whole }: Assigned): readonly number[] => {
        const ids = tokenizer.encode(text);
        texts[part].push(ids);
        if (whole) texts[part].push([endId]);
        return ids;
      };
      return { add, finish: () => ({ ...plan, task: "generator", texts }) };
    },
  },

  classifier: {
    check: (corpora, labels) => {
      checkLabelled(corpora, "classifier");
      if (labels.length < 2) {
        throw new UserError(`${corpora[0]?.name} has one label only, ${labels[0]}: a classifier needs two or more`);
      }
    },
    create: ({ plan, labels }) => {
      const classOf = new Map(labels.map((label, index) => [label, index]));
      const targetOf = ({ label, part }: Assigned): number => {
        const target = classOf.get(label ?? "");
        if (target !== undefined) return target;
        throw new UserError(`the label ${label} in the ${part} part is not among ${labels.join(", ")}`);
      };
      const { documents, add, finish } = labelledEncoder(plan, targetOf, (targets) => Int32Array.from(targets));
      return { add, finish: () => ({ ...finish(), task: "classifier", documents }) };
    },
  },

  regressor: {
    check: (corpora) => checkLabelled(corpora, "regressor"),
    create: ({ plan, target: known }) => {
      let target: Scale = known ?? { mean: 0, deviation: 1 };
      const targetOf = ({ label = "", part }: Assigned): number => {
        const number = numberOf(label);
        if (number !== undefined) return number;
        throw new UserError(`the label ${label} in the ${part} part is no number, and a regressor learns numbers`);
      };
      const scaledTargets = (targets: number[]) => Float32Array.from(targets, (number) => scaled(number, target));
      const { documents, add, finish } = labelledEncoder(plan, targetOf, scaledTargets);
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
          `${untagged.name} has no tags, and a tagger needs one for each word: a CoNLL-U file (.conllu)`,
        );
      }
      if (labels.length < 2) {
        throw new UserError(`${corpora[0]?.name} has one tag only, ${labels[0]}: a tagger needs two or more`);
      }
    },
    create: ({ plan, labels }) => {
      if (plan.inputs !== "tokens") throw new TypeError("a tagger reads tokens");
      const classOf = new Map(labels.map((label, index) => [label, index]));
      const lexicon = new Lexicon(plan.tokenizer, plan.spelling);
      const documents = eachPart(() => new TaggedSentences(lexicon));
      const targetOf = (tag: string, part: Part): number => {
        const target = classOf.get(tag);
        if (target !== undefined) return target;
        throw new UserError(`the tag ${tag} in the ${part} part is not among ${labels.join(", ")}`);
      };
      const add = ({ words = [], tags = [], part }: Assigned): readonly number[] =>
        documents[part].push(
          words,
          tags.map((tag) => targetOf(tag, part)),
        );
      return { add, finish: () => ({ ...plan, task: "tagger", documents }) };
    },
  },
};

/** The number that a label is; undefined where it is none. */
export function numberOf(label: string): number | undefined {
  const number = label.trim() === "" ? Number.NaN : Number(label);
  return Number.isFinite(number) ? number : undefined;
}

function checkLabelled(corpora: readonly Corpus[], task: Task): void {
  const unlabelled = corpora.find(({ labelled }) => !labelled);
  if (!unlabelled) return;
  throw new UserError(
    `${unlabelled.name} has no labels, and a ${task} needs them: a column of a table (--label-column), subfolders named by them, or an IDX file of them (--labels)`,
  );
}

/** Sequences with a target each, in the store that fits what is read. */
function labelledEncoder(
  plan: ReadingPlan,
  targetOf: (document: Assigned) => number,
  targetArray: (targets: number[]) => Int32Array | Float32Array,
) {
  const { stores, push, finish } = inputEncoder(plan);
  const documents = eachPart((part) => new LabelledSequences(stores[part], targetArray));
  const add = (document: Assigned): readonly number[] => {
    const target = targetOf(document);
    const ids = push(document, document.part);
    documents[document.part].labels.push(target);
    return ids;
  };
  return { documents, add, finish };
}

type InputEncoder = {
  stores: Record<Part, TokenDocuments | NumberDocuments>;
  push: (document: Document, part: Part) => readonly number[];
  finish: () => Reading;
};

function inputEncoder(plan: ReadingPlan): InputEncoder {
  if (plan.inputs === "tokens") {
    const { tokenizer } = plan;
    const stores = eachPart(() => new TokenDocuments(tokenizer.vocabulary.length));
    const push = ({ text }: Document, part: Part): readonly number[] => {
      const ids = tokenizer.encode(text);
      stores[part].push(ids);
      return ids;
    };
    return { stores, push, finish: () => plan };
  }
  const stores = eachPart(() => new NumberDocuments(shapeOf(plan)));
  const push = ({ rows }: Document, part: Part): readonly number[] => {
    stores[part].push(rows!);
    return [];
  };
  const finish = (): Reading => {
    const scaling = "scaling" in plan ? plan.scaling : stores.training.scales();
    for (const part of parts) stores[part].scaling = scaling;
    return { inputs: "numbers", scaling };
  };
  return { stores, push, finish };
}

export const createEncoder = (task: Task, encoding: Encoding): Encoder => encoders[task].create(encoding);

/** @throws UserError where a corpus lacks what the task needs */
export const checkCorpora = (task: Task, corpora: readonly Corpus[], labels: readonly string[]): void =>
  encoders[task].check(corpora, labels);

export const eachPart = <Value>(value: (part: Part) => Value): Record<Part, Value> =>
  Object.fromEntries(parts.map((part) => [part, value(part)])) as Record<Part, Value>;
