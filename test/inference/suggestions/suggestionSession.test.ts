/** @file Suggested continuations against an enumeration of all continuations, one forward pass for each. */
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { StreamReader } from "../../../src/inference/generation/logitReaders.js";
import { MixtureReader } from "../../../src/inference/generation/mixtureReader.js";
import { bannedTokens, promptIds } from "../../../src/inference/generation/promptIds.js";
import { softmax } from "../../../src/inference/suggestions/branchReader.js";
import { type Suggestion, SuggestionSession } from "../../../src/inference/suggestions/suggestionSession.js";
import { type TextModel } from "../../../src/model/model.js";
import { endId } from "../../../src/tokenizers/specialTokens.js";
import { train as trainRun } from "../../../src/training/run.js";
import { folderWith } from "../../support/folder.js";
import { eventsOf, loadTextModel, neverStopped, trainedModel } from "../../support/models.js";
import { tale } from "../../support/texts.js";

const folder = folderWith({ "tale.txt": tale(60), "other.txt": tale(12) });
const corpus = join(folder, "tale.txt");
const models: Record<string, TextModel> = {};
const model = (name: string): TextModel => models[name]!;

beforeAll(async () => {
  const train = async (name: string, given: Parameters<typeof trainedModel>[2]): Promise<void> => {
    models[name] = await trainedModel(join(folder, name), corpus, { epochs: 12, learningRate: 0.02, ...given });
  };
  await train("characters", {});
  await train("other seed", { seed: 2 });
  await train("subwords", { tokenizer: "subwords", vocabulary: 290 });
  await train("words", { tokenizer: "words" });
  await train("whitespace", { tokenizer: "whitespace" });
  const ngrams = {
    backend: "auto",
    stop: neverStopped(),
    out: join(folder, "n-grams"),
    given: { model: "ngram" },
  } as const;
  await eventsOf(trainRun(corpus, ngrams));
  models["n-grams"] = await loadTextModel(join(folder, "n-grams"));
  await train("mix", { mix: "ngram" });
  await train("no decoder", { tokenizer: "words", softmax: "adaptive", cutoffs: [6, 12] });
});
afterAll(() => Object.values(models).forEach((one) => one.dispose()));

/** The probabilities of the token after a text, by reading all of it. */
function nextOf(one: TextModel, encoded: readonly number[]): Float64Array {
  const { shape } = one.document.corpus;
  const prompt = { ids: promptIds(one.tokenizer, shape, encoded), rows: 1 };
  const network = one.hasNetwork ? new StreamReader(one.network, prompt) : null;
  const reader = one.mixture ? new MixtureReader(one.mixture, network, prompt) : network!;
  const probabilities = softmax(reader.logits());
  reader.dispose();
  for (const id of bannedTokens(shape)) probabilities[id] = 0;
  return tempered(probabilities, 1);
}

const tempered = (probabilities: Float64Array, temperature: number): Float64Array => {
  const powers = probabilities.map((probability) => probability ** (1 / temperature));
  const sum = powers.reduce((all, power) => all + power, 0);
  return powers.map((power) => power / sum);
};

/** All words or marks that follow a text with a probability above `least`, by a search of every continuation. */
function enumerated(
  next: (ids: readonly number[]) => Float64Array,
  one: TextModel,
  text: string,
  least: number,
): Suggestion[] {
  const { tokenizer } = one;
  const read = tokenizer.encode(text);
  const found = new Map<string, number>();
  const add = (unit: string, probability: number) => found.set(unit, (found.get(unit) ?? 0) + probability);
  const visit = (path: number[], probability: number): void => {
    for (const [id, conditional] of next([...read, ...path]).entries()) {
      const joint = probability * conditional;
      const longer =
        tokenizer.decode([...read, ...path, ...(id === endId ? [] : [id])]).slice(text.length) +
        (id === endId ? "\t" : "");
      const unit = /^ *(?:[a-z]+|[.,]+|\n+)(?=([^]?))/.exec(longer);
      const isWhole = unit && (unit[1] !== "" || tokenizer.kind.startsWith("w"));
      if (isWhole) add(unit[0], joint);
      else if (id !== endId && joint >= least) visit([...path, id], joint);
    }
  };
  visit([], 1);
  return Array.from(found, ([unit, probability]) => ({ text: unit, probability })).toSorted(
    (first, second) => second.probability - first.probability,
  );
}

const expectSame = (got: readonly Suggestion[], expected: readonly Suggestion[]): void => {
  expect(got.map(({ text }) => text)).toEqual(expected.slice(0, got.length).map(({ text }) => text));
  for (const [index, { probability }] of got.entries())
    expect(Math.abs(probability - expected[index]!.probability)).toBeLessThan(0.003);
};

test.each(["characters", "subwords", "n-grams", "mix", "no decoder"])(
  "suggestions: of %s, the most probable words of all",
  (name) => {
    using session = disposed(new SuggestionSession([{ model: model(name), weight: 1 }]));
    session.read("the fox took.");
    const got = session.suggestions({ count: 5, temperature: 1 });
    expect(got).toHaveLength(5);
    expectSame(
      got,
      enumerated((ids) => nextOf(model(name), ids), model(name), "the fox took.", 3e-4),
    );
  },
);

test("suggestions: the temperature applies to each token", () => {
  using session = disposed(new SuggestionSession([{ model: model("characters"), weight: 1 }]));
  session.read("the fox took");
  const next = (ids: readonly number[]) => tempered(nextOf(model("characters"), ids), 0.5);
  expectSame(
    session.suggestions({ count: 2, temperature: 0.5 }),
    enumerated(next, model("characters"), "the fox took", 3e-4),
  );
  const [only, ...others] = session.suggestions({ count: 4, temperature: 0 });
  expect(only!.probability).toBeCloseTo(1, 6);
  expect(others.every(({ probability }) => probability < 1e-6)).toBe(true);
});

test("suggestions: models are mixed by their weights", () => {
  const [one, two] = [model("characters"), model("other seed")];
  using session = disposed(
    new SuggestionSession([
      { model: one, weight: 3 },
      { model: two, weight: 1 },
    ]),
  );
  session.read("the owl");
  const mixed = (ids: readonly number[]) => {
    const other = nextOf(two, ids);
    return nextOf(one, ids).map((probability, id) => 0.75 * probability + 0.25 * other[id]!);
  };
  expectSame(session.suggestions({ count: 4, temperature: 1 }), enumerated(mixed, one, "the owl", 3e-4));
  session.weigh([0, 1]);
  expectSame(
    session.suggestions({ count: 4, temperature: 1 }),
    enumerated((ids) => nextOf(two, ids), two, "the owl", 3e-4),
  );
});

test("suggestions: models of different vocabularies are refused in one line", () => {
  const pair = ["characters", "words"].map((name) => ({ model: model(name), weight: 1 }));
  expect(() => new SuggestionSession(pair)).toThrow(/different vocabularies.*rnn train --from/);
  expect(() => new SuggestionSession([{ model: model("words"), weight: 0 }])).toThrow(/one above 0; got 0/);
});

test.each(["words", "whitespace"])("suggestions: of %s, the next tokens with their spaces", (name) => {
  using session = disposed(new SuggestionSession([{ model: model(name), weight: 1 }]));
  session.read("the fox took the");
  const words = session.suggestions({ count: 3, temperature: 1 });
  expect(words.every(({ text }) => /^ [a-z]+\.?$/.test(text))).toBe(true);
  session.read("the fox took the ");
  expect(session.suggestions({ count: 3, temperature: 1 }).map(({ text }) => text)).toEqual(
    words.map(({ text }) => text.trim()),
  );
});

test.each(["characters", "subwords", "words"])("suggestions: of %s, an unfinished word is finished", (name) => {
  using session = disposed(new SuggestionSession([{ model: model(name), weight: 1 }]));
  session.read("the fox took the bell and wal");
  const [best] = session.suggestions({ count: 3, temperature: 1 });
  expect(best!.text).toBe("ked");
  expect(best!.probability).toBeGreaterThan(0.5);
});

test("suggestions: an unknown word is followed all the same", () => {
  using session = disposed(new SuggestionSession([{ model: model("words"), weight: 1 }]));
  session.read("the zyzzyva");
  expect(session.suggestions({ count: 2, temperature: 1 })).toHaveLength(2);
});

test.each(["characters", "subwords", "words", "mix", "no decoder"])(
  "suggestions: of %s, a text that was changed has those of a new session",
  (name) => {
    const options = { count: 4, temperature: 1 };
    using kept = disposed(new SuggestionSession([{ model: model(name), weight: 1 }]));
    for (const text of [
      "",
      "the fox took the",
      "the f",
      "the fox walked home.\n",
      "the fox took the bell",
      "a",
      "the fox",
    ]) {
      using fresh = disposed(new SuggestionSession([{ model: model(name), weight: 1 }]));
      kept.read(text);
      fresh.read(text);
      expect(kept.suggestions(options), text).toEqual(fresh.suggestions(options));
      expect(kept.sentence(3, 0.5), text).toBe(fresh.sentence(3, 0.5));
    }
  },
);

test("suggestions: a sentence ends where a sentence ends, and a seed gives it again", () => {
  using session = disposed(new SuggestionSession([{ model: model("words"), weight: 1 }]));
  session.read("the fox took the b");
  const sentence = session.sentence(1, 0.3);
  expect(sentence).toMatch(/^[a-z]+ and walked home\.$/);
  expect(session.sentence(1, 0.3)).toBe(sentence);
});

test("suggestions: those of the bundled storyteller take milliseconds", async () => {
  using storyteller = await loadTextModel("storyteller");
  using session = disposed(new SuggestionSession([{ model: storyteller, weight: 1 }]));
  let text = "Once upon a time ";
  session.read(text);
  session.suggestions({ count: 9, temperature: 0.8 });
  const times: number[] = [];
  for (const character of "there was a fox who lived in the wood") {
    session.read((text += character));
    const start = performance.now();
    expect(session.suggestions({ count: 9, temperature: 0.8 }).length).toBeGreaterThan(0);
    times.push(performance.now() - start);
  }
  expect(times.toSorted((one, other) => one - other)[Math.floor(times.length / 2)]).toBeLessThan(200); // 50 ms on idle cores
});

const disposed = (session: SuggestionSession): SuggestionSession & Disposable =>
  Object.assign(session, { [Symbol.dispose]: () => session.dispose() });
