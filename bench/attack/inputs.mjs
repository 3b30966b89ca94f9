/** @file An input of each reader of a corpus, by the name of its file. */
import { gzipSync } from "node:zlib";

const rows = Array.from({ length: 30 }, (_, row) => [
  `the ${row} film, "so to say" was fine`,
  row % 2 === 0 ? "good" : "bad",
]);
const quoted = (cell) => `"${cell.replaceAll('"', '""')}"`;
const words = ["the", "old", "tree", "fell"].map((word, index) => `${index + 1}\t${word}\t_\tNOUN\tNN\t_\t0\t_\t_\t_`);
const named = ["Ada B-PER", "Byron I-PER", "went O", "to O", "Bath B-LOC", ". O"];
const story = rows.map(([text]) => text).join("\n");

/** @type {Record<string, string | Buffer>} */
export const inputs = {
  "table.csv": `text,label\n${rows.map((row) => row.map(quoted).join(",")).join("\n")}\n`,
  "semicolons.csv": `label;text\n${rows.map(([text, label]) => `${label};${quoted(text)}`).join("\n")}\n`,
  "numbers.csv": `wind,rain,kind\n${rows.map(([, label], row) => `${row % 7},${row / 8},${label}`).join("\n")}\n`,
  "table.tsv": `text\tlabel\n${rows.map((row) => row.join("\t")).join("\n")}\n`,
  "objects.jsonl": rows.map(([text, label]) => JSON.stringify({ text, label })).join("\n"),
  "array.json": JSON.stringify(rows.map(([text, label]) => ({ text, label }))),
  "story.txt": story,
  "utf16.txt": Buffer.from(`\uFEFF${story}`, "utf16le"),
  "story.txt.gz": gzipSync(story),
  "labels.txt": rows.map(([text, label]) => `__label__${label} ${text}`).join("\n"),
  "questions.txt": rows.map(([text, label], row) => `${label.toUpperCase()}:fine${row % 3} ${text} ?`).join("\n"),
  "trees.conllu": `${words.join("\n")}\n\n${words.join("\n")}\n`,
  "names.conll": `${named.join("\n")}\n\n`.repeat(4),
  "images.idx": Buffer.concat([Buffer.from([0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 4, 0, 0, 0, 4]), Buffer.alloc(32, 7)]),
};
