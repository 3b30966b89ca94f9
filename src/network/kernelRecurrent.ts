/** @file A recurrent layer on a backend's kernels alone: fused cells, and the scan of element-wise cells. */
import type { CellName } from "../common/names.js";
import { backendExtension } from "../engine/ops/dispatch.js";
import { scannedCells } from "../engine/ops/gatedScan.js";
import { minPositionsPerToken } from "../engine/ops/recurrent.js";
import { rmsEpsilon } from "../engine/ops/rmsNorm.js";
import { runForward } from "../engine/kernelBackend/recurrentForward.js";
import { cellNamed } from "./cells.js";
import {
  type KernelLayer,
  type KernelPass,
  type KernelSignal,
  lookedUp,
  productOf,
  sequenceOf,
  sideBySide,
} from "./kernelLayer.js";
import { endsSuffice } from "./layers/index.js";
import type { SpecOf } from "./layers/layer.js";

type RecurrentSpec = SpecOf<"recurrent">;

const isFused = (cell: string): boolean => backendExtension().fusedCells?.has(cell) === true;

export const kernelRecurrent: KernelLayer<RecurrentSpec> = {
  supports: ({ cell }) => isFused(cell) || scannedCells.includes(cell),
  forward: (spec, signal, pass) => (isFused(spec.cell) ? fused(spec, signal, pass) : scanned(spec, signal, pass)),
};

const directionsOf = ({ bidirectional }: RecurrentSpec): string[] =>
  bidirectional ? ["forward", "backward"] : ["forward"];

/** Whether the rows of the embedding's table are multiplied before they are looked up. */
const readsTable = ({ tokens, values, width }: KernelSignal): boolean =>
  tokens !== null && (minPositionsPerToken * values.length) / width <= tokens.length;

/** A direction's learned initial state, the same for every row: each [batch, units]; none to start from zeros. */
function initialState({ learnedStart, cell, units }: RecurrentSpec, direction: string, pass: KernelPass) {
  if (!learnedStart) return [];
  const { states, readsHidden = true } = cellNamed(cell);
  return Array.from({ length: states }, (_, index) => {
    const rows = pass.take(pass.batch * units).fill(0);
    if (index === 0 && !readsHidden) return rows;
    const start = pass.weight(`${direction}/start/${index}`);
    for (let row = 0; row < pass.batch; row++) rows.set(start, row * units);
    return rows;
  });
}

function fused(spec: RecurrentSpec, signal: KernelSignal, pass: KernelPass): KernelSignal {
  const { cell, units } = spec;
  const { kernels, time, batch, lengths, take, weight, after } = pass;
  const directions = directionsOf(spec);
  const stride = directions.length * units;
  const states = Array<number>(cellNamed(cell).states).fill(batch * units);
  const byTable = readsTable(signal);
  const outputs = endsSuffice(after) ? null : take(time * batch * stride);
  const last = directions.map(() => states.map(take));
  runForward(
    kernels,
    {
      cell: cell as CellName, // one of fusedCells
      time,
      batch,
      inputs: signal.width,
      units,
      vocabulary: byTable ? signal.values.length / signal.width : 0,
    },
    byTable
      ? { sequence: signal.values, tokens: signal.tokens, lengths }
      : { sequence: sequenceOf(signal, pass), tokens: null, lengths },
    outputs,
    directions.map((direction, index) => ({
      kernel: weight(`${direction}/kernel`),
      recurrent: weight(`${direction}/recurrent`),
      bias: weight(`${direction}/bias`),
      mask: null,
      initial: initialState(spec, direction, pass),
      saved: null,
      last: last[index]!,
    })),
  );
  const ends = last.map(([hidden]) => hidden!);
  return { tokens: null, values: outputs ?? new Float32Array(0), width: stride, ends };
}

/** As `scanLayer` of engine/ops/gatedScan.ts. */
function scanned(spec: RecurrentSpec, signal: KernelSignal, pass: KernelPass): KernelSignal {
  const { cell, units, lowerBound = 0 } = spec;
  const { kernels, time, batch, lengths, take, weight, after } = pass;
  const sequence = readsTable(signal) ? null : sequenceOf(signal, pass);
  const results = directionsOf(spec).map((direction, index) => {
    const kernel = weight(`${direction}/kernel`);
    const columns = kernel.length / signal.width;
    const readsInput = cell === "sru" && columns === 3 * units;
    const product = (rows: Float32Array): Float32Array => productOf(rows, kernel, signal.width, pass);
    const sums = sequence ? product(sequence) : lookedUp(product(signal.values), signal.tokens!, columns, pass);
    const outputs = take(time * batch * units);
    const [lastOutput, lastMemory] = [take(batch * units), take(batch * units)];
    kernels.gatedScanForward({
      kind: scannedCells.indexOf(cell),
      time,
      batch,
      units,
      columns,
      backwards: index === 1,
      lowerBound,
      sums,
      input: readsInput ? (sequence ?? sequenceOf(signal, pass)) : null,
      vectors: cell === "sru" ? weight(`${direction}/recurrent`) : null,
      bias: weight(`${direction}/bias`),
      lengths,
      initial: initialState(spec, direction, pass).at(-1) ?? null,
      outputs,
      memories: null,
      lastOutput,
      lastMemory,
    });
    if (cell === "hgrn") for (const values of [outputs, lastOutput]) normalizeByRoot(values, units, pass);
    return { outputs, end: cellNamed(cell).states === 1 ? lastMemory : lastOutput };
  });
  const values = endsSuffice(after)
    ? new Float32Array(0)
    : sideBySide(
        results.map(({ outputs }) => ({ values: outputs, width: units })),
        time * batch,
        pass,
      );
  return { tokens: null, values, width: results.length * units, ends: results.map(({ end }) => end) };
}

/** In place. */
function normalizeByRoot(values: Float32Array, width: number, { kernels }: KernelPass): void {
  const rows = values.length / width;
  kernels.rmsNormForward({ rows, width, epsilon: rmsEpsilon, input: values, scale: null, output: values });
}
