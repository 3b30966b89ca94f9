/** @file The export formats: the type of an exporter, the table of all, and which parts of a model each format supports. */
import type { ExporterName } from "../common/names.js";
import { Registry } from "../common/registry.js";
import type { Model } from "../model/model.js";
import { json } from "./json/jsonExporter.js";
import { keras } from "./keras/kerasExporter.js";
import { onnx } from "./onnx/onnxExporter.js";
import { projector } from "./projector/projectorExporter.js";
import { safetensors } from "./pytorch/safetensorsExporter.js";
import { tfjs } from "./tfjs/tfjsExporter.js";
import { web } from "./web/webExporter.js";

/** A text and its label, if it has one. */
export type LabeledText = { text: string; label?: string };

/** File contents by their path within the output folder; a path may contain folders. */
export type ExportedFiles = Record<string, string | Uint8Array>;

/** A part of a model that a format may not support. */
export type ModelPart = { kind: "cell" | "layer" | "pooling" | "softmax" | "tokenizer"; name: string };

export type Exporter = {
  /** One line for the help and for lists of formats. */
  describe: string;
  /** Whether the format supports a part of a model. Absent if it supports every part. */
  supports?: (part: ModelPart) => boolean;
  /** Whether the exporter can write the vectors of sentences instead of tokens. */
  takesSentences?: true;
  /** Whether the exporter writes the vectors of tokens alone, so that it does not replace a format of networks. */
  vectorsOnly?: true;
  /** Whether the exported model reads long texts in chunks, as the command does; others cut them. */
  readsChunks?: true;
  /** Whether the exporter writes bags of n-grams: only these, or alone and beside a network too; the others write networks. */
  bags?: "only" | "too";
  /**
   * @param sentences texts to export instead of tokens; null without them
   * @throws UserError if the format cannot store the model, for example because it is too large
   */
  files: (model: Model, sentences: readonly LabeledText[] | null) => ExportedFiles | Promise<ExportedFiles>;
};

const builtIn: { [Name in ExporterName]: Exporter } = { projector, onnx, safetensors, tfjs, keras, web, json };

/** The exporters by the name of their format. */
export const exporters = new Registry<Exporter>("export format", builtIn);

/** Adds an export format, for `exportModel(model, { to: name, … })`. @throws UserError if the name is taken */
export const defineExporter = (name: string, exporter: Exporter): void => exporters.define(name, exporter);

/** The parts of a model that a format may not support, in the order of its layers. */
export function modelParts(model: Model): ModelPart[] {
  const { network } = model;
  return [
    ...(model.inputs === "tokens" ? [{ kind: "tokenizer", name: model.tokenizer.kind } as const] : []),
    ...network.spec.layers.flatMap((layer): ModelPart[] => [
      { kind: "layer", name: layer.type },
      ...(layer.type === "recurrent" ? [{ kind: "cell", name: layer.cell } as const] : []),
      ...(layer.type === "pooling" ? layer.over.map((name) => ({ kind: "pooling", name }) as const) : []),
    ]),
    ...(network.spec.adaptive ? [{ kind: "softmax", name: "adaptive" } as const] : []),
  ];
}

/** The first part of a model that a format does not support; undefined if it supports all. */
export const unsupportedPart = (format: string, model: Model): ModelPart | undefined => {
  const { supports = () => true } = exporters.get(format);
  return modelParts(model).find((part) => !supports(part));
};

const isForNetworks = (format: string): boolean => {
  const { vectorsOnly, bags } = exporters.get(format);
  return !vectorsOnly && bags !== "only";
};

/** The formats of networks that support every part of a model, in the order of the table. */
export const formatsFor = (model: Model): string[] =>
  exporters.names().filter((format) => isForNetworks(format) && unsupportedPart(format, model) === undefined);
