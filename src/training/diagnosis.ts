/** @file What a run shows at its end, in plain words: over- or underfitting, too little text, too many tokens, a learning rate that is too high; and what to change first. */
import { quantity } from "../common/quantity.js";
import { optimizers } from "../engine/ops/optimizers.js";
import { type Figures, figuresOf, type RunRecord } from "./runFigures.js";

export const faults = [
  "learning-rate-too-high",
  "corpus-too-small",
  "vocabulary-too-large",
  "overfitting",
  "underfitting",
] as const;
export type Fault = (typeof faults)[number];

/** finding: what the figures show; advice: what to change first. Phrases without a full stop. */
export type Finding = { fault: Fault; finding: string; advice: string };

/** Faults that may follow from another one, which is to be removed first. */
const consequences: Readonly<Record<Fault, readonly Fault[]>> = {
  "learning-rate-too-high": faults,
  "corpus-too-small": ["overfitting", "underfitting"],
  "vocabulary-too-large": ["underfitting"],
  overfitting: [],
  underfitting: [],
};

/** The training loss is this much below the validation loss where a network has learned its training part by heart. */
const gapOfOverfitting = 0.2;
/** The validation loss is this much above its lowest value where a network has been trained for too long. */
const riseOfOverfitting = 0.03;
/** Labels: a rise of the loss is usual, because right answers become surer too; this much is not, and less is not where the accuracy fell as well. */
const riseOfLabels = 1.5;
const riseWithErrors = 0.3;
const lostAccuracy = 0.01;
/** A validation loss that fell by more than this in the last quarter would go on to fall. */
const stillFalling = 0.02;
/** Fewer epochs than these show a network too little of its training part. */
const fewEpochs = 3;
/** Initial weights guess worse than chance, which a mean over fewer steps than these still shows. */
const firstSteps = 30;
/** A rate that is so many times the optimizer's usual one is named as the cause where a network learned little. */
const higher = 3;
const farHigher = 10;
/** Less text than this teaches a network little. */
const fewCharacters = 30_000;
const fewDocuments = 200;
/** Tokens that occur less often than this, on average, are hardly learned. */
const fewOccurrences = 10;

/**
 * The faults that the record of a run shows, the one to remove first at the beginning; at most two.
 * None for a run that was interrupted, and for one whose figures show nothing.
 */
export function diagnose(record: RunRecord): Finding[] {
  if (record.reason === "interrupted") return [];
  const figures = figuresOf(record);
  if (record.reason !== "diverged" && figures === null) return [];
  const found = [
    rateTooHigh(record, figures),
    ...(figures
      ? [
          corpusTooSmall(record, figures),
          vocabularyTooLarge(record, figures),
          overfitting(record, figures),
          underfitting(record, figures),
        ]
      : []),
  ].filter((finding) => finding !== null);
  const [first] = found;
  if (first === undefined) return [];
  const second = found.slice(1).find(({ fault }) => !consequences[first.fault].includes(fault));
  return second ? [first, second] : [first];
}

const nats = (loss: number): string => loss.toFixed(2);
const epochText = (epoch: number): string => (epoch < 10 ? epoch.toFixed(1) : String(Math.round(epoch)));

function rateTooHigh({ reason, recipe, classes, task, history }: RunRecord, figures: Figures | null): Finding | null {
  const { learningRate, optimizer } = recipe;
  const { usualRate } = optimizers[optimizer];
  const lower = Math.min(usualRate, learningRate / farHigher);
  const advice = `a lower --learning-rate, as in ${Number(lower.toPrecision(1))} (now ${learningRate})`;
  const found = (finding: string): Finding => ({ fault: "learning-rate-too-high", finding, advice });
  if (reason === "diverged") return found("the loss became infinite: the learning rate is too high");
  const { training, gap, better } = figures!;
  const chance = Math.log(classes);
  if (task !== "regressor" && history[0]!.step >= firstSteps && training[0]! > 1.15 * chance) {
    return found(
      `the training loss was ${nats(training[0]!)} at first, above the ${nats(chance)} of guessing: the learning rate is too high`,
    );
  }
  if (!better || gap >= gapOfOverfitting) return null; // it learned
  const rises = training.filter((loss, index) => index > 0 && loss > 1.005 * training[index - 1]!).length;
  if (training.length >= 5 && rises >= (training.length - 1) / 4 && learningRate > higher * usualRate) {
    return found(
      `the training loss rose in ${rises} of ${training.length - 1} evaluations instead of falling: the learning rate is too high`,
    );
  }
  if (learningRate >= farHigher * usualRate) {
    return found(
      `the network learned little (${better.network}; ${better.name}: ${better.baseline}) at a learning rate that is ${Math.round(learningRate / usualRate)} times the usual one of ${optimizer}`,
    );
  }
  return null;
}

/** Whether the network has learned its training part by heart, as far as the losses tell. */
function isOverfitted({ task, history }: RunRecord, { last, lowest, gap, validation }: Figures): boolean {
  const rise = last.validation / lowest.loss - 1;
  if (task === "generator" || task === "regressor") {
    const isFlat = lowest.index <= 0.7 * (validation.length - 1) || rise > 0;
    return gap > 0 && (rise > riseOfOverfitting || (gap > gapOfOverfitting && isFlat));
  }
  const accuracies = history.map(({ accuracy = 0 }) => accuracy);
  const isWorse = accuracies.at(-1)! < Math.max(...accuracies) - lostAccuracy;
  return gap > 0.5 && rise > (isWorse ? riseWithErrors : riseOfLabels);
}

function corpusTooSmall(record: RunRecord, figures: Figures): Finding | null {
  const { task, training, parameters } = record;
  const [count, few, unit] =
    task === "generator"
      ? [training.characters, fewCharacters, "characters"]
      : [training.documents, fewDocuments, "documents"];
  if (count >= few || count === 0) return null;
  if (!figures.better && !isOverfitted(record, figures)) return null;
  return {
    fault: "corpus-too-small",
    finding: `the corpus is too small: ${quantity(count, unit)} of training for ${parameters.toLocaleString("en")} weights${comparison(figures)}`,
    advice: `more text, best ${few.toLocaleString("en")} ${unit} or more; or start from a checkpoint of similar text (--from)`,
  };
}

const comparison = ({ better }: Figures): string =>
  better ? `; ${better.name} has ${better.baseline}, the network ${better.network}` : "";

function vocabularyTooLarge(record: RunRecord, figures: Figures): Finding | null {
  const { vocabulary, training, recipe, task } = record;
  if (vocabulary === undefined || task !== "generator" || recipe.tokenizer === "characters") return null;
  const occurrences = training.tokens / vocabulary;
  if (occurrences >= fewOccurrences) return null;
  if (!figures.better && !isOverfitted(record, figures)) return null;
  const size = `--vocabulary ${roundedDown(training.tokens / (4 * fewOccurrences))}`;
  return {
    fault: "vocabulary-too-large",
    finding: `the vocabulary is too large for this corpus: ${vocabulary.toLocaleString("en")} tokens, which occur ${occurrences.toFixed(1)} times on average${comparison(figures)}`,
    advice: recipe.tokenizer === "subwords" ? size : `--tokenizer subwords ${size}, or --tokenizer characters`,
  };
}

/** To one digit. */
const roundedDown = (value: number): number => {
  const unit = 10 ** Math.floor(Math.log10(Math.max(1, value)));
  return Math.max(300, Math.floor(value / unit) * unit);
};

function overfitting(record: RunRecord, figures: Figures): Finding | null {
  if (!isOverfitted(record, figures)) return null;
  const { last, lowest, epochs } = figures;
  const { dropout } = record.recipe;
  const bestEpoch = record.best / record.stepsPerEpoch;
  const rose =
    last.validation > lowest.loss * (1 + riseOfOverfitting)
      ? `the validation loss rose from ${nats(lowest.loss)} after ${epochText(lowest.epoch)} of ${epochText(epochs)} epochs to ${nats(last.validation)}, while the training loss fell to ${nats(last.training)}`
      : `the training loss fell to ${nats(last.training)}, the validation loss only to ${nats(lowest.loss)}, and stayed there`;
  const more = Math.min(0.6, Number((dropout + 0.2).toFixed(2)));
  return {
    fault: "overfitting",
    finding: `overfitting: ${rose}`,
    advice: `more text; without it ${more > dropout ? `--dropout ${more} (now ${dropout})` : "fewer --units"}, or --epochs ${Math.max(1, Math.round(bestEpoch))}`,
  };
}

function underfitting({ recipe }: RunRecord, { gap, fall, better, epochs, last }: Figures): Finding | null {
  if (!better || gap > gapOfOverfitting / 2) return null;
  if (recipe.labelSmoothing || recipe.classWeight) return null; // the training loss is another function than the validation loss
  const found = (why: string, advice: string): Finding => ({
    fault: "underfitting",
    finding: `underfitting: ${better.name} (${better.baseline}) is better than the network (${better.network}), and ${why}`,
    advice,
  });
  const { learningRate, optimizer, units } = recipe;
  const { usualRate } = optimizers[optimizer];
  const longer = "train longer: more --epochs, or a longer --for";
  if (learningRate * farHigher <= usualRate) {
    return found(
      `the learning rate is low for ${optimizer}`,
      `a higher --learning-rate, as in ${usualRate} (now ${learningRate})`,
    );
  }
  if (epochs < fewEpochs) return found(`it has read the training part ${epochText(epochs)} times`, longer);
  if (fall > stillFalling) {
    return found(`the validation loss still fell by ${(100 * fall).toFixed(0)}% in the last quarter`, longer);
  }
  return found(
    `the training loss stayed at ${nats(last.training)}`,
    `a larger network: more --units (now ${units.join(",") || "none"})`,
  );
}
