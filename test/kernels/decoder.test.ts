/** @file The decoder's kernels: logits against the equations in double precision, draws against the sampler in TypeScript. */
import { expect, test } from "vitest";
import type { Random } from "../../src/common/random.js";
import { createDistribution, type DistributionOptions } from "../../src/inference/generation/distribution.js";
import { anyStack, packWeights, reference, rowStates, shapeOf, type Stack } from "./decoderStack.js";
import { addon, bits, expectClose, indices, kernels, testKernel, wholeNumber } from "./support.js";

/** A decoder with memory of its own: each call continues after the last one. */
function decoderOf(stack: Stack, options: DistributionOptions) {
  const { rows, vocabulary, embedding, states, table } = stack;
  const shape = shapeOf(stack);
  const projected = stack.projected ? vocabulary : 0;
  const weights = packWeights(stack);
  const state = stack.state.slice();
  const logits = new Float32Array(rows * vocabulary).fill(NaN);
  const projections = new Float32Array(projected * shape.projection).fill(NaN);
  const known = new Int32Array(projected);
  let last = stack.last;
  const next = (uniforms: Float64Array): Int32Array => {
    const tokens = new Int32Array(uniforms.length);
    const { temperature, topK = vocabulary, topP = 1, minP = 0, banned = [] } = options;
    kernels.decode({
      ...shape,
      rows,
      steps: uniforms.length / rows,
      vocabulary,
      embedding,
      table,
      weightsSize: weights.length,
      weights,
      projected,
      projections,
      known,
      states,
      state,
      temperature,
      topK,
      topP,
      minP,
      bans: banned.length,
      banned: Int32Array.from(banned),
      last,
      uniforms,
      logits,
      tokens,
    });
    last = tokens.slice(-rows);
    return tokens;
  };
  return { next, logits, state };
}

function anyOptions(random: Random, vocabulary: number): DistributionOptions {
  const some = <Value>(value: Value, name: string) => (random() < 0.3 ? { [name]: value } : {});
  return {
    temperature: random() < 0.15 ? 0 : Math.exp(6 * random() - 3),
    ...some(wholeNumber(random, 1, vocabulary + 2), "topK"),
    ...some(1 - random(), "topP"),
    ...some(random(), "minP"),
    ...(vocabulary > 2 && random() < 0.5 && { banned: indices(random, 2, 0, vocabulary) as unknown as number[] }),
  };
}

const uniformsOf = (random: Random, count: number) => Float64Array.from({ length: count }, () => random());

testKernel("decode: logits and states follow the equations, step after step", 25, (random) => {
  const stack = anyStack(random);
  const decoder = decoderOf(stack, { temperature: 1 });
  const state = Float64Array.from(stack.state);
  let last = stack.last;
  for (let step = 0; step < 3; step++) {
    const expected = reference(stack, state, last);
    last = decoder.next(uniformsOf(random, stack.rows));
    expectClose(decoder.logits, expected, 2e-5);
    expectClose(decoder.state, state);
  }
});

/**
 * Whether the token is a valid draw: its interval of the cumulative distribution, widened by 2e-6 on either side, contains the uniform number.
 * The kernels compute in single precision, and at a rounding tie a filter may include one token more or less.
 */
function isDraw(token: number, uniform: number, logits: Float32Array, options: DistributionOptions): boolean {
  const near = (factor: number): DistributionOptions => ({
    ...options,
    ...(options.topP !== undefined && { topP: Math.min(1, options.topP * factor) }),
    ...(options.minP !== undefined && { minP: Math.min(1, options.minP * factor) }),
  });
  return [1, 1 - 2e-6, 1 + 2e-6].some((factor) => {
    const probabilities = createDistribution(near(factor))(logits);
    let below = 0;
    for (let id = 0; id < token; id++) below += probabilities[id]!;
    return uniform >= below - 2e-6 && uniform < below + probabilities[token]! + 2e-6 && probabilities[token]! > 0;
  });
}

testKernel(
  "decode: the token is that of the reference sampler for the same logits and uniform number",
  60,
  (random) => {
    const stack = anyStack(random);
    const { rows, vocabulary } = stack;
    stack.head.kernel = stack.head.kernel.map((value) => 4 * value);
    if (random() < 0.2) stack.head.kernel.fill(0).fill(1, 0, Math.floor(vocabulary / 2)); // ties
    const options = anyOptions(random, vocabulary);
    const decoder = decoderOf(stack, options);
    for (let step = 0; step < 4; step++) {
      const uniforms = uniformsOf(random, rows);
      const tokens = decoder.next(uniforms);
      for (const [row, token] of tokens.entries()) {
        const logits = decoder.logits.slice(row * vocabulary, (row + 1) * vocabulary);
        if (!isDraw(token, uniforms[row]!, logits, options))
          expect.fail(`token ${token} for ${uniforms[row]} with ${JSON.stringify(options)} of ${vocabulary}`);
      }
    }
  },
);

testKernel("decode: the number of steps per call, rows and threads changes neither tokens nor bits", 10, (random) => {
  const stack = anyStack(random);
  const { rows, vocabulary } = stack;
  const options = anyOptions(random, vocabulary);
  const uniforms = uniformsOf(random, 12 * rows);
  const whole = decoderOf(stack, options);
  const tokens = whole.next(uniforms);

  addon.setThreads(wholeNumber(random, 1, 5));
  const parts = decoderOf(stack, options);
  const inParts = [0, 1, 6, 12].flatMap((from, index, cuts) =>
    index === 3 ? [] : [...parts.next(uniforms.slice(from * rows, cuts[index + 1]! * rows))],
  );
  expect(inParts).toEqual([...tokens]);
  expect(bits(parts.logits)).toBe(bits(whole.logits));
  expect(bits(parts.state)).toBe(bits(whole.state));

  const row = wholeNumber(random, 0, rows - 1);
  const own = rowStates(stack, row).flatMap(({ from, units }) => [...stack.state.subarray(from, from + units)]);
  const alone = decoderOf(
    {
      ...stack,
      rows: 1,
      last: stack.last.slice(row, row + 1),
      state: Float32Array.from(own),
      projected: !stack.projected,
    },
    options,
  );
  const ofRow = (_: number, index: number) => index % rows === row;
  expect([...alone.next(uniforms.filter(ofRow))]).toEqual(Array.from(tokens.filter(ofRow)));
  expect(bits(alone.logits)).toBe(bits(whole.logits.slice(row * vocabulary, (row + 1) * vocabulary)));
});

testKernel("decode: the frequencies of tokens match their probabilities", 2, (random) => {
  const stack = { ...anyStack(random, 1), projected: true };
  const { vocabulary } = stack;
  const options = { temperature: 0.8, topK: Math.ceil(vocabulary / 2) };
  stack.head.kernel.fill(0); // the logits stay the same
  const decoder = decoderOf(stack, options);
  decoder.next(uniformsOf(random, 200));
  const probabilities = createDistribution(options)(decoder.logits);
  const drawn = decoder.next(uniformsOf(random, 20_000));
  for (const [id, probability] of probabilities.entries()) {
    const frequency = drawn.filter((token) => token === id).length / drawn.length;
    expect(Math.abs(frequency - probability)).toBeLessThanOrEqual(probability === 0 ? 0 : 0.02);
  }
});

testKernel("decode: very small and very large temperatures draw valid tokens", 4, (random) => {
  const stack = anyStack(random);
  for (const temperature of [1e-300, 1e-30, 1e30, 1e300]) {
    const decoder = decoderOf(stack, { temperature });
    const uniforms = uniformsOf(random, stack.rows);
    for (const [row, token] of decoder.next(uniforms).entries()) {
      const logits = decoder.logits.slice(row * stack.vocabulary, (row + 1) * stack.vocabulary);
      expect(isDraw(token, uniforms[row]!, logits, { temperature })).toBe(true);
    }
  }
});

testKernel("decode: logits that are not finite give no token", 6, (random) => {
  const stack = anyStack(random);
  stack.head.bias[wholeNumber(random, 0, stack.vocabulary - 1)] = [NaN, Infinity, -Infinity][
    wholeNumber(random, 0, 2)
  ]!;
  const decoder = decoderOf(stack, { temperature: random() < 0.5 ? 0 : 1 });
  expect(decoder.next(uniformsOf(random, 3 * stack.rows)).every((token) => token === -1)).toBe(true);
  expect(decoder.logits.some((logit) => !Number.isFinite(logit))).toBe(true);
});

test("decode: uniform numbers outside [0, 1) are an error", () => {
  const random = () => 0.5;
  const decoder = decoderOf(anyStack(random), { temperature: 1 });
  for (const wrong of [1, -0.1, NaN])
    expect(() => decoder.next(new Float64Array(anyStack(random).rows).fill(wrong))).toThrow("uniforms");
});
