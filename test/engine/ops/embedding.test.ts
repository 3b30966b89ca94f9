/** @file Embedding on every backend against its reference. */
import { tensor2d, type Tensor2D } from "../../support/tfjs.js";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { embedding, embeddingReference } from "../../../src/engine/ops/embedding.js";
import { backendsHere, evaluate, difference, withoutNative, randomIntegers, randomValues } from "../support.js";
import { casesOf } from "../../support/thorough.js";

const size = fc.integer({ min: 1, max: 40 });

for (const backend of backendsHere) {
  test(`embedding: ${backend} returns the rows of the table, and each row receives the gradients of its tokens`, async () => {
    await fc.assert(
      fc.asyncProperty(size, size, size, size, async (vocabulary, width, time, batch) => {
        const tokens = randomIntegers(time * batch, 0, vocabulary, "tokens", time);
        const inputs = [randomValues([vocabulary, width], "table", width)];
        const of = (op: typeof embedding) =>
          evaluate(backend, inputs, ([table]) => [op(table as Tensor2D, tensor2d(tokens, [time, batch], "int32"))]);
        const expected = await evaluate("cpu", inputs, ([table]) => [
          embeddingReference(table as Tensor2D, tensor2d(tokens, [time, batch], "int32")),
        ]);
        const { outputs, gradients } = await of(embedding);
        expect(outputs).toEqual(expected.outputs);
        expect(difference(gradients, expected.gradients)).toBeLessThan(2e-5);
      }),
      { numRuns: casesOf(10) },
    );
  });
}

test.skipIf(withoutNative)("embedding: a token outside the vocabulary is an error", async () => {
  const inputs = [randomValues([3, 2], "table")];
  const read = evaluate("native", inputs, ([table]) => [
    embedding(table as Tensor2D, tensor2d([0, 3], [2, 1], "int32")),
  ]);
  await expect(read).rejects.toThrow("tokens");
});
