/** @file The report of a model: a page, and its plots as pictures. */
import { messageOf, UserError } from "../common/errors.js";
import { tryFile, writeWhole } from "../common/outputFiles.js";
import type { StoredResult } from "../evaluation/stored.js";
import type { Model } from "../model/model.js";
import { findingsOf } from "./findingsSection.js";
import { reportPage, reportPictures } from "./modelPage.js";
import { pageMark } from "./pageLayout.js";
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

const failure = (error: unknown): UserError =>
  error instanceof UserError
    ? error
    : new UserError(`could not write the report: ${messageOf(error)}; name another file`);

/**
 * Shows before the work that a page can be written.
 * @param force also replace a file that rnn did not write
 * @throws UserError if it cannot
 */
export async function tryPage(path: string, force = false): Promise<void> {
  await tryFile(path, pageMark, force).catch((error: unknown) => {
    throw failure(error);
  });
}

/** Writes a page; replaces an earlier one. @throws UserError if it cannot be written */
export async function savePage(path: string, page: string, force = false): Promise<void> {
  try {
    await tryPage(path, force);
    await writeWhole(path, page);
  } catch (error) {
    throw failure(error);
  }
}
