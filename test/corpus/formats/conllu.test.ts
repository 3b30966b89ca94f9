/** @file CoNLL-U: its words and tags; errors have the line. */
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
  "conllu: words and tags of %s, without multiword tokens, empty nodes and comments",
  async (name) => {
    expect(await documentsIn(name)).toMatchObject([
      { text: "Do n't go", words: ["Do", "n't", "go"], tags: ["AUX", "PART", "VERB"] },
      { text: "1_000", words: ["1 000"], tags: ["NUM"] },
    ]);
  },
);

test("conllu: --tag-column xpos reads the other tags", async () => {
  const [first] = await documentsIn("good.conllu", { tagColumn: "xpos" });
  expect(first!.tags).toEqual(["VB", "RB", "VB"]);
});

test.each([
  ["columns.conllu", /columns\.conllu:2: expected the 10 columns of CoNLL-U, separated by tabs; got 3$/],
  ["number.conllu", /number\.conllu:2: expected word 2 of the sentence, got 3; /],
  [
    "joined.conllu",
    /joined\.conllu:2: expected word 2 of the sentence, got 1; sentences are separated by an empty line$/,
  ],
  ["untagged.conllu", /untagged\.conllu:3: b has no tag \(column 4, upos\); choose another column with --tag-column /],
  ["empty.conllu", /empty\.conllu:1: the word is empty \(column 2\)$/],
])("conllu: %s is an error with its line", async (name, message) => {
  await expect(documentsIn(name)).rejects.toThrow(message);
});

test("conllu: the bundled sentences have words of every tag", async () => {
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
