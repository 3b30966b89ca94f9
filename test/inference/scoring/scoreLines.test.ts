/** @file Scores of lines by small generators. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { evaluate } from "../../../src/evaluation/evaluate.js";
import type { TextModel } from "../../../src/model/model.js";
import type { Recipe } from "../../../src/options/recipe.js";
import { type LineScore, scoreLines } from "../../../src/inference/scoring/scoreLines.js";
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
  for await (const score of scoreLines(model, arriving())) scores.push(score);
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
