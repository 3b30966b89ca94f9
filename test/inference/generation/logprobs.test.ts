/** @file The most probable next tokens after each token. */
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Recipe } from "../../../src/options/recipe.js";
import { generate } from "../../../src/inference/generation/generate.js";
import { logprobs } from "../../../src/inference/generation/logprobs.js";
import { folderWith } from "../../support/folder.js";
import { trainedModel } from "../../support/models.js";
import { tale } from "../../support/texts.js";

const folder = folderWith({ "tale.txt": tale(80) });
const kinds: Record<string, Partial<Recipe>> = {
  streams: { tokenizer: "words" },
  documents: { documents: "lines" },
  windows: { tokenizer: "words", examples: "windows", bidirectional: "yes", sequenceLength: 4 },
};

// Course row 3.10: docs/guide/README.md#course-rows
test.each(Object.keys(kinds))(
  "logprobs: each token has the most probable next tokens, and temperature 0 generates the first of the last ones (%s)",
  async (kind) => {
    const model = await trainedModel(join(folder, kind), join(folder, "tale.txt"), kinds[kind]!);
    const text = "the fox took the";
    const positions = [...logprobs(model, text, 5)];
    expect(positions.map(({ token }) => token)).toEqual(
      model.tokenizer.encode(text).map((id) => model.tokenizer.vocabulary[id]),
    );
    for (const { next } of positions) {
      const probabilities = next.map(({ probability }) => probability);
      expect(probabilities).toHaveLength(5);
      expect(probabilities.toSorted((left, right) => right - left)).toEqual(probabilities);
      expect(probabilities.reduce((sum, probability) => sum + probability, 0)).toBeLessThanOrEqual(1 + 1e-9);
    }
    let written = "";
    const greedy = generate(model, { prompt: text, maxTokens: 1, temperature: 0, numSamples: 1, seed: 1 });
    for await (const piece of greedy) written += piece.text;
    const mostProbable = positions.at(-1)!.next[0]!.token;
    expect(written.slice(text.length).trim()).toBe(mostProbable.trim());
  },
);

test("logprobs: an empty text gives the most probable first tokens", async () => {
  const model = await trainedModel(join(folder, "empty"), join(folder, "tale.txt"), { documents: "lines" });
  expect([...logprobs(model, "", 3)]).toMatchObject([{ token: "", next: [{}, {}, {}] }]);
});
