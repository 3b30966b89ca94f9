/** @file The width of a text on a terminal, wrapping, and control characters made visible. */

let graphemes: Intl.Segmenter | undefined; // takes long to make

/** Blocks whose characters are two columns wide (Unicode Standard Annex 11, East Asian Width W and F), and emoji shown as pictures. */
const wide =
  /^[\u1100-\u115F\u2E80-\u303E\u3041-\u33FF\u3400-\u4DBF\u4E00-\u9FFF\uA000-\uA4CF\uA960-\uA97F\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF01-\uFF60\uFFE0-\uFFE6\u{1B000}-\u{1B2FF}\u{20000}-\u{3FFFD}]|\p{Emoji_Presentation}|\uFE0F/u;
const empty = /^[\p{M}\p{Cf}]+$/u;
const ascii = /^[\x20-\x7E]*$/;

/** Columns of a text without control characters. */
export function displayWidth(text: string): number {
  if (ascii.test(text)) return text.length;
  graphemes ??= new Intl.Segmenter();
  let width = 0;
  for (const { segment } of graphemes.segment(text)) {
    if (!empty.test(segment)) width += wide.test(segment) ? 2 : 1;
  }
  return width;
}

/**
 * Breaks a text at spaces into lines of at most `width` columns; a longer word stays whole. The indentation of the first line is kept.
 * @returns at least one line
 */
export function wrapText(text: string, width: number): string[] {
  if (displayWidth(text) <= width) return [text];
  const lines: string[] = [];
  let line = /^ */.exec(text)![0];
  for (const word of text.trimStart().split(" ")) {
    const isFirst = line.trim() === "";
    const longer = isFirst ? line + word : `${line} ${word}`;
    if (isFirst || displayWidth(longer) <= width) line = longer;
    else {
      lines.push(line.trimEnd());
      line = word;
    }
  }
  return [...lines, line];
}

/** The text with its control characters escaped, as in `\x1b`, so that a corpus or a file name cannot control the terminal. */
export const printable = (text: string): string =>
  text.replaceAll(/[\p{Cc}\u2028\u2029\u202A-\u202E\u2066-\u2069]/gu, (character) =>
    character === "\n" ? "\\n" : escaped(character.codePointAt(0)!),
  );

const maxMessage = 1000; // characters

/** A message repeats what a file or an argument has, which can be long. */
export const shortened = (message: string): string =>
  message.length <= maxMessage ? message : `${message.slice(0, maxMessage / 2)} … ${message.slice(-maxMessage / 2)}`;

/** As `printable`, for text of several lines: line feeds and tabs stay. */
export const printableLines = (text: string): string =>
  text
    .split(/([\n\t])/)
    .map((part, index) => (index % 2 === 0 ? printable(part) : part))
    .join("");

/** Unicode's form for a code above 255. */
const escaped = (code: number): string =>
  code < 0x100 ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u${code.toString(16).padStart(4, "0")}`;
