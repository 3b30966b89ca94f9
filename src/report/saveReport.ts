/** @file A model's report: a page of HTML, in a file. */
import { writeFile } from "node:fs/promises";
import { messageOf, UserError } from "../common/errors.js";
import type { Model } from "../model/model.js";
import { findingsOf } from "./findingsSection.js";
import { reportPage } from "./modelPage.js";

/**
 * Curves, confusion matrix, calibration, map of tokens, samples, scores and options: HTML that opens with no network.
 * A model whose checkpoint says nothing of its calibration is judged again, for which its corpus must be there.
 */
export const report = async (model: Model): Promise<string> => reportPage(model, await findingsOf(model));

/** In place of what was at the path. @throws UserError where it cannot be written */
export async function saveReport(path: string, page: string): Promise<void> {
  try {
    await writeFile(path, page);
  } catch (error) {
    throw new UserError(`the report cannot be written: ${messageOf(error)}; name another file`);
  }
}
