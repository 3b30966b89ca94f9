/** @file A text that a person and a model write together: who wrote each character, the cursor, and the steps back and forth. */

/** Who wrote a character: the person, the model, or neither, for a file that had it before. */
export type Author = "person" | "model" | "file";

const letters: Record<Author, string> = { person: "p", model: "m", file: "f" };
const authorsOf: Record<string, Author> = { p: "person", m: "model", f: "file" };

/** Positions count UTF-16 code units, as JavaScript's strings do. */
export type Page = {
  text: string;
  /** A letter for each code unit of the text. */
  authors: string;
  cursor: number;
};

/** A part of a text with one author. */
export type AuthoredPart = { author: Author; text: string };

export const pageOf = (parts: readonly AuthoredPart[]): Page => {
  const text = parts.map((part) => part.text).join("");
  const authors = parts.map((part) => letters[part.author].repeat(part.text.length)).join("");
  return { text, authors, cursor: text.length };
};

/** The parts of a page, each as long as it can be. */
export const partsOf = ({ text, authors }: Page): AuthoredPart[] =>
  Array.from(authors.matchAll(/p+|m+|f+/g), ({ 0: run, index }) => ({
    author: authorsOf[run[0]!]!,
    text: text.slice(index, index + run.length),
  }));

/** Who wrote the character at a position. */
export const authorAt = ({ authors }: Page, position: number): Author => authorsOf[authors[position] ?? "f"]!;

/** Replaces what is between two positions; the cursor is after it then. */
export const replaced = (page: Page, from: number, to: number, text: string, author: Author): Page => ({
  text: page.text.slice(0, from) + text + page.text.slice(to),
  authors: page.authors.slice(0, from) + letters[author].repeat(text.length) + page.authors.slice(to),
  cursor: from + text.length,
});

export const inserted = (page: Page, text: string, author: Author): Page =>
  replaced(page, page.cursor, page.cursor, text, author);

export const moved = (page: Page, cursor: number): Page => ({
  ...page,
  cursor: Math.max(0, Math.min(page.text.length, cursor)),
});

const nearby = 64; // code units that surely hold the character beside the cursor
const maxWord = 256; // code units; the time of the search grows with the square of a word's length
const segmenter = new Intl.Segmenter();

/** The position before the character, as a person counts them, that is before a position. */
export function before({ text }: Page, position: number): number {
  const from = Math.max(0, position - nearby);
  const last = [...segmenter.segment(text.slice(from, position))].at(-1);
  return last ? from + last.index : 0;
}

export function after({ text }: Page, position: number): number {
  const [first] = segmenter.segment(text.slice(position, position + nearby));
  return position + (first?.segment.length ?? 0);
}

/** The start of the word before a position. */
export function wordBefore({ text }: Page, position: number): number {
  const end = text.slice(Math.max(0, position - maxWord), position);
  return position - /(?:[\p{L}\p{M}\p{N}'’_]+|[^\p{L}\p{M}\p{N}'’_\s]+|^)\s*$/u.exec(end)![0].length;
}

export const wordAfter = ({ text }: Page, position: number): number =>
  position + /^\s*(?:[\p{L}\p{M}\p{N}'’_]+|[^\p{L}\p{M}\p{N}'’_\s]+|$)/u.exec(text.slice(position))![0].length;

/** The kind of the last change: typed characters of a word are undone together. */
export type ChangeKind = "typing" | "deleting" | "other";

/** A page with its earlier and undone versions. */
export type History = {
  page: Page;
  past: readonly Page[];
  future: readonly Page[];
  last: ChangeKind | null;
};

const maxSteps = 1000;
/** Code units of all steps: each holds the whole text, so that a long text has fewer. */
const maxUnits = 2 ** 26;

const recentSteps = (past: readonly Page[], { text }: Page): readonly Page[] =>
  past.slice(-Math.max(1, Math.min(maxSteps, Math.floor(maxUnits / (text.length + 1)))));

export const historyOf = (page: Page): History => ({ page, past: [], future: [], last: null });

/** A change of the page that can be undone. */
export function changed({ page, past, last }: History, next: Page, kind: ChangeKind): History {
  const startsWord = kind === "typing" && /\s/.test(page.text[page.cursor - 1] ?? " ");
  const joins = kind === last && kind !== "other" && !startsWord;
  return { page: next, past: joins ? past : recentSteps([...past, page], page), future: [], last: kind };
}

/** A move of the cursor, which is no step of its own. */
export const movedIn = (history: History, cursor: number): History => ({
  ...history,
  page: moved(history.page, cursor),
  last: null,
});

export function undone({ page, past, future }: History): History {
  const earlier = past.at(-1);
  if (!earlier) return { page, past, future, last: null };
  return { page: earlier, past: past.slice(0, -1), future: [page, ...future], last: null };
}

export function redone({ page, past, future }: History): History {
  const [later, ...rest] = future;
  if (!later) return { page, past, future, last: null };
  return { page: later, past: [...past, page], future: rest, last: null };
}
