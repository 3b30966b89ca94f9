/** @file `/classify`, `/score` and `/suggestions`: their answers are those of the library. */
import { expect, test } from "vitest";
import { classify } from "../../src/library/labeling.js";
import { score } from "../../src/library/textScores.js";
import { SuggestionSession } from "../../src/inference/suggestions/suggestionSession.js";
import { ask, critic, refused, serve, storyteller } from "./served.js";

const opinions = ["not bad at all", "a waste of time", ""];

test("serve: /classify answers what the library's classify returns", async () => {
  const server = await serve();
  const results = await classify(critic, opinions);
  expect(await ask(server, "/classify", { input: opinions })).toEqual({
    status: 200,
    body: { model: "critic", results },
  });
  const one = { model: "critic", input: opinions[0] };
  expect(await ask(server, "/classify", one)).toMatchObject({ body: { results: [results[0]] } });
});

test("serve: /score answers what the library's score returns", async () => {
  const server = await serve();
  const lines = ["The fox went home.", "home went fox The", ""];
  const results = await score(storyteller, lines);
  expect(await ask(server, "/score", { input: lines })).toEqual({
    status: 200,
    body: { model: "storyteller", results },
  });
});

test("serve: /suggestions answers the most probable next words, and sentences of a seed", async () => {
  const server = await serve();
  const text = "Once upon a ti";
  const session = new SuggestionSession([{ model: storyteller, weight: 1 }]);
  session.read(text);
  const words = session.suggestions({ count: 3, temperature: 1 });
  const sentences = [session.sentence(5, 1), session.sentence(6, 1)];
  session.dispose();
  expect(await ask(server, "/suggestions", { text, count: 3, sentences: 2, seed: 5 })).toEqual({
    status: 200,
    body: { model: "storyteller", words, sentences },
  });
});

test("serve: requests about texts that cannot be answered get an error with its reason", async () => {
  const server = await serve({ texts: 2, scoredTokens: 20 });
  expect(await ask(server, "/classify", { input: opinions })).toEqual(refused(400, /3 texts; at most 2/));
  expect(await ask(server, "/classify", { model: "storyteller", input: "a" })).toEqual(
    refused(400, /storyteller" is a generator; this needs a classifier or regressor/),
  );
  expect(await ask(server, "/classify", { input: { text: "a", numbers: [1] } })).toEqual(
    refused(400, /reads texts alone, but the input has 1 number/),
  );
  expect(await ask(server, "/classify", '{"input": {"text": "a", "numbers": [1e999]}}')).toEqual(
    refused(400, /finite/),
  );
  expect(await ask(server, "/classify", {})).toEqual(refused(400, /input: missing/));
  expect(await ask(server, "/suggestions", [])).toEqual(refused(400, /expected Object, not Array/));
  expect(await ask(server, "/score", { input: "a long text ".repeat(20) })).toEqual(refused(400, /tokens; at most 20/));
  expect(await ask(server, "/suggestions", { text: "a", count: 0 })).toEqual(refused(400, /count/));
});
