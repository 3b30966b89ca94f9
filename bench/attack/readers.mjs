/** @file Mutated inputs of each reader, read in this process as a corpus. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { distUrl, firstLine, mutated } from "./tools.mjs";

const { openCorpus } = await import(distUrl("corpus/corpus.js"));
const { UserError } = await import(distUrl("common/errors.js"));

const rows = Array.from({ length: 30 }, (_, row) => [
  `the ${row} film, "so to say" was fine`,
  row % 2 === 0 ? "good" : "bad",
]);
const quoted = (cell) => `"${cell.replaceAll('"', '""')}"`;
const words = ["the", "old", "tree", "fell"].map((word, index) => `${index + 1}\t${word}\t_\tNOUN\tNN\t_\t0\t_\t_\t_`);

/** An input of each format, by the name of its file. */
export const inputs = {
  "table.csv": `text,label\n${rows.map((row) => row.map(quoted).join(",")).join("\n")}\n`,
  "semicolons.csv": `label;text\n${rows.map(([text, label]) => `${label};${quoted(text)}`).join("\n")}\n`,
  "table.tsv": `text\tlabel\n${rows.map((row) => row.join("\t")).join("\n")}\n`,
  "objects.jsonl": rows.map(([text, label]) => JSON.stringify({ text, label })).join("\n"),
  "array.json": JSON.stringify(rows.map(([text, label]) => ({ text, label }))),
  "story.txt": rows.map(([text]) => text).join("\n"),
  "labels.txt": rows.map(([text, label]) => `__label__${label} ${text}`).join("\n"),
  "trees.conllu": `${words.join("\n")}\n\n${words.join("\n")}\n`,
  "images.idx": Buffer.concat([Buffer.from([0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 4, 0, 0, 0, 4]), Buffer.alloc(32, 7)]),
};

export async function readers({ count, folder, random }) {
  const failures = [];
  let tried = 0;
  for (const [name, content] of Object.entries(inputs)) {
    for (let attack = 0; attack < count; attack++) {
      const path = join(folder, name);
      const bytes = mutated(content, random);
      writeFileSync(path, bytes);
      tried++;
      try {
        const corpus = await openCorpus(path);
        for await (const document of corpus.read())
          if (typeof document.text !== "string") throw new TypeError("no text");
      } catch (error) {
        if (error instanceof UserError && error.message.split("\n").length <= 12) continue;
        writeFileSync(join(folder, `failure-${failures.length}-${name}`), bytes);
        failures.push(`${name} (failure-${failures.length}): ${firstLine(String(error?.stack))}`);
      }
    }
  }
  return { tried, failures };
}
