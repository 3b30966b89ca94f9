/** @file A checkpoint as text. */
import { quantity } from "../common/quantity.js";
import type { JsonObject } from "../common/json.js";
import type { DistilledRecord, StoredDocument } from "../checkpoint/checkpoint.js";
import { baselineName } from "../evaluation/stored.js";
import { inFile } from "../common/errors.js";
import type { ImporterName } from "../common/names.js";
import { readSpec } from "../network/spec.js";
import { newRunDefaults, readRecipe, settleRecipe, storeRecipe } from "../options/recipe.js";
import { tokenizerFrom } from "../tokenizers/index.js";
import { temperatureText } from "./labelScoresText.js";
import { describeBag, describeNetwork, describeNgrams } from "./networkText.js";
import { bytes, compact, decimal, percent } from "./numberText.js";
import { plot, type Point } from "./textPlot.js";
import { defaultWidth, type LabeledLine, labeledLines } from "./textTable.js";
import { keptText } from "./startText.js";
import { wrapText } from "./textWidth.js";

/** The values of an entry of the history or of a score. */
type Numbers = Record<string, unknown>;
const numberOf = (values: Numbers, key: string): number | undefined => {
  const value = values[key];
  return typeof value === "number" ? value : undefined;
};

/** The filter of a training text. */
const digestText = ({ unit, length }: JsonObject, size: number): string =>
  `the runs of ${wordOf(length)} ${wordOf(unit)} of the training text as a filter, ${bytes(size)}`;

const wordOf = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));

export function inspection(folder: string, document: StoredDocument, width = defaultWidth): string {
  const {
    task,
    corpus,
    spec,
    ngrams,
    bag,
    textDigest,
    tokenizer,
    scaling = [],
    counts,
    history,
    metrics,
    created,
    updated,
    labels,
    calibration,
    files,
    progress,
    imported,
    from,
    distilled,
    quantized,
    madeBy,
  } = document;
  const size = Object.values(files).reduce((sum, file) => sum + file.bytes, 0);
  const resumable = files.training || !spec ? "" : ", without the training state, so it cannot be resumed";
  const started = imported ? " since the import" : "";
  const lines: LabeledLine[] = [
    ["checkpoint", `${folder}, ${bytes(size)}${resumable}`],
    ["task", labels ? `${task}: ${labels.join(", ")}` : task],
    ["corpus", corpusText(corpus)],
    ["imported", imported && importedText(imported)],
    ["distilled", distilled && distilledText(distilled)],
    ["from", from && keptText(from).join("; ")],
    tokenizer
      ? [
          "tokenizer",
          `${wordOf(tokenizer["kind"])}, vocabulary size ${wordOf(spec?.["vocabulary"] ?? tokenizerFrom(tokenizer).vocabulary.length)}`,
        ]
      : ["inputs", inputsText(scaling)],
    ["numbers", tokenizer && scaling.length > 0 ? `${namesOf(scaling)}, beside each text` : undefined],
    [
      "network",
      spec &&
        `${describeNetwork(inFile(folder, () => readSpec(spec)))}; ${compact(Number(counts["parameters"]))} parameters${quantized ? ", quantized to 8-bit integers" : ""}`,
    ],
    ["calibration", calibration && temperatureText(calibration)],
    ["n-grams", ngrams && describeNgrams(ngrams)],
    ["bag", bag && describeBag(bag)],
    ["digest", textDigest && digestText(textDigest, files.digest?.bytes ?? 0)],
    ["options", optionsOf(document, folder)],
    [
      "training",
      `${spec ? `${quantity(Number(progress["step"]), "steps")}${started}, ` : ""}started ${dateText(created)}, saved ${dateText(updated)}`,
    ],
    ["saved by", madeByText(madeBy)],
    ...Object.entries(metrics).map(([part, score]): LabeledLine => [part, scoreText(score as Numbers)]),
  ];
  return `${labeledLines(lines, width).join("\n")}\n${curve(history, width)}`;
}

/** A time in ISO 8601 to the minute. */
const dateText = (time: string): string => `${time.slice(0, 16).replace("T", " ")} UTC`;

const madeByText = (madeBy: StoredDocument["madeBy"]): string =>
  madeBy === undefined
    ? "an rnn that did not record its version"
    : [`rnn ${madeBy.version}`, madeBy.backend, madeBy.instructionSet].filter((part) => part !== undefined).join(", ");

const corpusText = ({ name, bytes: size, digest }: StoredDocument["corpus"]): string =>
  name === null
    ? "unknown"
    : `${name === "-" ? "standard input" : name}, ${bytes(size)}, SHA-256 ${digest.slice(0, 16)}…`;

const importedText = ({ file, format, sha256 }: NonNullable<StoredDocument["imported"]>): string =>
  `${file}, ${importedFormats[format]}, SHA-256 ${sha256.slice(0, 16)}…`;

const importedFormats: { [Name in ImporterName]: string } = {
  pytorch: "weights of a PyTorch network",
  keras: "a Keras model",
};

const distilledText = ({ checkpoint, temperature, alpha, texts }: DistilledRecord): string =>
  `from ${checkpoint}, temperature ${temperature}, alpha ${alpha}${texts === undefined ? "" : `, on the texts of ${texts}`}`;

function inputsText(scaling: readonly Numbers[]): string {
  const names = namesOf(scaling);
  return `${quantity(scaling.length, "numbers")} per step${names === "" ? "" : `: ${names}`}`;
}

const namesOf = (scaling: readonly Numbers[]): string =>
  scaling.flatMap(({ name }) => (typeof name === "string" ? [name] : [])).join(", ");

/** The options that differ from the defaults, as on the command line. */
function optionsOf({ options: stored, task, tokenizer }: StoredDocument, folder: string): string {
  const recipe = inFile(folder, () => readRecipe(stored));
  const defaults: JsonObject = {
    ...storeRecipe(
      settleRecipe({ ...newRunDefaults(task), model: recipe.model }, task, tokenizer ? "tokens" : "numbers"),
    ),
    model: null,
  };
  const own = storeRecipe(recipe);
  const shown = Object.entries(own)
    .filter(([name, value]) => value !== defaults[name])
    .map(([name, value]) =>
      value === "true" ? `--${name}` : `--${name} ${wordOf(value)}${name === "for" ? "s" : ""}`,
    );
  return shown.length > 0 ? shown.join(" ") : "defaults";
}

function scoreText(score: Numbers): string {
  const baselines = (score["baselines"] ?? []) as Numbers[];
  return [{ name: "network", ...score }, ...baselines]
    .map((one) => `${baselineName(wordOf(one["name"]))} ${scoreValues(one)}`)
    .join("; ");
}

function scoreValues(score: Numbers): string {
  const [accuracy, perplexity, bits, error, r2, loss] = [
    "accuracy",
    "perplexity",
    "bitsPerByte",
    "meanAbsoluteError",
    "r2",
    "loss",
  ].map((key) => numberOf(score, key));
  return [
    accuracy === undefined ? perplexity && `perplexity ${decimal(perplexity)}` : `accuracy ${percent(accuracy, 1)}`,
    bits !== undefined && `${bits.toFixed(3)} bits per byte`,
    error !== undefined && `mean absolute error ${decimal(error)}`,
    r2 !== undefined && `R² ${r2.toFixed(3)}`,
    loss && `loss ${loss.toFixed(4)}`,
  ]
    .filter(Boolean)
    .join(", ");
}

/** Columns of the curve, and of the labels beside it. */
const maxCurve = 60;
const minCurve = 10;
const curveMargin = 10;

function curve(history: readonly Numbers[], width: number): string {
  const points = (key: string): Point[] =>
    history.flatMap((entry) => {
      const [step, loss] = [numberOf(entry, "step"), numberOf(entry, key)];
      return step === undefined || loss === undefined ? [] : [[step, loss] as const];
    });
  if (history.length < 2) return "";
  const size = { width: Math.max(minCurve, Math.min(maxCurve, width - curveMargin)), height: 12 };
  const title = wrapText("loss over steps: training as a line, validation as marks", width).join("\n");
  return `\n${title}\n${plot(points("training"), points("validation"), size)}\n`;
}
