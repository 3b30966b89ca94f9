/** @file `POST /suggestions`: the most probable next words of a text, and how its sentence may end. */
import * as v from "valibot";
import { freshSeed } from "../common/random.js";
import { type Suggestion, SuggestionSession } from "../inference/suggestions/suggestionSession.js";
import type { TextModel } from "../model/model.js";
import { route } from "./route.js";

const body = v.strictObject({
  model: v.nullish(v.string()),
  text: v.string(),
  count: v.nullish(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(20)), 5),
  temperature: v.nullish(v.pipe(v.number(), v.minValue(0)), 1),
  sentences: v.nullish(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(5)), 0),
  seed: v.nullish(v.pipe(v.number(), v.integer(), v.minValue(0))),
});
type Body = v.InferOutput<typeof body>;

type Suggested = { words: Suggestion[]; sentences: string[] };

export const suggestionsRoute = route({
  method: "POST",
  path: "/suggestions",
  body,
  answer: async (asked, { models, turns, signal }) => {
    const [name, model] = models.find(asked.model, "generator");
    const all: Suggested = { words: [], sentences: [] };
    for await (const { words = [], sentence } of turns.inTurns(suggested(model, asked), signal)) {
      all.words.push(...words);
      if (sentence !== undefined) all.sentences.push(sentence);
    }
    return { json: { model: name, ...all } };
  },
});

/** The words, then a sentence a turn. The end of the text is read once. */
async function* suggested(
  model: TextModel,
  { text, count, temperature, sentences, seed }: Body,
): AsyncGenerator<{ words?: Suggestion[]; sentence?: string }> {
  const session = new SuggestionSession([{ model, weight: 1 }]);
  try {
    session.read(text);
    yield { words: session.suggestions({ count, temperature }) };
    const first = seed ?? freshSeed();
    for (let place = 0; place < sentences; place++) yield { sentence: session.sentence(first + place, temperature) };
  } finally {
    session.dispose();
  }
}
