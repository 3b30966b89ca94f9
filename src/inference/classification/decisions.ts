/** @file What is made of the predictions of a classifier: other names of labels, label sets, abstention, and notes at the end. */
import { UsageError, UserError } from "../../common/errors.js";
import type { ConformalMethod } from "../../common/names.js";
import { agreeing, quantity } from "../../common/quantity.js";
import { conformalQuantile, conformalSetSize } from "../../evaluation/conformal.js";
import type { Model } from "../../model/model.js";
import type { ItemAnswer, Prediction } from "./classify.js";
import { renamedSet } from "./labelSetAnswer.js";

export type DecisionOptions = {
  /** A lower probability of the most probable label is an abstention. Default: none is. */
  threshold?: number | undefined;
  /** The label of an abstention. */
  abstain?: string | undefined;
  /** The accepted rate of label sets without the actual label. Default: no sets. */
  conformal?: number | undefined;
  conformalMethod?: ConformalMethod | undefined;
};

export const defaultAbstain = "unsure";

/** Makes the decisions on one answer after the other. */
export type Decide = (answer: ItemAnswer) => ItemAnswer;

/**
 * @param names of the model's labels
 * @throws UserError for label sets of a checkpoint without scores, and for an abstention with the name of a label
 */
export function decisions(
  model: Model,
  names: ReadonlyMap<string, string>,
  { threshold, abstain = defaultAbstain, conformal, conformalMethod = "lac" }: DecisionOptions,
): Decide {
  const given = Object.entries({ threshold, conformal }).find(([, value]) => value !== undefined);
  if (given && (model.task === "regressor" || model.recipe.multilabel)) {
    const what =
      model.task === "regressor" ? "predicts numbers" : "predicts a set of labels, each by a threshold of its own";
    throw new UsageError(`--${given[0]} has no effect here, because ${model.folder} ${what}; remove it`);
  }
  if (threshold !== undefined && new Set(names.values()).has(abstain))
    throw new UserError(`${abstain} is a label of ${model.folder}; name another one with --abstain`);
  const quantile = conformal === undefined ? undefined : quantileOf(model, conformalMethod, conformal);
  const isRenamed = [...names].some(([label, name]) => label !== name);
  const decides = isRenamed || quantile !== undefined || threshold !== undefined;
  return (answer) => {
    if (!("predictions" in answer) || !decides) return answer;
    const { predictions, ...others } = answer;
    if (predictions[0]?.applies !== undefined)
      return isRenamed ? { ...others, predictions: renamedSet(predictions, names) } : answer;
    const set =
      quantile === undefined
        ? undefined
        : predictions.slice(
            0,
            conformalSetSize(
              Float64Array.from(predictions, ({ probability }) => probability),
              conformalMethod,
              quantile,
            ),
          );
    const named = isRenamed ? renamed(predictions, names) : predictions;
    return {
      ...others,
      predictions: named,
      ...(set && { set: [...new Set(set.map(({ label }) => names.get(label) ?? label))] }),
      ...(threshold !== undefined && named[0]!.probability < threshold && { abstention: abstain }),
    };
  };
}

function quantileOf({ folder, document }: Model, method: ConformalMethod, error: number): number {
  if (document.conformal) return conformalQuantile(document.conformal, method, error);
  throw new UserError(
    `${folder} has no scores for --conformal, because it was trained by an earlier rnn or without a validation part; train it again`,
  );
}

/** Labels of one name are one, with the sum of their probabilities. */
function renamed(predictions: readonly Prediction[], names: ReadonlyMap<string, string>): Prediction[] {
  const sums = new Map<string, number>();
  for (const { label, probability } of predictions) {
    const name = names.get(label) ?? label;
    sums.set(name, (sums.get(name) ?? 0) + probability);
  }
  return [...sums]
    .map(([label, probability]) => ({ label, probability }))
    .toSorted((left, right) => right.probability - left.probability);
}

/** Counts what a person should know of the answers. */
export class AnswerCounts {
  private answers = 0;
  private abstentions = 0;
  private unknown = 0;
  private firstUnknown = "";

  add(answer: ItemAnswer, { source, line }: { source: string; line: number }): void {
    if (!("predictions" in answer)) return;
    this.answers++;
    if (answer.abstention !== undefined) this.abstentions++;
    if (!answer.hasNoKnownWord) return;
    if (this.unknown === 0) this.firstUnknown = `${source}:${line}`;
    this.unknown++;
  }

  /** A sentence each. */
  notes({ threshold, abstain = defaultAbstain }: DecisionOptions): string[] {
    const { answers, abstentions, unknown, firstUnknown } = this;
    const texts = quantity(answers, "texts");
    return [
      ...(threshold === undefined
        ? []
        : [`${abstentions.toLocaleString("en")} of ${texts} below --threshold ${threshold}: ${abstain}`]),
      ...(unknown === 0
        ? []
        : [
            `${unknown.toLocaleString("en")} of ${texts} ${agreeing(unknown, "has", "have")} no word that the model knows, so that the label says nothing; the first is ${firstUnknown}`,
          ]),
    ];
  }
}
