/** @file The engine from the library: one recurrent cell step by step, and the backends of this machine. */
import type { CellName } from "../common/names.js";
import { type BackendReport, describeBackends } from "../engine/backends/index.js";
import { measureBackends, type Speeds } from "../experiments/backendSpeeds.js";
import { type Engine, startEngine } from "../model/model.js";
import { type CellStep, cellSteps, randomRows } from "../network/cellSteps.js";
import { settle } from "../options/option.js";
import { stepOptions } from "../options/options.js";
import { readOptions } from "./libraryInputs.js";

export type StepOptions = Engine & {
  /** Default: `"lstm"`. */
  cell?: CellName | undefined;
  /** Units of the cell, 1 … 64. Default: 4. */
  units?: number | undefined;
  /** The input, a row of numbers for each step, [steps][inputs]. Default: random numbers. */
  rows?: readonly (readonly number[])[] | undefined;
  /** Numbers in a random row, 1 … 64. Default: 6. */
  inputs?: number | undefined;
  /** Random rows, 1 … 1000. Default: 1. */
  steps?: number | undefined;
  /** Fixes the weights and the random rows. Default: 1. */
  seed?: number | undefined;
};

/**
 * Runs a recurrent cell with initial weights from a state of zeros.
 * @returns for each step its input, the state before it, and the value of each of the cell's equations
 * @throws UsageError for an option out of its range
 */
export async function step({ rows, backend, threads, ...options }: StepOptions = {}): Promise<CellStep[]> {
  const { cell, units, inputs, steps, seed } = settle(stepOptions, readOptions(stepOptions, options));
  await startEngine({ backend, threads });
  return cellSteps(cell, { units, seed, rows: rows ?? randomRows(steps, inputs, seed) });
}

/** The backends of this machine, and the characters a second that each of them trains a small network on. */
export type Diagnosis = BackendReport & { speeds: Speeds };

/**
 * Which backends are available here, which one is used, how fast each is, and how to get a faster one.
 * @param options.seconds time for all measurements together; default: 2
 * @throws UserError if the given backend is not available
 */
export async function doctor({
  seconds = 2,
  ...engine
}: Engine & { seconds?: number | undefined } = {}): Promise<Diagnosis> {
  const active = await startEngine(engine);
  const available = describeBackends().backends.filter(({ missing }) => missing === null);
  const speeds = await measureBackends(
    available.map(({ name }) => name),
    seconds,
    active,
  );
  return { ...describeBackends(), speeds };
}
