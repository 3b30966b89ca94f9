/** @file CoNLL-U: what is read of it, and what is wrong with it in one line. */
import { gzipSync } from "node:zlib";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openCorpus } from "../../../src/corpus/corpus.js";
import type { Document } from "../../../src/corpus/document.js";
import { folderWith } from "../../support/folder.js";

const row = (id: string, form: string, upos = "NOUN", xpos = "NN"): string =>
  `${[id, form, "_", upos, xpos, "_", "_", "_", "_", "_"].join("\t")}\n`;
const good = [
  "# text = Don't go\n",
  row("1-2", "Don't", "_", "_"),
  row("1", "Do", "AUX", "VB"),
  row("2", "n't", "PART", "RB"),
  row("3", "go", "VERB", "VB"),
  row("3.1", "away", "ADV", "RB"),
  "\n\n# nothing but a comment\n\n",
  row("1", "1 000", "NUM", "CD"),
].join("");
const cwd = folderWith({
  "good.conllu": good,
  "good.conllu.gz": gzipSync(good),
  "columns.conllu": row("1", "a") + "2\tb\tNOUN\n",
  "number.conllu": row("1", "a") + row("3", "b"),
  "joined.conllu": row("1", "a") + row("1", "b"),
  "untagged.conllu": `# first\n${row("1", "a")}${row("2", "b", "_")}`,
  "empty.conllu": row("1", " "),
});

async function documentsIn(name: string, options: Parameters<typeof openCorpus>[1] = {}): Promise<Document[]> {
  const documents: Document[] = [];
  for await (const document of (await openCorpus(join(cwd, name), options)).read()) documents.push(document);
  return documents;
}

test.each(["good.conllu", "good.conllu.gz"])(
  "words and tags of %s; joined and empty words, comments passed over",
  async (name) => {
    expect(await documentsIn(name)).toEqual([
      { text: "Do n't go", words: ["Do", "n't", "go"], tags: ["AUX", "PART", "VERB"] },
      { text: "1_000", words: ["1 000"], tags: ["NUM"] },
    ]);
  },
);

test("the other column of tags", async () => {
  const [first] = await documentsIn("good.conllu", { tagColumn: "xpos" });
  expect(first!.tags).toEqual(["VB", "RB", "VB"]);
});

test.each([
  ["columns.conllu", /columns\.conllu:2: expected the 10 columns of CoNLL-U with tabs between, got 3$/],
  ["number.conllu", /number\.conllu:2: expected word 2 of its sentence, got 3; /],
  [
    "joined.conllu",
    /joined\.conllu:2: expected word 2 of its sentence, got 1; sentences have an empty line between them$/,
  ],
  ["untagged.conllu", /untagged\.conllu:3: b has no tag \(column 4, upos\): --tag-column /],
  ["empty.conllu", /empty\.conllu:1: the word is empty \(column 2\)$/],
])("%s is wrong on a line that is named", async (name, message) => {
  await expect(documentsIn(name)).rejects.toThrow(message);
});

test("the bundled sentences are read, with words of every kind", async () => {
  const corpus = await openCorpus("corpora/tagged.conllu");
  const tags = new Set<string>();
  let count = 0;
  for await (const document of corpus.read()) {
    count++;
    for (const tag of document.tags!) tags.add(tag);
  }
  expect(count).toBeGreaterThanOrEqual(120);
  expect(tags.size).toBe(16); // all of UPOS but X
});
