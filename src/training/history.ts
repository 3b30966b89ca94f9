/** @file The learning curve that a checkpoint keeps. */
import * as v from "valibot";
import { checked } from "../common/checked.js";
import type { StoredDocument } from "../checkpoint/checkpoint.js";
import type { HistoryEntry } from "./runProgress.js";

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const storedHistory = v.array(
  v.strictObject({
    step: count,
    epoch: count,
    training: v.number(),
    validation: v.optional(v.number()),
    accuracy: v.optional(v.number()),
    sample: v.optional(v.string()),
  }),
);

/** In order of steps. @throws UserError for what is no history */
export const readHistory = ({ history }: StoredDocument, folder: string): HistoryEntry[] =>
  checked(storedHistory, history, (problems) => `${folder} has a history that cannot be read: ${problems}`);
