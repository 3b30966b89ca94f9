/** @file Text as UTF-16 code units in an array, what each is, and how far a token reaches: several times as fast as regular expressions. */

export function codeUnits(text: string): Uint16Array {
  const units = new Uint16Array(text.length);
  for (let at = 0; at < units.length; at++) units[at] = text.charCodeAt(at);
  return units;
}

/** Code units that are made text at once: as many as a call may have arguments. */
const unitsAtOnce = 4096;

export function textOf(units: Uint16Array): string {
  let text = "";
  for (let at = 0; at < units.length; at += unitsAtOnce)
    text += String.fromCharCode(...units.subarray(at, at + unitsAtOnce));
  return text;
}

/** Scripts that are written without spaces. */
const unspacedScripts = String.raw`\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}`;

/** Parts of the regular expressions that describe tokenizers in exported vocabularies; for JavaScript's flags "gu". */
export const patterns = {
  unspacedScripts,
  wordCharacter: String.raw`(?![${unspacedScripts}])[\p{L}\p{M}\p{N}]`,
  digit: String.raw`(?![${unspacedScripts}])\p{N}`,
  letter: String.raw`[\p{L}\p{M}${unspacedScripts}]`,
  space: String.raw`[^\S\n]`,
};

/** What a character is, as a bit: so that several can be asked for at once. */
const letter = 1;
const combining = 2;
const digit = 4;
const newline = 8;
const space = 16;
/** A letter of a script that is written without spaces. */
const dense = 32;
const mark = 64;
/** The skin of an emoji. */
const modifier = 128;

const classPatterns: [pattern: RegExp, bit: number][] = [
  [new RegExp(`[${unspacedScripts}]`, "u"), dense],
  [/\p{L}/u, letter],
  [/\p{M}/u, combining],
  [/\p{N}/u, digit],
  [/\n/u, newline],
  [/\s/u, space],
  [/\p{Emoji_Modifier}/u, modifier],
  [/[^]/u, mark],
];
const classify = (character: string): number => classPatterns.find(([pattern]) => pattern.test(character))![1];

const known = new Uint8Array(1 << 16); // of the code units that were seen, surrogates aside
const knownPairs = new Map<number, number>();

/** The bit of the character that a code unit is of; none beyond the end. */
function classAt(units: Uint16Array, at: number): number {
  if (at >= units.length) return 0;
  const unit = units[at]!;
  const found = known[unit]!;
  if (found !== 0) return found;
  if (isHigh(unit) && isLow(units[at + 1])) return pairClass(unit, units[at + 1]!);
  if (isLow(unit) && isHigh(units[at - 1])) return pairClass(units[at - 1]!, unit);
  const computed = classify(String.fromCharCode(unit));
  if (!isHigh(unit) && !isLow(unit)) known[unit] = computed;
  return computed;
}

function pairClass(high: number, low: number): number {
  const code = ((high & 0x3ff) << 10) | (low & 0x3ff);
  let found = knownPairs.get(code);
  if (found === undefined) knownPairs.set(code, (found = classify(String.fromCodePoint(code + 0x10000))));
  return found;
}

const isHigh = (unit: number | undefined): boolean => unit !== undefined && (unit & 0xfc00) === 0xd800;
const isLow = (unit: number | undefined): boolean => unit !== undefined && (unit & 0xfc00) === 0xdc00;

/** The end of the characters of some classes that begin at a place, at most so many code units; a pair is not cut. */
function runEnd(units: Uint16Array, start: number, classes: number, limit = Infinity): number {
  const most = Math.min(units.length, start + limit);
  let at = start;
  while (at < most && (known[units[at]!]! || classAt(units, at)) & classes) at++;
  return wholeEnd(units, at);
}

const wholeEnd = (units: Uint16Array, end: number): number =>
  isLow(units[end]) && isHigh(units[end - 1]) ? end + 1 : end;

const unitsOf = (characters: string): Set<number> => new Set(codeUnits(characters));
const apostrophes = unitsOf("'’");
const withinWords = unitsOf("'’_-");
const withinNumbers = unitsOf(".,:");
const joiner = 0x200d; // of emoji

/**
 * The end of the word, mark, newline or run of other white space at a place. Words have apostrophes and hyphens within (don't, well-known),
 * numbers points and commas (10,000.50); marks have what modifies them. Characters of scripts without spaces are apart.
 */
export function wordEnd(units: Uint16Array, start: number): number {
  const first = classAt(units, start);
  if (first === newline) return start + 1;
  if (first === space) return runEnd(units, start, space);
  if (!(first & wordLike)) return markEnd(units, wholeEnd(units, start + 1));
  let end = runEnd(units, start, wordLike);
  while (joins(units, end)) end = runEnd(units, end + 1, wordLike);
  return end;
}
const wordLike = letter | combining | digit;

function joins(units: Uint16Array, at: number): boolean {
  const after = classAt(units, at + 1);
  if (!(after & wordLike)) return false;
  const unit = units[at]!;
  return withinWords.has(unit) || (after === digit && classAt(units, at - 1) === digit && withinNumbers.has(unit));
}

function markEnd(units: Uint16Array, start: number): number {
  let at = start;
  for (;;) {
    if (classAt(units, at) & (combining | modifier)) at = wholeEnd(units, at + 1);
    else if (units[at] === joiner && classAt(units, at + 1) & ~(space | newline)) at = wholeEnd(units, at + 2);
    else return at;
  }
}

/**
 * The end of the piece at a place, within which subwords stay: a word with the space before it, three digits, marks, or white space,
 * of which the last before a word is left to it.
 */
export function pieceEnd(units: Uint16Array, start: number): number {
  let at = start;
  let first = classAt(units, at);
  if (units[at] === 0x20 && classAt(units, at + 1) & ~(space | newline)) first = classAt(units, ++at);
  if (first & letters) {
    const end = runEnd(units, at, letters, 64);
    return apostrophes.has(units[end]!) && classAt(units, end + 1) & letters
      ? runEnd(units, end + 1, letters, 16)
      : end;
  }
  if (first === digit) return runEnd(units, at, digit, 3);
  if (first === newline) return runEnd(units, at, newline, 16);
  if (first !== space) return runEnd(units, at, mark | modifier, 16);
  const end = runEnd(units, at, space, 64);
  return end - at > 1 && classAt(units, end) & ~(space | newline) ? end - 1 : end;
}
const letters = letter | combining | dense;

/** The end of the newline or run of other white space or of anything else at a place. */
export function chunkEnd(units: Uint16Array, start: number): number {
  const first = classAt(units, start);
  if (first === newline) return start + 1;
  return runEnd(units, start, first === space ? space : ~(space | newline));
}

export const isSpaceAt = (units: Uint16Array, at: number): boolean => classAt(units, at) === space;

/** Whether a character is white space, newlines included. */
export const isBlankAt = (units: Uint16Array, at: number): boolean => (classAt(units, at) & (space | newline)) !== 0;
