/** @file The columns of tables with the headers of public data sets, with rows of our own. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type OpenOptions, openCorpus } from "../../../src/corpus/corpus.js";
import type { Reading } from "../../../src/corpus/document.js";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "columns-"));
});
afterAll(() => rm(folder, { recursive: true }));

const nouns = ["harbor", "violin", "garden", "engine", "letter", "winter", "bakery", "mountain", "lantern", "ferry"];
const verbs = ["opened", "crossed", "painted", "missed", "carried", "praised", "mended", "forgot"];
const pick = <Item>(items: readonly Item[], row: number): Item => items[row % items.length]!;
const sentence = (row: number): string =>
  `The ${pick(nouns, row)} near the ${pick(nouns, 3 * row + 1)} ${pick(verbs, row)} ${row} times before noon`;

/** The cell of a kind in a row; a list of labels gives them in turn. */
const cells: Record<string, (row: number) => string> = {
  text: sentence,
  body: (row) => `${sentence(row)}, and then the ${pick(nouns, row + 4)} ${pick(verbs, row + 3)} everything again.`,
  title: (row) => `${pick(nouns, row)} of the ${pick(nouns, 2 * row + 1)} ${row}`,
  word: (row) =>
    `${pick(nouns, row)}${pick(["ov", "ez", "ini", "sson"], row >> 1)}${"abcdefgh"[row % 8]!}${"xyz"[row % 3]!}`,
  id: (row) => String(1000 + 7 * row),
  index: String,
  hex: (row) => (0x3f2a91c4 + 7919 * row).toString(16).padStart(10, "c"),
  code: (row) => `id${20_000 + row}`,
  uuid: (row) => `${(0xa1b2c3d4 + row).toString(16)}-11ee-4c7a-9f00-${(0xabcdef123456 + row).toString(16)}`,
  date: (row) => `2019-0${1 + (row % 9)}-1${row % 10}`,
  stamp: (row) => `Mon Apr 0${1 + (row % 9)} 22:${10 + (row % 50)}:45 PDT 2009`,
  slashes: (row) => `${1 + (row % 12)}/${1 + (row % 28)}/2015 11:${10 + (row % 50)}`,
  month: (row) => `${pick(["January", "May", "December"], row)} ${1 + (row % 28)}, 2017`,
  url: (row) => `https://example.org/stories/${row}`,
  user: (row) => `${pick(nouns, row)}_${pick(verbs, row >> 1)}${row % 37}`,
  mail: (row) => `${pick(nouns, row)}${row}@example.org`,
  float: (row) => (0.5 + ((row * 37) % 100) / 200).toFixed(4),
  amount: (row) => String((row * row * 31) % 977),
  few: (row) => String(row % 4 === 0 ? row % 7 : 0),
  empty: () => "",
  no: () => "NO_QUERY",
  city: (row) => `${pick(nouns, row)} ${pick(["Bay", "Hill"], row)}, ${pick(["AB", "CD"], row)}`,
  mostlyEmpty: (row) => (row % 25 === 0 ? sentence(row) : ""),
};
const cellOf = (kind: string, row: number): string =>
  Object.hasOwn(cells, kind) ? cells[kind]!(row) : pick(kind.split("/"), row * 7 + (row >> 2));

const rowCount = 60;
const quoted = (cell: string): string => (/[",\t]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
const rowsOf = (kinds: readonly string[], count = rowCount): string[][] =>
  Array.from({ length: count }, (_, row) => kinds.map((kind) => cellOf(kind, row)));

const csv = (rows: readonly string[][]): string => rows.map((row) => `${row.map(quoted).join(",")}\n`).join("");

async function readingOf(name: string, content: string, options?: OpenOptions): Promise<Reading> {
  const path = join(folder, name);
  await writeFile(path, content);
  return (await openCorpus(path, options)).reading!;
}

/** Columns by header, kinds of cells, the text columns and the label column. */
const headed: [header: string, kinds: string, text: string, label?: string][] = [
  ["text,label", "text 0/1", "text", "label"],
  ["label,text", "ham/spam text", "text", "label"],
  ["Class Index,Title,Description", "1/2/3/4 title text", "Title,Description", "Class Index"],
  ["Category,Message", "ham/spam text", "Message", "Category"],
  ["v1,v2,,,", "ham/spam text mostlyEmpty empty empty", "v2", "v1"],
  [",label,text,label_num", "index ham/spam text 0/1", "text", "label"],
  ["Unnamed: 0,label,tweet", "index 0/1/2 text", "tweet", "label"],
  ["id,text,author", "code text EAP/HPL/MWS", "text", "author"],
  ["id,title,author,text,label", "index title user body 0/1", "text", "label"],
  ["review,sentiment", "body positive/negative", "review", "sentiment"],
  ["PhraseId,SentenceId,Phrase,Sentiment", "id amount text 0/1/2/3/4", "Phrase", "Sentiment"],
  [
    "Id,ProductId,UserId,ProfileName,HelpfulnessNumerator,HelpfulnessDenominator,Score,Time,Summary,Text",
    "index hex user user few few 1/2/3/4/5 id title body",
    "Text",
    "Score",
  ],
  ["textID,text,selected_text,sentiment", "hex body text neutral/negative/positive", "text", "sentiment"],
  ["id,keyword,location,text,target", "index fire/storm/flood city text 0/1", "text", "target"],
  ["article_link,headline,is_sarcastic", "url text 0/1", "headline", "is_sarcastic"],
  [
    "id,qid1,qid2,question1,question2,is_duplicate",
    "index id amount text body 0/1",
    "question1,question2",
    "is_duplicate",
  ],
  ["qid,question_text,target", "hex text 0/1", "question_text", "target"],
  ["premise,hypothesis,label", "body text entailment/neutral/contradiction", "premise,hypothesis", "label"],
  ["Text,Language", "text English/French/Tamil", "Text", "Language"],
  ["name,language", "word Czech/Irish/Greek", "name", "language"],
  ["url,type", "url benign/phishing/malware", "url", "type"],
  ["sequence,class", "word 0/1/2", "sequence", "class"],
  ["utterance,intent", "text book/cancel/play", "utterance", "intent"],
  ["title,abstract,category", "title body cs/math/bio", "title,abstract", "category"],
  ["category,filename,title,content", "business/sport/tech code title body", "content", "category"],
  [
    "User_ID,Description,Browser_Used,Device_Used,Is_Response",
    "code body Chrome/Edge Mobile/Desktop happy/not_happy",
    "Description",
    "Is_Response",
  ],
  [
    "tweet_id,airline_sentiment,airline_sentiment_confidence,negativereason,airline,name,retweet_count,text,tweet_created,tweet_location",
    "id neutral/positive/negative float late/lost/rude Delta/United user few text slashes city",
    "text",
    "airline_sentiment",
  ],
  ["reviewerID,asin,reviewText,overall,unixReviewTime", "code hex text 1/2/3/4/5 amount", "reviewText", "overall"],
  [
    "Clothing ID,Age,Title,Review Text,Rating,Class Name",
    "id amount title body 1/2/3/4/5 Dresses/Knits/Pants",
    "Title,Review Text",
    "Rating",
  ],
  [
    "category,headline,authors,link,short_description,date",
    "art/sport/news title user url body date",
    "headline,short_description",
    "category",
  ],
  ["title,selftext,subreddit,ups", "title body art/sport/news amount", "title,selftext", "subreddit"],
  ["text,news_label_2", "text 0/1/2", "text", "news_label_2"],
  ["headline,category_id,category_name", "text 1/2/3 art/sport/news", "headline", "category_name"],
  ["medical_abstract,condition_label", "body 1/2/3/4/5", "medical_abstract", "condition_label"],
  ["id,url_legal,license,excerpt,target,standard_error", "hex url empty body float float", "excerpt", "target"],
  ["date,headline_text", "date text", "headline_text"],
  ["id,text", "id text", "text"],
  ["Sentence,Emotion", "text joy/fear/anger", "Sentence", "Emotion"],
  ["statement,status", "text Normal/Anxiety/Stress", "statement", "status"],
  ["clean_text,created_at,is_spam", "text stamp 0/1", "clean_text", "is_spam"],
  ["0,1", "text 0/1", "0", "1"],
  ["Post,published,mail,mood", "text month mail calm/angry", "Post", "mood"],
];

test.each(headed)("columns: %s", async (header, kinds, text, label) => {
  const names = header.split(",");
  const rows = rowsOf(kinds.split(" "));
  const expected = { textColumns: text.split(","), labelColumn: label };
  const { textColumns, labelColumn, header: hasHeader } = await readingOf("table.csv", csv([names, ...rows]));
  expect({ textColumns, labelColumn, hasHeader }).toEqual({ ...expected, hasHeader: true });
  const objects = rows.map((row) =>
    JSON.stringify(
      Object.fromEntries(names.map((name, at) => [name, /^\d+$/.test(row[at]!) ? Number(row[at]) : row[at]])),
    ),
  );
  const { textColumns: fields, labelColumn: field } = await readingOf("table.jsonl", `${objects.join("\n")}\n`);
  expect({ textColumns: fields, labelColumn: field }).toEqual(expected);
});

/** Columns without a header, by the kinds of cells. */
const headless: [kinds: string, text: string, label: string][] = [
  ["text 0/1", "1", "2"],
  ["ham/spam text", "2", "1"],
  ["1/2/3/4 title text", "2,3", "1"],
  ["0/4 id stamp no user text", "6", "1"],
  ["word Czech/Irish/Greek", "1", "2"],
  ["index date text joy/fear/anger", "3", "4"],
  ["hex text url 1/2/3/4/5", "2", "4"],
  ["text float", "1", "2"],
];

test.each(headless)("columns: no header, %s", async (kinds, text, label) => {
  const { textColumns, labelColumn, header } = await readingOf("rows.csv", csv(rowsOf(kinds.split(" "))));
  expect({ textColumns, labelColumn, header }).toEqual({
    textColumns: text.split(","),
    labelColumn: label,
    header: false,
  });
});

test("columns: JSON objects with lists, null and booleans", async () => {
  const objects = rowsOf(["id", "title", "text"]).map(([uid, title, note], row) =>
    JSON.stringify({
      uid: Number(uid),
      data: { list: [row] },
      title: row % 4 === 0 ? null : title,
      note,
      spam: row % 3 === 0,
    }),
  );
  expect(await readingOf("mixed.jsonl", objects.join("\n"))).toMatchObject({
    textColumns: ["title", "note"],
    labelColumn: "spam",
  });
});

test("columns: a table that is sorted by its labels is looked through", async () => {
  const rows = [...rowsOf(["0", "id", "no", "text"], 1500), ...rowsOf(["4", "id", "no", "text"], 1500)];
  expect(await readingOf("sorted.csv", csv(rows))).toMatchObject({ textColumns: ["4"], labelColumn: "1" });
  const objects = rows.map(([mood, key, flag, note]) => JSON.stringify({ mood, key, flag, note }));
  expect(await readingOf("sorted.jsonl", objects.join("\n"))).toMatchObject({
    textColumns: ["note"],
    labelColumn: "mood",
  });
});

const undecided: [header: string, kinds: string, message: RegExp][] = [
  [
    "id,comment_text,toxic,obscene,threat",
    "hex text 0/1 0/1/1 0/0/1",
    /^3 columns may have the labels: toxic \(0, 1\); obscene \(.*\); threat \(.*\); choose one with --label-column \(none: without labels\)$/,
  ],
  [
    "one,two,three,four",
    "text body title text",
    /^4 columns may have the text: one \(The harbor near the …, .*--text-column/,
  ],
  [
    "",
    "id Borderlands/Nvidia Positive/Negative/Neutral text",
    /^2 columns may have the labels: 2 \(Borderlands, Nvidia\); 3 \(/,
  ],
  ["", "text body", /^each of the first 60 rows has a label of its own, or none; .*--label-column/],
  ["a,b,c", "id index 0/1", /^no known text column; name it with --text-column, or give --window N to read windows/],
  [
    "left,right",
    "word word",
    /^the first row \(left, right\) has no known text column; name one with --text-column, or add --no-header/,
  ],
];

test.each(undecided)("columns: %s %s cannot be told", async (header, kinds, message) => {
  const names = header === "" ? [] : [header.split(",")];
  const error: unknown = await readingOf("open.csv", csv([...names, ...rowsOf(kinds.split(" "))])).catch(
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(Error);
  expect((error as Error).message.replace(/^.*open\.csv: /, "")).toMatch(message);
  expect((error as Error).message).not.toContain("\n");
});

test.each([
  ["tabs", "\t", ["text", "0/1"], "tsv", "1", "2"],
  ["tabs, label first", "\t", ["ham/spam", "text"], "tsv", "2", "1"],
  ["semicolons", ";", ["text", "joy/fear/anger"], "csv", "1", "2"],
])(
  "columns: a .txt file with %s between text and label is a table",
  async (_, delimiter, kinds, format, text, label) => {
    const lines = rowsOf(kinds).map((row) => row.join(delimiter));
    expect(await readingOf("table.txt", lines.join("\n"))).toMatchObject({
      format,
      delimiter,
      textColumns: [text],
      labelColumn: label,
    });
  },
);

test("columns: a text with commas, semicolons or tabs is no table", async () => {
  const verses = rowsOf(["text", "title"]).map(([left, right]) => `${left}; ${right},`);
  for (const lines of [verses, verses.map((line) => line.replace(" ", "\t"))])
    expect(await readingOf("verses.txt", lines.join("\n"))).toMatchObject({ format: "text" });
});

test("columns: --label-column none leaves the labels out", async () => {
  const rows = [["note", "mood", "place"], ...rowsOf(["text", "up/down", "sea/land/sky"])];
  expect((await readingOf("none.csv", csv(rows), { labelColumn: "none" })).labelColumn).toBeUndefined();
});

test.each([
  [{ textColumn: ["nots"] }, /no such column "nots" for --text-column; did you mean note\?$/],
  [
    { textColumn: ["-1"] },
    /no such column "-1" for --text-column; columns are numbered from 1; columns are: note, mood$/,
  ],
  [{ labelColumn: "3" }, /no such column "3" for --label-column; columns are: note, mood$/],
])("columns: %j is not there", async (options, message) => {
  const rows = [["note", "mood"], ...rowsOf(["text", "up/down"])];
  await expect(readingOf("given.csv", csv(rows), options)).rejects.toThrow(message);
});

test("columns: NaN, NULL, NA and None are no labels, and are counted", async () => {
  const rows = rowsOf(["text", "up/NaN/down/NULL/None/NA/null"], 70);
  await writeFile(join(folder, "missing.csv"), csv([["text", "label"], ...rows]));
  const corpus = await openCorpus(join(folder, "missing.csv"));
  const labels = new Set<string | undefined>();
  for await (const { label } of corpus.read()) labels.add(label);
  expect(labels).toEqual(new Set(["up", "down"]));
  expect(corpus.skipped).toMatchObject({
    bad: 0,
    unlabeled: rows.filter(([, label]) => label !== "up" && label !== "down").length,
  });
});

test("columns: an option that names the only text column says that none is left", async () => {
  const content = csv([["text", "label"], ...rowsOf(["text", "x/y"])]);
  await expect(readingOf("own.csv", content, { groupColumn: "text" })).rejects.toThrow(
    "no text column is left beside the columns that options name; name it with --text-column",
  );
});
