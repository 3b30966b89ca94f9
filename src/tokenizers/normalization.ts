/** @file Normalization: text that looks the same becomes the same tokens. It precedes everything else that a tokenizer does, and is stored with it. */
import * as v from "valibot";
import { checked } from "../common/checked.js";
import type { Task } from "../common/names.js";

/** nfc: composed characters (NFC), so that é is one character however it was typed. quotes: typographic apostrophes and quotation marks become straight ones. */
const steps = {
  nfc: (text: string): string => text.normalize("NFC"),
  quotes: (text: string): string =>
    quotes.test(text) ? text.replaceAll(/[‘’‛ʼ]/g, "'").replaceAll(/[“”„‟]/g, '"') : text,
} as const;
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

/** The normalization of new tokenizers: a text that is generated token by token of given white space keeps its quotation marks. */
export const usualNormalization = (tokenizer: string, task: Task): Normalization =>
  tokenizer === "words" || (tokenizer === "whitespace" && task !== "generator") ? ["nfc", "quotes"] : ["nfc"];
