/** @file What stands beside an exported graph: its vocabulary, and the loader's files, as they lie in loaders/, those that this model needs. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Model } from "../../model/model.js";
import type { Task } from "../../common/names.js";
import { isPooled } from "../../network/spec.js";
import { packageFolder } from "../../common/packageFolder.js";
import type { Files } from "../exporter.js";
import { vocabularyFile, vocabularyOf, vocabularyText } from "../tokenizerJson/exportedVocabulary.js";
import type { Dialect, Graph } from "./graph.js";
import { startsOf, stepsOf } from "./graphNetwork.js";

const endings: { [Of in Dialect]: string } = { tfjs: "mjs", keras: "py" };

/** The loader's file that answers, by task. */
export const loaderNames: { [Kind in Task]: string } = {
  generator: "generate",
  classifier: "classify",
  regressor: "predict",
  tagger: "tag",
};

/** By their names in the new folder. */
export async function filesBeside(model: Model, graph: Graph): Promise<Files> {
  const ending = endings[graph.dialect];
  const answers = loaderNames[model.task];
  const variant = model.task === "generator" && isPooled(model.network.spec) ? "-window" : "";
  const encodes = model.inputs === "numbers" ? "numbers" : model.tokenizer.kind;
  const own = graph.dialect === "tfjs" && graph.layers.some(needsOwnClass);
  const sources: Record<string, string> = {
    [`model.${ending}`]: `${graph.dialect}/model.${ending}`,
    [`encode.${ending}`]: `encode/${encodes}.${ending}`,
    [`${answers}.${ending}`]: `${graph.dialect}/${answers}${variant}.${ending}`,
    ...(own && { "recurrent.mjs": "tfjs/recurrent.mjs" }),
    ...(ending === "py" && (encodes === "words" || encodes === "subwords") && { "kinds.py": "encode/kinds.py" }),
  };
  const files: Files = { [vocabularyFile]: vocabularyText(vocabularyFor(model)) };
  for (const [name, source] of Object.entries(sources)) {
    files[name] = await readFile(join(packageFolder, "loaders", source), "utf8");
  }
  return files;
}

/** Whether a layer is of a class of ours, itself or within another. */
const needsOwnClass = ({ className, config }: Graph["layers"][number]): boolean =>
  className === "Recurrent" || JSON.stringify(config).includes('"class_name":"Recurrent"');

/** With what a graph needs beside it: how many steps rows are padded to, and what its states begin with. */
function vocabularyFor(model: Model) {
  const { network } = model;
  const vocabulary = vocabularyOf(model);
  const { steps, least } = stepsOf(network.spec);
  const { longest } = vocabulary;
  const starts = startsOf(network);
  return {
    ...vocabulary,
    ...(steps !== null && longest !== undefined && { longest: Math.min(longest, steps) }),
    ...(least > 1 && { leastSteps: least }),
    ...(starts.length > 0 && {
      states: starts.map((start) => ({
        units: start.length,
        ...(start.some((value) => value !== 0) && { start: Array.from(start) }),
      })),
    }),
  };
}
