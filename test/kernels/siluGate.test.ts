/** @file The gate of a gated MLP against its formula in double precision. */
import {
  anySize,
  expectClose,
  expectSameBits,
  floats,
  kernels,
  testKernel,
  unwritten,
  wholeNumber,
} from "./support.js";

testKernel("siluGate: outputs and gradients match the formula", 15, (random) => {
  const [rows, units] = [wholeNumber(random, 0, 300), anySize(random)];
  const sums = floats(random, rows * 2 * units).map((value) => 20 * value);
  const gradient = floats(random, rows * units);
  const output = new Float64Array(rows * units);
  const ofSums = new Float64Array(sums.length);
  for (let index = 0; index < output.length; index++) {
    const at = Math.floor(index / units) * 2 * units + (index % units);
    const [gate, value] = [sums[at]!, sums[at + units]!];
    const s = 1 / (1 + Math.exp(-gate));
    output[index] = gate * s * value;
    ofSums[at] = gradient[index]! * value * s * (1 + gate * (1 - s));
    ofSums[at + units] = gradient[index]! * gate * s;
  }
  const run = () => {
    const [made, sumsGradient] = [unwritten(rows * units), unwritten(sums.length)];
    kernels.siluGateForward({ rows, units, sums, output: made });
    kernels.siluGateBackward({ rows, units, sums, gradient, sumsGradient });
    return [made, sumsGradient];
  };
  for (const [index, found] of run().entries()) expectClose(found, [output, ofSums][index]!, 1e-4);
  expectSameBits(run);
});
