/** @file Tags of words by a small tagger. */
import { array, assert, property, string } from "fast-check";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { dispose, tidy, variableGrads } from "../../../src/engine/tfjs.js";
import { evaluate } from "../../../src/evaluation/evaluate.js";
import { Lexicon } from "../../../src/examples/lexicon.js";
import { TaggedSentences } from "../../../src/examples/taggedSentences.js";
import { startEngine, type TextModel } from "../../../src/model/model.js";
import { initializations } from "../../../src/network/initializers.js";
import { inputsOf, targetsOf } from "../../../src/network/inputs.js";
import { Network } from "../../../src/network/network.js";
import { softmax } from "../../../src/network/softmax.js";
import type { Spec } from "../../../src/network/spec.js";
import { type Tag, tagBatch, tagPieces } from "../../../src/inference/tagging/tag.js";
import { tokenizerTrainer } from "../../../src/tokenizers/index.js";
import { conlluText, simpleSentences } from "../../support/conllu.js";
import { folderWith } from "../../support/folder.js";
import { trainedModel } from "../../support/models.js";

const cwd = folderWith({ "simple.conllu": conlluText(simpleSentences(120)) });
let model: TextModel;
beforeAll(async () => {
  await startEngine({ backend: "auto" });
  const given = { epochs: 12, learningRate: 0.02, dropout: 0.2, charUnits: 8 };
  model = await trainedModel(join(cwd, "tagger"), join(cwd, "simple.conllu"), given);
});

const words = tokenizerTrainer("whitespace");
const letters = tokenizerTrainer("characters");
for (const trainer of [words, letters]) trainer.add("a small cat sat on an old mat");
const [tokenizer, spelling] = [words.finish(), letters.finish()];
const spec: Spec = {
  task: "tagger",
  vocabulary: tokenizer.vocabulary.length,
  layers: [
    { type: "words", units: 5, characters: { vocabulary: spelling.vocabulary.length, embedding: 4, units: 3 } },
    { type: "recurrent", cell: "lstm", units: 6, bidirectional: true },
  ],
  classes: 3,
};
const network = () => Network.create(spec, initializations.wide(), 1);

function batchOf(...sentences: string[]) {
  const store = new TaggedSentences(new Lexicon(tokenizer, spelling));
  for (const sentence of sentences) {
    const forms = sentence.split(" ");
    store.push(
      forms,
      forms.map(({ length }) => length % 3),
    );
  }
  return store.batch(Int32Array.from(sentences.keys()));
}

// Course row 4.10: docs/guide/README.md#course-rows
test("tag: a bidirectional tagger predicts from both directions' states at each word", () => {
  const tagger = network();
  expect(tagger.weights.get("head/kernel")!.shape).toEqual([2 * 6, 3]); // both directions' states at an element
  const logits = (text: string) => tidy(() => tagger.logits(inputsOf(batchOf(text)), null).logits.arraySync());
  const [before, after] = [logits("a small cat sat"), logits("a small cat on")];
  expect(before).toHaveLength(4);
  before.forEach((row, step) => expect(row, `word ${step}`).not.toEqual(after[step])); // words after it are read too
  expect(logits("on small cat sat")[3]).not.toEqual(before[3]); // and words before it
});

test("tagger: loss and gradients are means over words without the padding", () => {
  const tagger = network();
  const variables = [...tagger.weights.values()];
  const read = (...sentences: string[]) => {
    const batch = batchOf(...sentences);
    return tidy(() => {
      const { value, grads } = variableGrads(
        () => tagger.loss(inputsOf(batch), targetsOf(batch), null, { training: true, seed: 1 }).loss,
        variables,
      );
      const gradients = variables.map(({ name }) => Array.from(grads[name]!.dataSync()));
      return { loss: value.dataSync()[0]!, gradients };
    });
  };
  const [long, short] = ["a small cat sat on an old mat", "old cat"];
  const [first, second, both] = [read(long), read(short), read(long, short)];
  const mean = (left: number, right: number): number => (8 * left + 2 * right) / 10;
  expect(both.loss).toBeCloseTo(mean(first.loss, second.loss), 5);
  both.gradients.forEach((gradient, index) =>
    gradient.forEach((value, place) =>
      expect(value).toBeCloseTo(mean(first.gradients[index]![place]!, second.gradients[index]![place]!), 5),
    ),
  );
  const { logits } = tagger.read(() => inputsOf(batchOf(short)), null);
  const plain = [...batchOf(short).targets].map(
    (target, step) => -Math.log(softmax(logits.subarray(3 * step, 3 * step + 3))[target]!),
  );
  expect(second.loss).toBeCloseTo((plain[0]! + plain[1]!) / 2, 5);
});

test("tag: a sentence's tags do not depend on other sentences or padding", () => {
  const sentences = simpleSentences(20).map((sentence) => sentence.split(" ").map((word) => word.split("/")[0]!));
  sentences.push([], ["unheardofness"], ["the"]);
  const together = tagBatch(model, sentences);
  expect(together).toEqual(sentences.map((sentence) => tagBatch(model, [sentence])[0]));
});

test("tag: a tagger of element-wise cells learns, and a sentence's tags do not depend on the others", async () => {
  const given = { cell: "mingru", epochs: 12, learningRate: 0.02, charUnits: 8 } as const;
  const tagger = await trainedModel(join(cwd, "elementwise"), join(cwd, "simple.conllu"), given);
  const pairs = simpleSentences(20).map((sentence) => sentence.split(" ").map((word) => word.split("/")));
  const sentences = pairs.map((tagged) => tagged.map(([word]) => word!));
  const together = tagBatch(tagger, sentences);
  expect(together.map((tags) => tags.map(({ tag }) => tag))).toEqual(
    pairs.map((tagged) => tagged.map(([, tag]) => tag)),
  );
  expect(together).toEqual(sentences.map((sentence) => tagBatch(tagger, [sentence])[0]));
});

test("tag: a word outside the vocabulary is tagged by its characters", () => {
  const [first, second] = tagBatch(model, [
    ["the", "blinked"],
    ["the", "elk"],
  ]);
  expect(first![1]).not.toEqual(second![1]); // both are unknown words and differ only in their letters
});

test("tag: any words get one tag each", () => {
  assert(
    property(array(array(string({ minLength: 1 }), { maxLength: 6 }), { maxLength: 5 }), (sentences) => {
      expect(tagBatch(model, sentences).map(({ length }) => length)).toEqual(sentences.map(({ length }) => length));
    }),
    { numRuns: 30 },
  );
});

const randomWords = (count: number): string[] => {
  const vocabulary = simpleSentences(20).flatMap((sentence) => sentence.split(" ").map((word) => word.split("/")[0]!));
  let state = 1;
  return Array.from({ length: count }, () => {
    state = (state * 48271) % 2147483647;
    return vocabulary[state % vocabulary.length]!;
  });
};

/** The outputs of the whole sentence in one forward pass. */
function wholeTags(tagger: TextModel, sentence: readonly string[]): string[] {
  const lexicon = new Lexicon(tagger.tokenizer, tagger.spelling);
  const { classes } = tagger.network.spec;
  const { logits, state } = tagger.network.read(
    () => inputsOf(lexicon.inputs([sentence.map((word) => lexicon.numberOf(word))])),
    null,
  );
  dispose(state);
  return sentence.map((_, step) => {
    const probabilities = softmax(logits.subarray(step * classes, (step + 1) * classes));
    const best = probabilities.indexOf(Math.max(...probabilities));
    return `${tagger.labels[best]} ${probabilities[best]!.toFixed(4)}`;
  });
}

const shownTags = (tags: readonly Tag[]): string[] =>
  tags.map(({ tag: name, probability }) => `${name} ${probability.toFixed(4)}`);

test("tag: a long sentence in windows has the tags of the whole sentence, between its neighbors", () => {
  for (const count of [2048, 2049, 3100, 12_000]) {
    const long = randomWords(count);
    const [first, tags] = tagBatch(model, [["the", "dog"], long]);
    expect(shownTags(tags!)).toEqual(wholeTags(model, long));
    expect(first).toEqual(tagBatch(model, [["the", "dog"]])[0]);
  }
});

test("tag: the words of a long sentence may come one by one", () => {
  const long = randomWords(9000);
  const one = function* () {
    yield* long;
  };
  const pieces = [...tagPieces(model, one())];
  expect(pieces.length).toBeGreaterThan(1);
  expect(pieces.flatMap(({ words: some }) => some)).toEqual(long);
  expect(pieces.flatMap(({ tags }) => tags)).toEqual(tagBatch(model, [long])[0]);
});

test("tag: a long sentence is exact if the network reads forward only, however far back it looks", async () => {
  const given = { epochs: 2, learningRate: 0.02, charUnits: 8, bidirectional: "no" } as const;
  const forward = await trainedModel(join(cwd, "forward"), join(cwd, "simple.conllu"), given);
  expect(forward.network.spec.layers.some((layer) => layer.type === "recurrent" && layer.bidirectional)).toBe(false);
  const long = randomWords(6000);
  expect(shownTags(tagBatch(forward, [long])[0]!)).toEqual(wholeTags(forward, long));
});

test("tag: weights that are not numbers are one error", async () => {
  const diverged = await trainedModel(join(cwd, "diverged"), join(cwd, "simple.conllu"), { epochs: 1 });
  diverged.network.assign(
    new Map(
      [...diverged.network.values()].map(([name, { shape, values }]) => [name, { shape, values: values.fill(NaN) }]),
    ),
  );
  expect(() => tagBatch(diverged, [["the", "dog"]])).toThrow(
    `${diverged.folder}: the probability of a tag is NaN: the weights are damaged or training diverged; train again with a lower --learning-rate`,
  );
});

test("evaluate: a tagger's result has accuracy, accuracy of unseen words and baselines", async () => {
  const fresh = folderWith({
    "fresh.conllu": conlluText(["the/DET yak/NOUN walked/VERB ./PUNCT", "owl/NOUN ./PUNCT"]),
  });
  const own = await evaluate(model);
  expect(own).toMatchObject({ part: "test", accuracy: 1, unseenTargets: 0 });
  expect(own.unseen).toBeUndefined();
  const found = await evaluate(model, join(fresh, "fresh.conllu"));
  expect(found).toMatchObject({ targets: 6, unseenTargets: 1 });
  const [commonest, byWord] = found.baselines;
  expect(commonest!.name).toBe("majority tag");
  expect(byWord).toMatchObject({ name: "most frequent tag per word" });
  expect(byWord!.accuracy! * 6).toBeGreaterThanOrEqual(5 - 1e-9); // at least all except the yak
});
