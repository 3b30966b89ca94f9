/** @file The report of a model: a page, and its plots as pictures. */
import { writeFile } from "node:fs/promises";
import { messageOf, UserError } from "../common/errors.js";
import type { StoredResult } from "../evaluation/stored.js";
import type { Model } from "../model/model.js";
import { findingsOf } from "./findingsSection.js";
import { reportPage, reportPictures } from "./modelPage.js";
import type { Pictures } from "./savePictures.js";

export type Report = {
  /** Self-contained HTML. */
  page: string;
  /** The plots of the page as SVG files, by name: loss.svg, accuracy.svg, confusion-matrix.svg, calibration.svg, token-map.svg. */
  pictures: Pictures;
  /** Scores by part of the corpus. */
  results: Readonly<Record<string, StoredResult>>;
};

/**
 * Learning curves, scores, confusion matrix, calibration, token map, samples and options of a model.
 * Where the checkpoint stores no calibration, the test part is evaluated again, if its corpus exists.
 */
export async function report(model: Model): Promise<Report> {
  const findings = await findingsOf(model);
  return { page: reportPage(model, findings), pictures: reportPictures(model, findings), results: findings.results };
}

/** Writes a page; replaces an existing file. @throws UserError if it cannot be written */
export async function savePage(path: string, page: string): Promise<void> {
  try {
    await writeFile(path, page);
  } catch (error) {
    throw new UserError(`could not write the report: ${messageOf(error)}; name another file`);
  }
}
