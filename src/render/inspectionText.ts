/** @file A checkpoint as a page for people. */
import type { StoredDocument } from "../checkpoint/checkpoint.js";
import type { ImporterName } from "../common/names.js";
import { readSpec } from "../network/spec.js";
import { readRecipe, settleRecipe, storeRecipe } from "../options/recipe.js";
import { describeNetwork } from "./networkText.js";
import { bytes, compact, decimal, percent } from "./numberText.js";
import { plot, type Point } from "./textPlot.js";
import { printable } from "./textWidth.js";

/** Numbers of a line of history or of a score; what is absent or no number is left out. */
type Numbers = Record<string, unknown>;
const numberOf = (values: Numbers, key: string): number | undefined => {
  const value = values[key];
  return typeof value === "number" ? value : undefined;
};

const wordOf = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));

export function inspection(folder: string, document: StoredDocument): string {
  const {
    task,
    corpus,
    spec,
    tokenizer,
    scaling = [],
    counts,
    history,
    metrics,
    created,
    updated,
    labels,
    files,
    progress,
    imported,
    madeBy,
  } = document;
  const size = files.weights.bytes + (files.training?.bytes ?? 0);
  const lines = [
    ["checkpoint", `${folder}, ${bytes(size)}${files.training ? "" : ", without the state that resuming needs"}`],
    ["task", labels ? `${task}: ${labels.join(", ")}` : task],
    ["corpus", corpusText(corpus)],
    ...(imported ? [["imported", importedText(imported)]] : []),
    tokenizer
      ? ["tokenizer", `${wordOf(tokenizer["kind"])}, ${wordOf(spec["vocabulary"])} in the vocabulary`]
      : ["rows", rowsText(scaling)],
    ["network", `${describeNetwork(readSpec(spec, folder))}: ${compact(Number(counts["parameters"]))} parameters`],
    ["options", optionsOf(document, folder)],
    [
      "trained",
      `${wordOf(progress["step"])} steps${imported ? " since it was imported" : ""}, begun ${created}, saved ${updated}`,
    ],
    ["saved by", madeByText(madeBy)],
    ...Object.entries(metrics).map(([part, score]) => [part, scoreText(score as Numbers)]),
  ];
  return `${lines.map(([title, text]) => `${title!.padEnd(11)} ${printable(text!)}`).join("\n")}\n${curve(history)}`;
}

const madeByText = (madeBy: StoredDocument["madeBy"]): string =>
  madeBy === undefined
    ? "an rnn that did not record its version"
    : [`rnn ${madeBy.version}`, madeBy.backend, madeBy.instructionSet].filter((part) => part !== undefined).join(", ");

const corpusText = ({ name, bytes: size, digest }: StoredDocument["corpus"]): string =>
  name === null ? "none that is known" : `${name}, ${bytes(size)}, SHA-256 ${digest.slice(0, 16)}…`;

const importedText = ({ file, format, sha256 }: NonNullable<StoredDocument["imported"]>): string =>
  `${file}, ${importedFormats[format]}, SHA-256 ${sha256.slice(0, 16)}…`;

const importedFormats: { [Name in ImporterName]: string } = {
  pytorch: "weights of a PyTorch network",
  keras: "a Keras model",
};

function rowsText(scaling: readonly Numbers[]): string {
  const names = scaling.flatMap(({ name }) => (typeof name === "string" ? [name] : []));
  return `${scaling.length} numbers each${names.length > 0 ? `: ${names.join(", ")}` : ""}`;
}

/** What was not as it is by default, as one would type it. */
function optionsOf({ options: stored, task, tokenizer }: StoredDocument, folder: string): string {
  const usual = storeRecipe(settleRecipe({}, task, tokenizer ? "tokens" : "numbers"));
  const own = storeRecipe(readRecipe(stored, folder));
  const shown = Object.entries(own)
    .filter(([name, value]) => value !== usual[name])
    .map(([name, value]) => (value === "true" ? `--${name}` : `--${name} ${wordOf(value)}`));
  return shown.length > 0 ? shown.join(" ") : "all as by default";
}

function scoreText(score: Numbers): string {
  const baselines = (score["baselines"] ?? []) as Numbers[];
  return [{ name: "network", ...score }, ...baselines]
    .map((one) => `${wordOf(one["name"])} ${reading(one)}`)
    .join(", ");
}

function reading(score: Numbers): string {
  const [accuracy, perplexity, error, r2, loss] = ["accuracy", "perplexity", "meanAbsoluteError", "r2", "loss"].map(
    (key) => numberOf(score, key),
  );
  return [
    accuracy === undefined ? perplexity && `perplexity ${decimal(perplexity)}` : `accuracy ${percent(accuracy, 1)}`,
    error !== undefined && `mean absolute error ${decimal(error)}`,
    r2 !== undefined && `R² ${r2.toFixed(3)}`,
    loss && `loss ${loss.toFixed(4)}`,
  ]
    .filter(Boolean)
    .join(", ");
}

function curve(history: readonly Numbers[]): string {
  const points = (key: string): Point[] =>
    history.flatMap((entry) => {
      const [step, loss] = [numberOf(entry, "step"), numberOf(entry, key)];
      return step === undefined || loss === undefined ? [] : [[step, loss] as const];
    });
  if (history.length < 2) return "";
  return `\nloss over steps: training as a line, validation as marks\n${plot(points("training"), points("validation"))}\n`;
}
