/** @file The names that columns usually have. */

/** Names of text columns, without case; the first one that a table has is taken. */
export const textNames = [
  "text",
  "sentence",
  "review",
  "content",
  "document",
  "comment",
  "message",
  "tweet",
  "body",
  "headline",
  "question",
  "description",
  "title",
];
/** Names of texts beside which there may be another one. */
export const partNames = ["headline", "question", "description", "title"];

const wordsIn = (text: string): Set<string> => new Set(text.trim().split(/\s+/));

export const labelNames = ["label", "sentiment", "class", "category", "target", "polarity", "rating", "stars", "score"];

/** Words in names of text columns. */
const textWords = new Set([
  ...textNames,
  ...wordsIn(`texts sentences reviews comments messages tweets sms email utterance query statement abstract article story post
    news summary answer excerpt essay lyrics transcription transcript phrase quote poem subject caption claim narrative
    complaint resume`),
]);

/** Words in names of label columns. */
const labelWords = new Set([
  ...labelNames,
  ...wordsIn("labels categories ratings topic intent emotion genre tag stance recommended voted"),
]);

/** Words before a label, as in is_sarcastic. */
const questions = wordsIn("is has");

const rowsNames = ["rows", "values", "sequence", "series", "matrix", "numbers", "features", "signal", "image"];

/** Words of names whose columns are no labels unless an option says so. */
const otherWords =
  wordsIn(`id ids uid uuid key count counts number num no nr date time timestamp datetime created updated posted
  published year month day hour minute url link href permalink user username userid screenname location timezone place coord
  coords coordinates geo lat lon latitude longitude zip zipcode split fold partition source index row line confidence conf
  prob probability vote votes likes like retweet retweets retweeted favorite favorites favourites reply replies shares views
  clicks followers version price cost amount age ip phone length len chars helpful helpfulness numerator denominator size
  page pages unnamed verified unit state position rank duration width height weight elevation temperature permit filename
  file path platform device`);

/** Words at the end of a name that say how it is written: category_id, label_text, news_label_2. */
const suffixes = wordsIn("id ids name text code index idx num number str string");

/** A name in lower case, for comparison. */
export const normalName = (name: string): string => name.trim().toLowerCase();

/** The words of a name such as review_text, reviewText or Review Text 2. */
export const wordsOf = (name: string): string[] =>
  name
    .replaceAll(/(\p{Ll})(\p{Lu})/gu, "$1 $2")
    .replaceAll(/(\p{L})(\p{N})/gu, "$1 $2")
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== "");

const isNumber = (word: string): boolean => /^\p{N}+$/u.test(word);

/** The last word that says what a column has, and whether it ends the name. */
function lastWord(words: readonly string[], isSuffix: (word: string) => boolean): { word: string; ends: boolean } {
  const at = words.findLastIndex((word) => !isSuffix(word));
  return { word: words[at] ?? "", ends: at === words.length - 1 };
}

/** How much a name is that of labels, from 0 for a known name; Infinity for a name that is not. */
export function labelRank(name: string): number {
  if (labelNames.includes(normalName(name))) return 0;
  const words = wordsOf(name);
  const { word, ends } = lastWord(words, (part) => suffixes.has(part) || isNumber(part));
  if (labelWords.has(word)) return ends ? 1 : 2;
  if (otherWords.has(word)) return Infinity;
  if (words.length > 1 && questions.has(words[0]!) && !isOtherName(name)) return 3;
  return words.some((part) => labelWords.has(part)) ? 4 : Infinity;
}

/** Whether a name is that of something else than labels and texts, such as user_id or created_at. */
export const isOtherName = (name: string): boolean => wordsOf(name).some((word) => otherWords.has(word));

/** How much a name is that of texts, as for labels. */
export function textRank(name: string): number {
  if (textNames.includes(normalName(name))) return 0;
  const words = wordsOf(name);
  const { word } = lastWord(words, isNumber);
  if (textWords.has(word)) return 1;
  return words.some((part) => textWords.has(part)) && !isOtherName(name) ? 2 : Infinity;
}

function firstKnown(names: readonly string[], known: readonly string[]): number | undefined {
  const normals = names.map(normalName);
  const name = known.find((candidate) => normals.includes(candidate));
  return name === undefined ? undefined : normals.indexOf(name);
}

/** The index of the first column with a known label name. */
export const labelColumnOf = (names: readonly string[]): number | undefined => firstKnown(names, labelNames);

/** The index of the first column with a known name for rows of numbers. */
export const rowsColumnOf = (names: readonly string[]): number | undefined => firstKnown(names, rowsNames);

export const hasTextColumn = (names: readonly string[]): boolean => firstKnown(names, textNames) !== undefined;
