/** @file Fits a bag of n-grams: the order of its n-grams, their weighting and the regularization are those of the lowest loss on a validation part. */
import type { BagWeightingName } from "../common/names.js";
import type { TokenDocuments } from "../examples/tokenDocuments.js";
import { argmax, softmax } from "../network/softmax.js";
import { BagFeatures, type IdDocuments, type PassedOver } from "./bagFeatures.js";
import { BagModel, logitsOf } from "./bagModel.js";
import { BagRows, rowCounts, rowScores, sizeOf, unitFactors } from "./bagRows.js";
import { type Logistic, solveLogistic, type SparseRows } from "./bagSolver.js";
import type { Documents } from "./numberBaselines.js";
import { frequentNgrams } from "./frequentNgrams.js";
import { classOf, outputsFor, type Weighting, weightingOf } from "./bagWeighting.js";

/** Documents with their class ids. */
export type LabeledDocuments = IdDocuments & { label(index: number): number };

/** The encoded texts of a part. @param longest tokens that are read of each */
export function labeledIds({ inputs, labels, count }: Documents, longest: number): LabeledDocuments {
  const texts = inputs as TokenDocuments;
  return { count, ids: (index) => texts.document(index, longest), label: (index) => labels.at(index) };
}

/** order: tokens in the longest n-grams; least: documents that a feature is in; C: the weight of the losses against the squared weights. */
export type BagSettings = { order: number; least: number; weighting: BagWeightingName; C: number };

/** Settings that were tried, with the scores on the validation part; loss in nats. */
export type TriedBag = BagSettings & { loss: number; accuracy: number };

export type FitBagOptions = {
  classes: number;
  passedOver: PassedOver;
  /** Default: chosen. */
  order?: number | undefined;
  /** When the time is over, in milliseconds of `performance.now`: nothing else is tried then. */
  until?: number | undefined;
};

export type FittedBag = { model: BagModel; settings: BagSettings; tried: TriedBag[] };

const defaultOrder = 2;
const longestOrder = 3;
/** C is 10^(step / 2). */
const cAt = (step: number): number => Number((10 ** (step / 2)).toPrecision(2));
const firstStep = 2;
const firstStepInLarge = 3;
const [smallestStep, largestStep] = [-4, 6];
/** A loss that is lower by less is the same. */
const leastGain = 1e-4;
/** Of the solver: for the model that is kept, while settings are compared, and while they are compared in a large text, whose losses differ less by chance. */
const exact = { passes: 40, tolerance: 0.003 };
const fair = { passes: 20, tolerance: 0.01 };
const rough = { passes: 10, tolerance: 0.03 };
/** Features in all rows together from which a text is large. */
const largeRows = 2 ** 21;
const exactInLarge = { passes: 40, tolerance: 0.01 };
/** With fewer documents a word that is in one of them counts, where this is not chosen. */
const fewDocuments = 1000;
/** In larger texts rare n-grams are left out at once. */
const leastFor = (tokens: number): number => (tokens < 2 ** 20 ? 1 : tokens < 2 ** 22 ? 2 : 3);

/**
 * @param validation its loss selects the settings; without documents they are the usual ones
 */
export function fitBag(training: LabeledDocuments, validation: LabeledDocuments, options: FitBagOptions): FittedBag {
  const { classes, passedOver, until = Infinity, order: given } = options;
  const chooses = validation.count > 0;
  const least = leastFor(tokensOf(training));
  const order = given ?? (chooses ? longestOrder : defaultOrder);
  const features = new BagFeatures(frequentNgrams(training, passedOver, { order, least }), passedOver);
  const fitting = new BagFitting(features, training, validation, classes, until);
  const usual: Omit<BagSettings, "C"> = {
    order: Math.min(given ?? defaultOrder, features.order),
    least: chooses || training.count < fewDocuments ? least : Math.max(2, least),
    weighting: "naive-bayes",
  };
  if (!chooses) return fitting.finish({ ...usual, C: cAt(firstStep) });
  let best = fitting.bestC(usual, fitting.isLarge(usual.order) ? firstStepInLarge : firstStep);
  const consider = (changed: Partial<BagSettings>): boolean => {
    const next = fitting.bestC({ ...best.settings, ...changed }, best.step, best);
    const isBetter = next.loss < best.loss - leastGain;
    if (isBetter) best = next;
    return isBetter;
  };
  consider({ weighting: "tf-idf" });
  if (least === 1) consider({ least: 2 });
  if (given === undefined) {
    const longer = best.settings.order < features.order && consider({ order: best.settings.order + 1 });
    if (!longer) consider({ order: best.settings.order - 1 });
  }
  return fitting.finish(best.settings, best.outputs);
}

/** A bag with the settings that hold where nothing is chosen: a baseline. */
export const fitUsualBag = (training: LabeledDocuments, options: Omit<FitBagOptions, "order" | "until">): BagModel =>
  fitBag(training, { ...training, count: 0 }, options).model;

function tokensOf(documents: IdDocuments): number {
  let tokens = 0;
  for (let index = 0; index < documents.count; index++) tokens += documents.ids(index).length;
  return tokens;
}

/** Settings with their loss. step: of C; outputs: the solution of each. */
type Trial = { settings: BagSettings; step: number; loss: number; outputs: Logistic[] };

/** One set of rows, fitted with several settings. */
class BagFitting {
  readonly tried: TriedBag[] = [];
  private readonly training: BagRows;
  private readonly validation: BagRows;
  private readonly targets: Float64Array[]; // [outputs][documents]

  constructor(
    private readonly features: BagFeatures,
    private readonly labels: LabeledDocuments,
    private readonly heldOut: LabeledDocuments,
    private readonly classes: number,
    private readonly until: number,
  ) {
    this.training = BagRows.from(labels, features);
    this.validation = BagRows.from(heldOut, features);
    this.targets = Array.from({ length: outputsFor(classes) }, (_, output) =>
      Float64Array.from({ length: labels.count }, (__, row) =>
        labels.label(row) === classOf(output, classes) ? 1 : -1,
      ),
    );
  }

  /** Whether there is time for few trials only. */
  isLarge(order: number): boolean {
    return sizeOf(this.training.upTo(order)) >= largeRows;
  }

  /** Walks from a step of C to the lowest loss beside it. @param near the best of other settings, whose C is the only one that is tried in a large text */
  bestC(settings: Omit<BagSettings, "C">, from: number, near?: Trial): Trial {
    const weighted = this.weighted(settings);
    const isLarge = this.isLarge(settings.order);
    const at = (step: number, start: readonly Logistic[] | undefined): Trial => {
      const tried = { ...settings, C: cAt(step) };
      const outputs = this.solve(tried, weighted, isLarge ? rough : fair, start);
      return { settings: tried, step, loss: this.lossOf(tried, weighted, outputs), outputs };
    };
    let best = at(from, near?.outputs);
    if (near && isLarge) return best;
    for (const direction of [-1, 1]) {
      // downwards first, because a larger C takes longer
      for (let step = best.step + direction; step >= smallestStep && step <= largestStep; step += direction) {
        if (performance.now() >= this.until) return best;
        const next = at(step, best.outputs);
        if (next.loss > best.loss - leastGain) break;
        best = next;
      }
      if (best.step !== from) break;
    }
    return best;
  }

  /** The model of some settings, without features that it gives no value. */
  finish(settings: BagSettings, near?: readonly Logistic[]): FittedBag {
    const weighted = this.weighted(settings);
    const effort = this.isLarge(settings.order) ? exactInLarge : exact;
    const states = this.solve(settings, weighted, effort, near);
    const { units } = weighted.weighting;
    const { list, passedOver } = this.features;
    const kept = units.reduce((sum, unit) => (unit > 0 ? sum + 1 : sum), 0);
    const outputs = states.length;
    const own = { prefixes: new Int32Array(kept), tokens: new Int32Array(kept) };
    const parameters = {
      units: new Float32Array(kept),
      weights: new Float32Array(kept * outputs),
      bias: Float32Array.from(states, (state) => state.bias),
    };
    const numbers = new Int32Array(units.length);
    for (let feature = 0, number = 0; feature < units.length; feature++) {
      if (units[feature] === 0) continue;
      const prefix = list.prefixes[feature]!;
      own.prefixes[number] = prefix < 0 ? prefix : numbers[prefix]!;
      own.tokens[number] = list.tokens[feature]!;
      parameters.units[number] = units[feature]!;
      for (let output = 0; output < outputs; output++)
        parameters.weights[number * outputs + output] = states[output]!.weights[feature]!;
      numbers[feature] = number++;
    }
    const features = new BagFeatures(own, passedOver);
    return { model: new BagModel(features, parameters, this.classes), settings, tried: this.tried };
  }

  private weighted({ order, least, weighting: name }: Omit<BagSettings, "C">): WeightedRows {
    const rows = this.training.upTo(order);
    const features = this.features.count;
    const counts = rowCounts(rows, features);
    const labels = { classes: this.classes, at: (row: number) => this.labels.label(row) };
    const weighting = weightingOf(name, rows, labels, { features, counts, least });
    const heldOut = this.validation.upTo(order);
    return {
      rows,
      heldOut,
      weighting,
      factors: unitFactors(rows, weighting.units),
      heldOutFactors: unitFactors(heldOut, weighting.units),
      scales: this.targets.map((_, output) => weighting.scales(output)),
    };
  }

  private solve(
    { C }: BagSettings,
    { rows, factors, scales, weighting }: WeightedRows,
    effort: typeof rough,
    near: readonly Logistic[] = [],
  ): Logistic[] {
    return this.targets.map((targets, output) =>
      solveLogistic(rows, { scales: scales[output] ?? weighting.units, factors }, targets, {
        C,
        ...effort,
        from: near[output],
      }),
    );
  }

  private lossOf(
    settings: BagSettings,
    { heldOut, heldOutFactors }: WeightedRows,
    outputs: readonly Logistic[],
  ): number {
    const scores = outputs.map((output) => rowScores(heldOut, heldOutFactors, output));
    let [sum, hits] = [0, 0];
    const own = new Float64Array(scores.length);
    for (let row = 0; row < heldOut.count; row++) {
      for (const [output, rowsScores] of scores.entries()) own[output] = rowsScores[row]!;
      const logits = logitsOf(own, this.classes);
      const label = this.heldOut.label(row);
      sum -= Math.log(Math.max(Number.MIN_VALUE, softmax(logits)[label]!));
      if (argmax(logits) === label) hits++;
    }
    const loss = sum / heldOut.count;
    this.tried.push({ ...settings, loss, accuracy: hits / heldOut.count });
    return loss;
  }
}

type WeightedRows = {
  rows: SparseRows;
  heldOut: SparseRows;
  weighting: Weighting;
  factors: Float64Array;
  heldOutFactors: Float64Array;
  scales: (Float64Array | null)[];
};
