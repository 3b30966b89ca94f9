/** @file The loaders' own tokenizers, in JavaScript and in Python, against rnn's: ids of any text, and texts of any ids. */
import { array, assert, nat, property } from "fast-check";
import { spawnSync } from "node:child_process";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import { type TokenizerName, tokenizerNames } from "../../src/common/names.js";
import { type Tokenizer, tokenizerTrainer } from "../../src/tokenizers/index.js";
import { tokensOf } from "../../src/interop/tokenizerJson/exportedVocabulary.js";
import { python } from "../support/python.js";
import { oddTexts } from "./oddTexts.js";

const sample = [
  'I don\'t say "well-known" things, e.g. 10,000.50 at 12:30 … “never”!?\n\n\tThe  end (of it) -- he said: a/b, $5.',
  "コーヒー 〱 ｶﾞｰ a-ー 1.ー２ สวัสดี น้ำ๒๓.๔abc ខ្ញុំ ລາວ",
  "漢字のカタカナ、々。 häßlich é e\u0301 👍🏽 👩‍🚀 x\u3000y\u00A0z ٣²",
].join("\n");

/** As rnn made them first, with the steps of a normalization, and as it makes them now. */
const variants = ["plain", "normalized", "clusters"] as const;

const tokenizerOf = (kind: TokenizerName, variant: (typeof variants)[number]): Tokenizer => {
  const trainer = tokenizerTrainer(kind, {
    lowercase: variant === "normalized",
    normalization: variant === "normalized" ? ["nfc", "quotes", "clusters"] : variant === "clusters" ? ["nfc"] : [],
    clusters: variant === "clusters",
    ...(kind === "subwords" && { vocabulary: 300 }),
  });
  trainer.add(sample.repeat(2));
  return trainer.finish();
};

type Codec = { encode: (text: string) => number[]; decode: (ids: number[]) => string };

for (const kind of tokenizerNames) {
  test.each(variants)(`loaders: JavaScript code encodes and decodes ${kind} as rnn does (%s)`, async (variant) => {
    const tokenizer = tokenizerOf(kind, variant);
    const { codec } = (await import(`../../loaders/encode/${kind}.mjs`)) as { codec: (vocabulary: object) => Codec };
    const { encode, decode } = codec({ text: tokensOf(tokenizer) });
    const same = (text: string): void => {
      const ids = tokenizer.encode(text);
      expect(encode(text)).toEqual(ids);
      expect(decode(ids)).toBe(tokenizer.decode(ids));
    };
    same(sample);
    assert(
      property(oddTexts, (given) => same(given.join(""))),
      { numRuns: 300, seed: 1 },
    );
    const first = kind === "subwords" ? 2 : 0; // subwords have no unknown token
    const known = nat({ max: tokenizer.vocabulary.length - 1 - first }).map((id) => id + first);
    assert(
      property(array(known, { maxLength: 20 }), (ids) => {
        expect(decode(ids)).toBe(tokenizer.decode(ids));
      }),
      { numRuns: 300, seed: 1 },
    );
  });
}

const hasPython = spawnSync(python, ["--version"]).status === 0;
/** The states after the ids from state 0, until one cannot follow, and the ids that cannot follow in the last state. */
const followProgram = `
import json, sys
sys.path.insert(0, sys.argv[1])
from follow import follower
text, lists = json.load(sys.stdin)
following, excluded = follower({"text": text})
results = []
for ids in lists:
    states = [0]
    for id in ids:
        if states[-1] != -1:
            states.append(following(states[-1], id))
    results.append([states, excluded(max(0, states[-1]))])
json.dump(results, sys.stdout)
`;

test("loaders: the tokens that may follow are those of rnn, so that no text ends within a character", async () => {
  const tokenizer = tokenizerOf("subwords", "plain");
  const text = tokensOf(tokenizer);
  const follow = tokenizer.follow!;
  const name = "follow";
  const { follower } = (await import(`../../loaders/encode/${name}.mjs`)) as {
    follower: (vocabulary: object) => {
      next: (state: number, id: number) => number;
      excluded: (state: number) => number[];
    };
  };
  const ours = follower({ text });
  const everyId = [...tokenizer.vocabulary.keys()];
  for (const state of [0, 1, 2, 3, 4, 5, 6, 7]) {
    expect(everyId.map((id) => ours.next(state, id))).toEqual(everyId.map((id) => follow(state, id)));
    expect(ours.excluded(state)).toEqual(everyId.filter((id) => follow(state, id) === -1));
  }
  expect(follower({ text: tokensOf(tokenizerOf("words", "plain")) }).excluded(0)).toEqual([]);
  if (!hasPython) return;
  const lists = ["é", "漢字", "👍🏽", "a"].flatMap((each) => {
    const ids = tokenizer.encode(each);
    return [ids, ids.slice(0, -1), [...ids.slice(0, -1), 1], ids.slice(1)];
  });
  const { stdout, stderr } = spawnSync(python, ["-c", followProgram, resolve("loaders/encode")], {
    input: JSON.stringify([text, lists]),
    encoding: "utf8",
    env: { ...process.env, PYTHONDONTWRITEBYTECODE: "1" },
  });
  expect(stderr).toBe("");
  for (const [index, [states, excluded]] of (JSON.parse(stdout) as [number[], number[]][]).entries()) {
    const expected = [0];
    for (const id of lists[index]!) if (expected.at(-1) !== -1) expected.push(follow(expected.at(-1)!, id));
    expect(states).toEqual(expected);
    expect(excluded).toEqual(everyId.filter((id) => follow(Math.max(0, expected.at(-1)!), id) === -1));
  }
});

/** Encodes and decodes the given texts with each tokenizer. */
const program = `
import importlib.util, json, sys
sys.path.insert(0, sys.argv[1])
results = []
for kind, text, given in json.load(sys.stdin):
    spec = importlib.util.spec_from_file_location(kind, f"{sys.argv[1]}/{kind}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    encode, decode = module.codec({"text": text})
    results.append([[encode(each), decode(encode(each))] for each in given])
json.dump(results, sys.stdout)
`;
test.skipIf(!hasPython)("loaders: Python code encodes and decodes text as rnn does", () => {
  const given: string[] = [sample, `${" ".repeat(70)}x${"y".repeat(200)}'${"z".repeat(40)} ${"!".repeat(40)}12345`];
  assert(
    property(oddTexts, (each) => {
      given.push(each.join(""));
    }),
    { numRuns: 300, seed: 1 },
  );
  const kinds = tokenizerNames.flatMap((kind) => variants.map((variant) => tokenizerOf(kind, variant)));
  const input = JSON.stringify(kinds.map((tokenizer) => [tokenizer.kind, tokensOf(tokenizer), given]));
  const { stdout, stderr } = spawnSync(python, ["-c", program, resolve("loaders/encode")], {
    input,
    encoding: "utf8",
    maxBuffer: 2 ** 28,
    env: { ...process.env, PYTHONDONTWRITEBYTECODE: "1", PYTHONIOENCODING: "utf-8" },
  });
  expect(stderr).toBe("");
  for (const [index, results] of (JSON.parse(stdout) as [number[], string][][]).entries()) {
    const tokenizer = kinds[index]!;
    for (const [at, [ids, text]] of results.entries()) {
      expect(ids, `${tokenizer.kind} of ${JSON.stringify(given[at])}`).toEqual(tokenizer.encode(given[at]!));
      expect(text).toBe(tokenizer.decode(ids));
    }
  }
});
