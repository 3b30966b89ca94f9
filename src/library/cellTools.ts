/** @file The engine from the library: one recurrent cell step by step, and the backends of this machine. */
import type { BackendName, CellName } from "../common/names.js";
import { type BackendReport, describeBackends } from "../engine/backends/index.js";
import type { PrecisionSpeeds, Speeds } from "../experiments/backendSpeeds.js";
import { type Engine, startEngine } from "../model/model.js";
import { type CellStep, cellSteps, randomRows } from "../network/cellSteps.js";
import { settle } from "../options/option.js";
import { stepOptions } from "../options/options.js";
import { readOptions } from "./libraryInputs.js";

export type StepOptions = Engine & {
  /** The name of a cell, built in or of `defineCell`. Default: `"lstm"`. */
  cell?: CellName | (string & {}) | undefined;
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

/** The backends of this machine, and the characters a second that each of them trains a small network on, its products in fp32. */
export type Diagnosis = BackendReport & {
  speeds: Speeds;
  /** Of the backend in use, in each precision of matrix products that it has here. */
  precisionSpeeds: PrecisionSpeeds;
};

export type DoctorOptions = Engine & {
  /** Seconds for all measurements together. Default: 2. */
  seconds?: number | undefined;
  /** Called before each backend is measured, with its index among those that are available. Default: nothing. */
  onMeasure?: ((backend: BackendName, index: number, available: readonly BackendName[]) => void) | undefined;
};

/**
 * Which backends are available here, which one is used, how fast each is, and how to get a faster one.
 * @throws UserError if the given backend is not available
 */
export async function doctor({ seconds = 2, onMeasure, ...engine }: DoctorOptions = {}): Promise<Diagnosis> {
  const { measureBackends } = await import("../experiments/backendSpeeds.js"); // not for `step`
  const active = await startEngine(engine);
  const names = describeBackends()
    .backends.filter(({ missing }) => missing === null)
    .map(({ name }) => name);
  const measured = await measureBackends(names, seconds, active, (name, index) => onMeasure?.(name, index, names));
  return { ...describeBackends(), ...measured };
}
