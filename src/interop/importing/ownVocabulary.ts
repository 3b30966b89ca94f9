/** @file Reads the vocabulary.json of `rnn export`: everything that a network reads and outputs. */
import * as v from "valibot";
import { checked } from "../../common/checked.js";
import { isJsonObject, isObject, type JsonObject } from "../../common/json.js";
import { vocabularyFormat } from "../tokenizerJson/exportedVocabulary.js";
import { tasks } from "../../common/names.js";
import { normalizationSchema } from "../../tokenizers/normalization.js";

const number = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const object = v.custom<JsonObject>(isJsonObject, "expected an object");
const textSchema = v.pipe(
  v.object({
    kind: v.string(),
    normalization: normalizationSchema,
    lowercase: v.boolean(),
    tokens: v.array(v.string()),
    merges: v.optional(v.array(number)),
  }),
  /** In the form that a checkpoint stores. */
  v.transform(({ kind, normalization, lowercase, tokens, merges }): JsonObject => ({
    kind,
    ...(normalization.length > 0 && { normalization }),
    lowercase,
    ...(merges ? { merges } : { vocabulary: tokens }),
  })),
);

const schema = v.object({
  format: v.literal(vocabularyFormat),
  version: v.literal(1),
  task: v.picklist(tasks),
  text: v.optional(textSchema),
  spelling: v.optional(textSchema),
  numbers: v.optional(v.object({ columns: v.array(object) })),
  longest: v.optional(number),
  labels: v.optional(v.array(v.string())),
  target: v.optional(object),
  writes: v.optional(v.object({ beforePrompt: v.array(number) })),
});

export type OwnVocabulary = v.InferOutput<typeof schema>;

export const isOwnVocabulary = (data: unknown): boolean => isObject(data) && data["format"] === vocabularyFormat;

/** @throws UserError for data that no `rnn export` has written */
export const readOwnVocabulary = (data: unknown, path: string): OwnVocabulary =>
  checked(schema, data, (problems) => `${path} is damaged or was edited: ${problems}`);
