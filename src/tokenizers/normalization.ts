/** @file Normalization: text that looks the same becomes the same tokens. It precedes everything else that a tokenizer does, and is stored with it. */
import * as v from "valibot";
import { checked } from "../common/checked.js";
import type { Task } from "../common/names.js";

/** nfc: composed characters (NFC), so that é is one character however it was typed. quotes: typographic apostrophes and quotation marks become straight ones.
 * clusters: a space between the clusters of Thai, Lao, Khmer and Myanmar, whose words have none; new tokenizers have no need of it (`TrainerOptions`). */
const steps = {
  nfc: (text: string): string => (composing.test(text) ? text.normalize("NFC") : text),
  quotes: (text: string): string =>
    quotes.test(text) ? text.replaceAll(/[‘’‛ʼ]/g, "'").replaceAll(/[“”„‟]/g, '"') : text,
  clusters: (text: string): string => (southeastAsian.test(text) ? text.replaceAll(clusterBoundary, " ") : text),
} as const;
/** The blocks of Thai, Lao, Khmer and Myanmar. */
const southeastAsianBlocks = String.raw`\u0E00-\u0EFF\u1000-\u109F\u1780-\u17FF\u19E0-\u19FF\uA9E0-\uA9FF\uAA60-\uAA7F`;
const southeastAsian = new RegExp(`[${southeastAsianBlocks}]`, "u");
/** Before and after a character of these blocks with its marks; the vowel am belongs to the character before it. */
const clusterBoundary = new RegExp(
  String.raw`(?<=[\p{L}\p{M}\p{N}])(?=[${southeastAsianBlocks}])(?![\p{M}\u0E33\u0EB3])|(?<=[${southeastAsianBlocks}])(?=[\p{L}\p{N}])(?![\u0E33\u0EB3])`,
  "gu",
);
/** The characters from the first on that NFC may change. */
const composing = /[\u0300-\uFFFF]/;
const quotes = /[‘’‛ʼ“”„‟]/;

export type NormalizationStep = keyof typeof steps;
export type Normalization = readonly NormalizationStep[];

const names = Object.keys(steps) as [NormalizationStep, ...NormalizationStep[]];

/** As a tokenizer's data has it. Absent: none. */
export const normalizationSchema = v.optional(v.array(v.picklist(names)), []);

/** The normalization in the data of a tokenizer. @throws UserError for an unknown step */
export const readNormalization = (data: unknown): Normalization =>
  checked(normalizationSchema, data, (problems) => `the tokenizer's normalization is damaged: ${problems}`);

/** Normalizes texts by the given steps, in their order. */
export const normalizer =
  (normalization: Normalization): ((text: string) => string) =>
  (text) =>
    normalization.reduce((normalized, step) => steps[step](normalized), text);

/** The normalization of new tokenizers: of given white space that is generated, quotation marks are kept. */
export const usualNormalization = (tokenizer: string, task: Task): Normalization =>
  tokenizer === "words" || (tokenizer === "whitespace" && task !== "generator") ? ["nfc", "quotes"] : ["nfc"];
