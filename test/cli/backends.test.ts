/** @file A checkpoint of one backend gives the same labels, tags and most probable text on every other backend. */
import { expect, test } from "vitest";
import { backendsHere } from "../engine/support.js";
import { rnn } from "../support/bin.js";
import { conlluText, simpleSentences } from "../support/conllu.js";
import { folderWith } from "../support/folder.js";
import { tale } from "../support/texts.js";

const small = ["--units", "16", "--embedding", "8", "--batch-size", "4", "--epochs", "1"];

test.each(backendsHere)(
  "backends: checkpoints trained on %s give the same output on every backend",
  async (trainer) => {
    const cwd = folderWith({
      "tale.txt": tale(20),
      "words.conllu": conlluText(simpleSentences(40)),
      "mood.csv": moods,
    });
    for (const corpus of ["tale.txt", "words.conllu", "mood.csv"]) {
      const trained = await rnn(["train", corpus, ...small, "--backend", trainer], { cwd });
      expect(trained.code).toBe(0);
    }
    const resultsOn = (backend: string) =>
      Promise.all([
        rnn(
          ["generate", "-c", "tale", "-p", "the ", "--temperature", "0", "--max-tokens", "40", "--backend", backend],
          {
            cwd,
          },
        ),
        rnn(["tag", "-c", "words", "--backend", backend], { cwd, input: "the fox walked home .\n" }),
        rnn(["classify", "-c", "mood", "--backend", backend], { cwd, input: "a fine day\n\na bad day\n" }),
      ]);
    const expected = await resultsOn(trainer);
    for (const { code, stdout } of expected) {
      expect(code).toBe(0);
      expect(stdout).not.toBe("");
    }
    for (const backend of backendsHere) expect(await resultsOn(backend)).toEqual(expected);
  },
);

const moods = `text,label\n${Array.from({ length: 30 }, (_, index) =>
  index % 2 === 0 ? `a fine and bright day ${index},good\n` : `a bad and dull day ${index},bad\n`,
).join("")}`;
