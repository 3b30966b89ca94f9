/** @file `POST /score`: the probability that a generator gives each text, and each of its tokens. */
import * as v from "valibot";
import { quantity } from "../common/quantity.js";
import { type LineScore, scoreLines } from "../inference/scoring/scoreLines.js";
import type { TextModel } from "../model/model.js";
import { RequestError } from "./requestError.js";
import { route } from "./route.js";
import { collected, inputsOf } from "./textInputs.js";

export const scoreRoute = route({
  method: "POST",
  path: "/score",
  body: v.strictObject({ model: v.nullish(v.string()), input: v.union([v.string(), v.array(v.string())]) }),
  answer: async ({ model: asked, input }, { models, turns, limits, signal }) => {
    const [name, model] = models.find(asked, "generator");
    const texts = inputsOf(input, limits);
    const tokens = texts.reduce((sum, text) => sum + model.tokenizer.encode(text).length, 0);
    if (tokens > limits.scoredTokens)
      throw new RequestError(400, `input: ${quantity(tokens, "tokens")}; at most ${limits.scoredTokens} are scored`);
    return { json: { model: name, results: await collected(turns.inTurns(scoresOf(model, texts), signal)) } };
  },
});

/** A text a turn; as the library's `score`. */
async function* scoresOf(model: TextModel, texts: readonly string[]): AsyncGenerator<LineScore[]> {
  for (const text of texts)
    for await (const { tokens, ...totals } of scoreLines(model, only(text))) yield [{ ...totals, tokens: [...tokens] }];
}

async function* only(text: string): AsyncGenerator<string> {
  yield text;
}
