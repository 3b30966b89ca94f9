/** @file Kernels with arbitrary arguments: a kernel runs or throws an error that names it. Under the sanitizers it also stays within its arrays. */
import { expect, test } from "vitest";
import { messageOf } from "../../src/common/errors.js";
import type { KernelName } from "../../src/engine/kernelBackend/kernels.js";
import { randomStream } from "../../src/common/random.js";
import { type Arguments, argumentsOf, call, fittingArguments, kernelNames } from "./arguments.js";
import { testKernel } from "./support.js";

testKernel("kernels: every kernel runs with any sizes that it accepts", 12, (random) => {
  for (const kernel of kernelNames) fittingArguments(kernel, random, 0);
});

const detached = (array: { buffer: ArrayBufferLike }): unknown => {
  structuredClone(array.buffer, { transfer: [array.buffer as ArrayBuffer] });
  return array;
};

type Sized = Float32Array | Float64Array | Int32Array;
const wrongArrays = (given: Sized): unknown[] => {
  const Same = given.constructor as new (size: number) => Sized;
  return [
    new Same(given.length + 1),
    given.subarray(1).length < given.length ? given.subarray(1) : 1,
    given.length > 0 ? detached(new Same(given.length)) : 1,
    new BigInt64Array(given.length),
    given instanceof Float32Array ? new Int32Array(given.length) : new Float32Array(given.length),
    given.buffer,
    new DataView(given.buffer),
    { length: given.length },
  ];
};
const wrongElements = (given: Sized, ...elements: number[]): unknown[] =>
  elements.map((element) => (given.length > 0 ? given.map((value, index) => (index === given.length - 1 ? element : value)) : 1)); // prettier-ignore
const wrongLists = (given: Float32Array[]): unknown[] => [
  [...given, new Float32Array(1)],
  { length: given.length },
  ...(given.length > 0 ? [[], given.with(0, null as never), Array.from({ length: given.length })] : []),
  ...(given.length > 0 ? wrongArrays(given[0]!).map((array) => [array, ...given.slice(1)]) : []),
];
const wrongNumbers = [NaN, Infinity, -Infinity, 0.5, 2 ** 53, "1", null, 1n, Symbol("1"), [1]];

/** Invalid values of an argument, by kind; `given` is a valid one. */
const wrong: Record<string, (given: unknown) => unknown[]> = {
  cell: () => ["", "LSTM", "x".repeat(1000), 3, null],
  count: () => [...wrongNumbers, -1, 2 ** 31],
  flag: () => [0, 1, "true", null],
  seed: () => [...wrongNumbers, 2 ** 32, -(2 ** 31) - 1],
  scalar: () => ["1", null, 1n, true],
  floats: (given) => wrongArrays(given as Sized),
  result: (given) => wrongArrays(given as Sized),
  positions: (given) => wrongArrays(given as Sized),
  doubles: (given) => wrongArrays(given as Sized),
  indices: (given) => [...wrongArrays(given as Sized), ...wrongElements(given as Sized, -(2 ** 31), -2, 2 ** 31 - 1)],
  uniforms: (given) => [...wrongArrays(given as Sized), ...wrongElements(given as Sized, 1, -0.1, NaN)],
  "floats[]": (given) => wrongLists(given as Float32Array[]),
  "result[]": (given) => wrongLists(given as Float32Array[]),
};

function expectError(kernel: KernelName, values: Arguments, name: string, value: unknown): void {
  expect(() => call(kernel, { ...values, [name]: value }), `${name} of another kind`).toThrow(
    expect.objectContaining({ message: expect.stringMatching(`^${kernel}: `) as string }),
  );
}

test.each(kernelNames)("%s: an argument that does not fit is an error", (kernel) => {
  const random = randomStream(7, kernel);
  for (let round = 0; round < 5; round++) {
    const values = fittingArguments(kernel, random);
    for (const [name, kind] of argumentsOf(kernel)) {
      if (values[name] === null) continue; // an optional argument that this round leaves out
      const kinds = wrong[kind.replace("?", "")]!(values[name]);
      for (const value of [...kinds, ...(kind.endsWith("?") ? [] : [undefined])])
        expectError(kernel, values, name, value);
    }
  }
});

test.each(kernelNames)("%s: another number runs or is an error that names the kernel", (kernel) => {
  const random = randomStream(8, kernel);
  const expectRunOrError = (values: Arguments): void => {
    let message = `${kernel}: `;
    try {
      call(kernel, values);
    } catch (error) {
      message = messageOf(error);
    }
    expect(message).toMatch(`${kernel}: `);
  };
  for (let round = 0; round < 5; round++) {
    const values = fittingArguments(kernel, random);
    const counts = argumentsOf(kernel).filter(([, kind]) => kind === "count");
    for (const [name] of counts)
      for (const count of [0, (values[name] as number) + 1, (values[name] as number) * 2, 2 ** 31 - 1])
        expectRunOrError({ ...values, [name]: count });
    for (const [name, kind] of argumentsOf(kernel))
      for (const scalar of kind === "scalar" ? [NaN, Infinity, -1, 0, 1e300] : [])
        expectRunOrError({ ...fittingArguments(kernel, random), [name]: scalar });
  }
});

test("kernels: an error thrown by an argument's getter is passed on", () => {
  const values = {
    get rows(): number {
      throw new Error("no rows today");
    },
  };
  expect(() => call("matmul", values)).toThrow("no rows today");
});
