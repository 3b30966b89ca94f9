/** @file Scores of lines by small generators. */
import { array, assert, constantFrom, integer, property } from "fast-check";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { evaluate } from "../../../src/evaluation/evaluate.js";
import type { TextModel } from "../../../src/model/model.js";
import type { Recipe } from "../../../src/options/recipe.js";
import { type LineScore, lineTokens, scoreLines } from "../../../src/inference/scoring/scoreLines.js";
import { piecewiseProbabilities, probabilitiesOf } from "../../../src/inference/scoring/tokenProbabilities.js";
import { rnn } from "../../support/bin.js";
import { folderWith } from "../../support/folder.js";
import { trainedModel, trainInto } from "../../support/models.js";
import { tale } from "../../support/texts.js";

const cwd = folderWith({ "tale.txt": tale(80) });
const lines = ["the fox took the road", "", "xylophones in the the the", "the owl"];

async function scoresOf(model: TextModel, texts: readonly string[]): Promise<LineScore[]> {
  const scores: LineScore[] = [];
  const arriving = async function* () {
    yield* texts;
  };
  for await (const { tokens, ...score } of scoreLines(model, arriving()))
    scores.push({ ...score, tokens: [...tokens] });
  return scores;
}

const kinds: Record<string, Partial<Recipe>> = {
  streams: {},
  documents: { documents: "lines", tokenizer: "words" },
  windows: { examples: "windows", bidirectional: "yes", sequenceLength: 6 },
};

test.each(Object.keys(kinds))(
  "score: a line's score does not depend on the other lines, to the bit (%s)",
  async (kind) => {
    const model = await trainedModel(join(cwd, kind), join(cwd, "tale.txt"), kinds[kind]!);
    const together = await scoresOf(model, lines);
    expect(together.map(({ text }) => text)).toEqual(lines);
    for (const [index, line] of lines.entries()) {
      expect(await scoresOf(model, [line])).toEqual([together[index]]);
      const { nats, perplexity, tokens } = together[index]!;
      expect(Math.exp(nats / tokens.length)).toBeCloseTo(perplexity, 9);
    }
  },
);

const textOfWords = array(constantFrom("the", "fox", "owl", ",", "xyz"), { minLength: 1, maxLength: 30 }).map((words) =>
  words.join(" "),
);

test.each(Object.keys(kinds))(
  "score: the pieces in which a line is read do not change its score (%s)",
  async (kind) => {
    const model = await trainedModel(join(cwd, `pieces ${kind}`), join(cwd, "tale.txt"), kinds[kind]!);
    assert(
      property(textOfWords, array(integer({ min: 1, max: 20 }), { minLength: 1 }), (text, sizes) => {
        const { ids, context } = lineTokens(model, text);
        const [whole] = probabilitiesOf(model, [{ ids, context }]);
        const pieces: number[][] = [];
        for (let start = context, next = 0; start < ids.length; next++) {
          const size = sizes[next % sizes.length]!;
          pieces.push(ids.slice(start, start + size));
          start += size;
        }
        const read = [...piecewiseProbabilities(model, ids.slice(0, context), pieces)];
        expect(read.flatMap((piece) => piece.ids)).toEqual(ids.slice(context));
        for (const [index, probability] of read.flatMap(({ probabilities }) => probabilities).entries())
          expect(probability).toBeCloseTo(whole![index]!, 6);
      }),
      { numRuns: 20 },
    );
  },
);

test("score: a long line is scored as a short one, between its neighbors", async () => {
  const model = await trainedModel(join(cwd, "long"), join(cwd, "tale.txt"), { tokenizer: "words" });
  const long = 'the fox said: "the owl took the road", '.repeat(600); // 24,000 characters
  const { ids, context } = lineTokens(model, long);
  const [whole] = probabilitiesOf(model, [{ ids, context }]);
  const scores = await scoresOf(model, ["the owl", long, "the fox"]);
  expect(scores[1]).toMatchObject({ text: long, tokens: { length: ids.length - context } });
  expect(scores[1]!.nats).toBeCloseTo(-whole!.reduce((sum, probability) => sum + Math.log(probability), 0), 2);
  expect(scores[1]!.tokens[5]).toEqual({
    token: model.tokenizer.vocabulary[ids[context + 5]!],
    probability: expect.closeTo(whole![5]!, 6),
  });
  expect([scores[0], scores[2]]).toEqual(await scoresOf(model, ["the owl", "the fox"]));
});

test("score: weights that are not numbers are one error", async () => {
  const model = await trainedModel(join(cwd, "diverged"), join(cwd, "tale.txt"), {});
  model.network.assign(
    new Map(
      [...model.network.values()].map(([name, { shape, values }]) => [name, { shape, values: values.fill(NaN) }]),
    ),
  );
  await expect(scoresOf(model, ["the fox"])).rejects.toThrow(
    `${model.folder}: the probability of a token is NaN: the weights are damaged or training diverged; train again with a lower --learning-rate`,
  );
});

test("score: the mean over a line equals the loss that evaluate reports", async () => {
  const model = await trainedModel(join(cwd, "agreeing"), join(cwd, "tale.txt"), {});
  const [one] = await scoresOf(model, ["the fox took the road"]);
  // An evaluation also starts with the end of the line before.
  writeFileSync(join(cwd, "one.txt"), "\nthe fox took the road\n");
  const { loss, targets } = await evaluate(model, join(cwd, "one.txt"));
  expect({ loss, targets }).toEqual({
    loss: expect.closeTo(one!.nats / one!.tokens.length, 4),
    targets: one!.tokens.length,
  });
});

test("score: the mean over lines that are documents equals the loss that evaluate reports for them, in any order", async () => {
  const model = await trainedModel(join(cwd, "documents agreeing"), join(cwd, "tale.txt"), { documents: "lines" });
  expect(model.document.options["examples"]).toBe("documents");
  const texts = [
    "the fox took the road",
    "the owl",
    "a fox and a crow and a fox and a crow and a fox and a crow and an owl",
  ];
  const scores = await scoresOf(model, texts);
  const nats = scores.reduce((sum, score) => sum + score.nats, 0);
  for (const order of [texts, texts.toReversed()]) {
    writeFileSync(join(cwd, "documents.txt"), order.map((text) => `${text}\n`).join(""));
    const { loss, targets } = await evaluate(model, join(cwd, "documents.txt"));
    expect({ nats: loss * targets, targets }).toEqual({
      nats: expect.closeTo(nats, 2),
      targets: scores.reduce((count, { tokens }) => count + tokens.length, 0),
    });
  }
});

test("score: one row for each line; a line of the corpus is more probable than another", async () => {
  await trainInto(join(cwd, "writer"), join(cwd, "tale.txt"), {
    units: [32],
    dropout: 0,
    epochs: 20,
    learningRate: 0.02,
  });
  const { code, stdout } = await rnn(["score", "-c", "./writer"], {
    cwd,
    input: "the fox took the road\n\nxvq zzj kkw pp\n",
  });
  const rows = stdout
    .trimEnd()
    .split("\n")
    .map((row) => row.split("\t"));
  expect({ code, texts: rows.map((row) => row[3]) }).toEqual({
    code: 0,
    texts: ["the fox took the road", "", "xvq zzj kkw pp"],
  });
  expect(Number(rows[0]![0])).toBeLessThan(Number(rows[2]![0]));
  expect(rows[0]![2]).toBe("22");
  const json = await rnn(["score", "-c", "./writer", "--json"], { cwd, input: "the" });
  expect(JSON.parse(json.stdout)).toMatchObject({
    text: "the",
    tokens: [{ token: "t" }, { token: "h" }, { token: "e" }, { token: "\n" }],
  });
});
