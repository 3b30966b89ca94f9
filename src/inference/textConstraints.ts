/** @file What limits the tokens of generated texts: copied runs, and rules of form. */
import { UsageError } from "../common/errors.js";
import type { TextModel } from "../model/model.js";
import { allOf, type TextConstraint } from "./generation/constraint.js";

/** Every field is optional. */
export type ConstraintOptions = {
  /** The longest run of the training text that a text may have, in words, from 1, or in 5 characters each for tokenizers of characters or subwords; by default any. The corpus is read again, or the checkpoint has a digest of it. */
  novel?: number | undefined;
  /** Rules of form, as in `acrostic=SPRING`, `syllables=5,7,5`, `characters=20`, `rhyme=ABAB`, `contains=fox,moon`. The prompt is not a part of the form. */
  form?: string | readonly string[] | undefined;
  /** A regular expression that each line matches as a whole. */
  pattern?: string | undefined;
  /** The number of lines, for a form that does not have one. */
  lines?: number | undefined;
};

/** What `generate` reads. */
export type Constraints = {
  constraint?: (prompt: readonly number[]) => TextConstraint;
  /** The number of lines; the form's, if it has one. */
  lines?: number | undefined;
};

/**
 * The constraints of a model's texts.
 * @throws UsageError for a rule that is not one, or rules that do not fit together; UserError if no text has the form, or the corpus is needed and cannot be read
 */
export async function constraintsOf(
  model: TextModel,
  { novel, form = [], pattern, lines: given }: ConstraintOptions,
): Promise<Constraints> {
  const makers: ((prompt: readonly number[]) => TextConstraint)[] = [];
  let lines = given;
  const rulesGiven = [form].flat();
  if (rulesGiven.length > 0 || pattern !== undefined) {
    const { formRule, patternRule } = await import("./forms/formRules.js");
    const { formConstraint } = await import("./forms/formText.js");
    const rules = [...rulesGiven.map(formRule), ...(pattern === undefined ? [] : [patternRule(pattern)])];
    const [own, ...others] = new Set(
      [given, ...rules.map((rule) => rule.lines)].filter((count) => count !== undefined),
    );
    if (others.length > 0)
      throw new UsageError(
        `the rules of --form and --lines are for ${[own, ...others].join(" and ")} lines; use one number`,
      );
    if (own === undefined && rules.some(({ needsLines }) => needsLines))
      throw new UsageError("--form contains needs a number of lines; add --lines N");
    lines = own;
    makers.push(formConstraint(model.tokenizer, rules, lines));
  }
  if (novel !== undefined) {
    const { novelty } = await import("./copying/novelty.js");
    makers.push(await novelty(model, novel));
  }
  const made = makers.length > 0 && {
    constraint: (prompt: readonly number[]) => allOf(makers.map((make) => make(prompt))),
  };
  return { ...made, lines };
}
