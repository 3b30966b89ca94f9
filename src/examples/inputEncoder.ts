/** @file How a network reads its inputs, and the stores of encoded inputs: tokens of texts, with numbers beside them or not, or rows of numbers. */
import { UserError } from "../common/errors.js";
import type { Document, RowsShape } from "../corpus/document.js";
import type { Tokenizer } from "../tokenizers/index.js";
import { NumberDocuments } from "./numberExamples.js";
import type { Scale } from "./scaling.js";
import { eachPart, type Part, parts } from "./split.js";
import { TokenDocuments } from "./tokenDocuments.js";
import type { Storage } from "./tokenStore.js";

/**
 * The inputs of a network: tokens of a text, with the characters of each word if there is `spelling`, and the scale of each column of numbers beside the text if there
 * are `numbers`; or rows of numbers, with the scale of each column.
 */
export type InputEncoding =
  | { inputs: "tokens"; tokenizer: Tokenizer; spelling?: Tokenizer; numbers?: readonly Scale[] }
  | { inputs: "numbers"; scaling: readonly Scale[] };

/** The tokenizers of texts, and the scales of numbers beside them, or their columns, whose scales are computed from the training part. */
export type TextPlan = Extract<InputEncoding, { inputs: "tokens" }> & { numberColumns?: readonly string[] };

/** An encoding, or the shape of numbers whose scaling is computed from the training part. */
export type EncodingPlan =
  TextPlan | { inputs: "numbers"; scaling: readonly Scale[] } | { inputs: "numbers"; shape: RowsShape };

const shapeOf = (plan: Exclude<EncodingPlan, { inputs: "tokens" }>): RowsShape =>
  "shape" in plan ? plan.shape : { width: plan.scaling.length };

/** Numbers in a row; undefined for texts. */
export const widthOf = (
  plan: { inputs: "tokens" } | Exclude<EncodingPlan, { inputs: "tokens" }>,
): number | undefined => (plan.inputs === "tokens" ? undefined : shapeOf(plan).width);

/** Numbers beside a text; 0 for none. */
export const numbersBeside = (
  plan: object & { numbers?: readonly Scale[]; numberColumns?: readonly string[] },
): number => (plan.numberColumns ?? plan.numbers ?? []).length;

export type InputEncoder = {
  stores: Record<Part, TokenDocuments | NumberDocuments>;
  push: (document: Document, part: Part) => readonly number[];
  finish: () => InputEncoding;
};

export function inputEncoder({ plan, storage }: { plan: EncodingPlan; storage: Storage }): InputEncoder {
  if (plan.inputs === "tokens") {
    const { tokenizer, numberColumns, ...others } = plan;
    const columns = numberColumns ?? others.numbers;
    const beside = (part: Part) =>
      columns && new NumberDocuments({ width: columns.length }, storage, `${part}-numbers`);
    const stores = eachPart((part) => new TokenDocuments(tokenizer.vocabulary.length, storage, part, beside(part)));
    const push = ({ text, numbers }: Document, part: Part): readonly number[] => {
      const ids = tokenizer.encode(text);
      stores[part].push(ids, numbers);
      return ids;
    };
    const finish = (): InputEncoding => {
      if (!columns) return { tokenizer, ...others };
      const scales = others.numbers ?? namedScales(stores.training.numbers!, numberColumns!);
      for (const part of parts) stores[part].numbers!.scaling = scales;
      return { tokenizer, ...others, numbers: scales };
    };
    return { stores, push, finish };
  }
  const stores = eachPart((part) => new NumberDocuments(shapeOf(plan), storage, part));
  const push = ({ rows }: Document, part: Part): readonly number[] => {
    stores[part].push(rows!);
    return [];
  };
  const finish = (): InputEncoding => {
    const scaling = "scaling" in plan ? plan.scaling : stores.training.scales();
    for (const part of parts) stores[part].scaling = scaling;
    return { inputs: "numbers", scaling };
  };
  return { stores, push, finish };
}

/** @throws UserError for a column without a number */
function namedScales(numbers: NumberDocuments, columns: readonly string[]): Scale[] {
  return numbers.scales().map((scale, column) => {
    const name = columns[column]!;
    if (Number.isNaN(scale.mean))
      throw new UserError(`the column ${name} has no number in the training part; remove it from --value-columns`);
    return { name, ...scale };
  });
}
