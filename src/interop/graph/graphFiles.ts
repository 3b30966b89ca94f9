/** @file The files beside an exported graph: vocabulary.json, and the files of loaders/ that the model needs. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Model } from "../../model/model.js";
import type { Task } from "../../common/names.js";
import { isPooled } from "../../network/spec.js";
import { packageFolder } from "../../common/packageFolder.js";
import type { ExportedFiles, ModelPart } from "../exporters.js";
import { vocabularyFile, vocabularyOf, vocabularyText } from "../tokenizerJson/exportedVocabulary.js";
import type { Dialect, Graph } from "./graph.js";
import { graphCells } from "./graphCells.js";
import { graphLayers } from "./graphLayers.js";
import { initialStates, stepLimits } from "./graphNetwork.js";
import { graphPoolings } from "./graphPoolings.js";

const extensions: { [Name in Dialect]: string } = { tfjs: "mjs", keras: "py" };

/** The loaders' tokenizers: loaders/encode/NAME.mjs and NAME.py. */
const encoders: Partial<Record<string, string>> = {
  characters: "characters",
  words: "words",
  whitespace: "whitespace",
  subwords: "subwords",
};

/** Whether the library, or the exported loader, supports a part of a model. */
export const graphSupports =
  (dialect: Dialect) =>
  ({ kind, name }: ModelPart): boolean =>
    kind === "cell"
      ? graphCells[name]?.[dialect] !== undefined
      : kind !== "softmax" &&
        { layer: graphLayers, pooling: graphPoolings, tokenizer: encoders }[kind][name] !== undefined;

/** The main file of the loader, by task. */
const loaderNames: { [Kind in Task]: string } = {
  generator: "generate",
  classifier: "classify",
  regressor: "predict",
  tagger: "tag",
};

/** vocabulary.json and the loader, by their names in the output folder. */
export async function loaderFiles(model: Model, graph: Graph): Promise<ExportedFiles> {
  const extension = extensions[graph.dialect];
  const main = loaderNames[model.task];
  const variant = model.task === "generator" && isPooled(model.network.spec) ? "-window" : "";
  const encoder = model.inputs === "numbers" ? "numbers" : encoders[model.tokenizer.kind]!;
  const needsRecurrent = graph.dialect === "tfjs" && graph.layers.some(usesLoaderClass);
  const needsKinds = extension === "py" && (encoder === "words" || encoder === "subwords");
  const sources: Record<string, string> = {
    [`model.${extension}`]: `${graph.dialect}/model.${extension}`,
    [`encode.${extension}`]: `encode/${encoder}.${extension}`,
    [`${main}.${extension}`]: `${graph.dialect}/${main}${variant}.${extension}`,
    ...(needsRecurrent && { "recurrent.mjs": "tfjs/recurrent.mjs" }),
    ...(encoder !== "numbers" && { [`normalized.${extension}`]: `encode/normalized.${extension}` }),
    ...(model.task === "generator" && { [`follow.${extension}`]: `encode/follow.${extension}` }),
    ...(needsKinds && { "kinds.py": "encode/kinds.py" }),
  };
  const files: ExportedFiles = { [vocabularyFile]: vocabularyText(vocabularyFor(model)) };
  for (const [name, source] of Object.entries(sources)) {
    files[name] = await readFile(join(packageFolder, "loaders", source), "utf8");
  }
  return files;
}

/** Whether a layer, or one nested in it, is of the class that loaders/tfjs/recurrent.mjs defines. */
const usesLoaderClass = ({ className, config }: Graph["layers"][number]): boolean =>
  className === "Recurrent" || JSON.stringify(config).includes('"class_name":"Recurrent"');

/** The vocabulary, with what a loader needs besides: the least number of steps, and the initial states. */
function vocabularyFor(model: Model) {
  const { network } = model;
  const vocabulary = vocabularyOf(model);
  const { steps, least } = stepLimits(network.spec);
  const { longest } = vocabulary;
  const states = initialStates(network);
  return {
    ...vocabulary,
    ...(steps !== null && longest !== undefined && { longest: Math.min(longest, steps) }),
    ...(least > 1 && { leastSteps: least }),
    ...(states.length > 0 && {
      states: states.map((state) => ({
        units: state.length,
        ...(state.some((value) => value !== 0) && { start: Array.from(state) }),
      })),
    }),
  };
}
