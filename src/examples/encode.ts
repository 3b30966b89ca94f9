/** @file What the parts of a corpus hold once encoded, as each task needs it. */
import { UserError } from "../errors.js";
import type { Task } from "../names.js";
import type { Corpus } from "../text/document.js";
import { endId, type Tokenizer } from "../text/tokenizer.js";
import { LabelledSequences } from "./sequences.js";
import { type Assigned, type Part, parts } from "./split.js";
import { TokenDocuments, TokenSequence } from "./tokens.js";

/** Of the kind that the task needs. */
export type Encoded =
  | { task: "generator"; texts: Record<Part, TokenSequence> }
  | { task: "classifier"; documents: Record<Part, LabelledSequences<TokenDocuments>> };

export type Encoding = {
  tokenizer: Tokenizer;
  /** In the order of the network's classes; none for a generator. */
  labels: readonly string[];
};

/** Documents in, one after the other; what they make together out. */
export type Encoder<Kind extends Encoded = Encoded> = {
  /** @returns the document's tokens @throws UserError for one that the task has no use for */
  add(document: Assigned): readonly number[];
  readonly encoded: Kind;
};

type TaskEncoder<Kind extends Task> = {
  /** @param corpora all that are read @throws UserError for one without what the task needs */
  check: (corpora: readonly Corpus[], labels: readonly string[]) => void;
  create: (encoding: Encoding) => Encoder<Extract<Encoded, { task: Kind }>>;
};

const encoders: { [Kind in Task]: TaskEncoder<Kind> } = {
  generator: {
    check: () => {},
    create: ({ tokenizer }) => {
      const texts = eachPart(() => new TokenSequence(tokenizer.vocabulary.length));
      const add = ({ text, part, whole }: Assigned): readonly number[] => {
        const ids = tokenizer.encode(text);
        texts[part].push(ids);
        if (whole) texts[part].push([endId]);
        return ids;
      };
      return { add, encoded: { task: "generator", texts } };
    },
  },

  classifier: {
    check: (corpora, labels) => {
      const unlabelled = corpora.find(({ labelled }) => !labelled);
      if (unlabelled) {
        throw new UserError(
          `${unlabelled.name} has no labels, and a classifier needs them: a column of a table (--label-column), or subfolders named by them`,
        );
      }
      if (labels.length < 2) {
        throw new UserError(`${corpora[0]?.name} has one label only, ${labels[0]}: a classifier needs two or more`);
      }
    },
    create: ({ tokenizer, labels }) => {
      const classOf = new Map(labels.map((label, index) => [label, index]));
      const documents = eachPart(() => new LabelledSequences(new TokenDocuments(tokenizer.vocabulary.length)));
      const add = ({ text, label, part }: Assigned): readonly number[] => {
        const target = classOf.get(label ?? "");
        if (target === undefined)
          throw new UserError(`the label ${label} in the ${part} part is not among ${labels.join(", ")}`);
        const ids = tokenizer.encode(text);
        documents[part].inputs.push(ids);
        documents[part].labels.push(target);
        return ids;
      };
      return { add, encoded: { task: "classifier", documents } };
    },
  },
};

export const createEncoder = (task: Task, encoding: Encoding): Encoder => encoders[task].create(encoding);

/** @throws UserError where a corpus lacks what the task needs */
export const checkCorpora = (task: Task, corpora: readonly Corpus[], labels: readonly string[]): void =>
  encoders[task].check(corpora, labels);

export const eachPart = <Value>(value: (part: Part) => Value): Record<Part, Value> =>
  Object.fromEntries(parts.map((part) => [part, value(part)])) as Record<Part, Value>;
