/** @file Text as an array of UTF-16 code units: their character classes and the ends of tokens. Several times as fast as regular expressions. */

export function codeUnits(text: string): Uint16Array {
  const units = new Uint16Array(text.length);
  for (let at = 0; at < units.length; at++) units[at] = text.charCodeAt(at);
  return units;
}

/** A longer text has memory of its own. */
const mostShared = 2 ** 14;
const shared = new Uint16Array(mostShared);

/** The code units of a text, lowercased if it says so, in memory that the next call uses again. */
export function passingCodeUnits(text: string, lowercase: boolean): Uint16Array {
  const { length } = text;
  if (length > mostShared) return codeUnits(lowercase ? text.toLowerCase() : text);
  for (let at = 0; at < length; at++) {
    const unit = text.charCodeAt(at);
    if (lowercase && unit > 0x7f) return passingCodeUnits(text.toLowerCase(), false);
    shared[at] = lowercase && unit >= 0x41 && unit <= 0x5a ? unit | 0x20 : unit;
  }
  return shared.subarray(0, length);
}

/** Code units in one call of String.fromCharCode, whose number of arguments is limited. */
const unitsPerCall = 4096;

export function textOf(units: Uint16Array): string {
  let text = "";
  for (let at = 0; at < units.length; at += unitsPerCall)
    text += String.fromCharCode(...units.subarray(at, at + unitsPerCall));
  return text;
}

/** A text in pieces of about a number of code units; a surrogate pair is not split. */
export function* textPieces(text: string, size: number): Generator<string> {
  for (let start = 0; start < text.length;) {
    const whole = start + size;
    const end = isLow(text.charCodeAt(whole)) && isHigh(text.charCodeAt(whole - 1)) ? whole + 1 : whole;
    yield text.slice(start, end);
    start = end;
  }
}

/** Scripts that are written without spaces. */
const unspacedScripts = String.raw`\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}`;

/** The blocks of Thai, Lao, Khmer and Myanmar. */
const southeastAsian = String.raw`\u0E00-\u0EFF\u1000-\u109F\u1780-\u17FF\u19E0-\u19FF\uA9E0-\uA9FF\uAA60-\uAA7F`;
/** Marks of Han and kana whose script is Common: those that lengthen a vowel, repeat or close. */
const commonKana = String.raw`\u3006\u3031-\u3035\u303C\u30FC\uFF70\uFF9E\uFF9F`;
/** The vowel am, which belongs to the character before it. */
const amVowels = String.raw`\u0E33\u0EB3`;

/** Letters and digits that are tokens of their own, with their marks, where clusters are cut: `unspacedScripts` and these. */
export const clusterCharacters = southeastAsian + commonKana;

/** Parts of the regular expressions that describe tokenizers in exported vocabularies; for JavaScript's flags "gu". */
export const patterns = {
  unspacedScripts,
  amVowels,
  wordCharacter: String.raw`(?![${unspacedScripts}])[\p{L}\p{M}\p{N}]`,
  digit: String.raw`(?![${unspacedScripts}])\p{N}`,
  wordCharacterBesideClusters: String.raw`(?:(?![${unspacedScripts}${clusterCharacters}])[\p{L}\p{N}]|(?![${unspacedScripts}])\p{M})`,
  digitBesideClusters: String.raw`(?![${unspacedScripts}${clusterCharacters}])\p{N}`,
  letter: String.raw`[\p{L}\p{M}${unspacedScripts}]`,
  space: String.raw`[^\S\n]`,
};

/** Character classes, as bits, so that one test covers several. */
const letter = 1;
const combining = 2;
const digit = 4;
const newline = 8;
const space = 16;
/** Letters of scripts that are written without spaces. */
const dense = 32;
const mark = 64;
/** Skin tones of emoji. */
const modifier = 128;
/** A letter or digit that is a token of its own where clusters are cut. */
const cluster = 256;

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
const clusterPattern = new RegExp(`(?!\\p{M})[${clusterCharacters}]`, "u");

function classify(character: string): number {
  const bit = classPatterns.find(([pattern]) => pattern.test(character))![1];
  return bit & (letter | digit) && clusterPattern.test(character) ? bit | cluster : bit;
}

const known = new Uint16Array(1 << 16); // class by code unit, without surrogates; 0 for not computed yet
const knownPairs = new Map<number, number>();

/** The class of the character at an index; 0 beyond the end. */
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

/** The end of a run of characters of some classes and not of others, after at most `limit` code units; a surrogate pair is not split. */
function runEnd(units: Uint16Array, start: number, classes: number, limit = Infinity, others = 0): number {
  const most = Math.min(units.length, start + limit);
  let at = start;
  while (at < most) {
    const found = known[units[at]!]! || classAt(units, at);
    if (!(found & classes) || found & others) break;
    at++;
  }
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
 * The end of the word, mark, newline or run of other white space at an index. Words may contain apostrophes and hyphens (don't, well-known),
 * numbers may contain points and commas (10,000.50); a mark includes its modifiers. Each character of a script without spaces is a word.
 * @param cutsClusters whether that includes the long-vowel mark of kana, Thai, Lao, Khmer and Myanmar
 */
export function wordEnd(units: Uint16Array, start: number, cutsClusters = false): number {
  const others = cutsClusters ? cluster : 0;
  const first = classAt(units, start);
  if (first === newline) return start + 1;
  if (first === space) return runEnd(units, start, space);
  if (!(first & wordLike) || first & others) return markEnd(units, wholeEnd(units, start + 1), cutsClusters);
  let end = runEnd(units, start, wordLike, Infinity, others);
  while (joins(units, end, others)) end = runEnd(units, end + 1, wordLike, Infinity, others);
  return end;
}
const wordLike = letter | combining | digit;

function joins(units: Uint16Array, at: number, others: number): boolean {
  if (!(classAt(units, at) & mark)) return false;
  const after = classAt(units, at + 1);
  if (!(after & wordLike) || after & others) return false;
  const unit = units[at]!;
  if (withinWords.has(unit)) return true;
  const before = classAt(units, at - 1);
  return (after & digit & before) !== 0 && !(before & others) && withinNumbers.has(unit);
}

const ams = unitsOf("\u0E33\u0EB3");

function markEnd(units: Uint16Array, start: number, cutsClusters: boolean): number {
  let at = start;
  for (;;) {
    if (classAt(units, at) & (combining | modifier) || (cutsClusters && ams.has(units[at]!)))
      at = wholeEnd(units, at + 1);
    else if (units[at] === joiner && classAt(units, at + 1) & ~(space | newline)) at = wholeEnd(units, at + 2);
    else return at;
  }
}

/**
 * The end of the piece at an index, whose byte pairs are merged: a word with the space before it, up to three digits, marks, or white space
 * without the space before a word.
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
  if (first & digit) return runEnd(units, at, digit, 3);
  if (first === newline) return runEnd(units, at, newline, 16);
  if (first !== space) return runEnd(units, at, mark | modifier, 16);
  const end = runEnd(units, at, space, 64);
  return end - at > 1 && classAt(units, end) & ~(space | newline) ? end - 1 : end;
}
const letters = letter | combining | dense;

/** The end of the newline, the run of other white space or the run of other characters at an index. */
export function chunkEnd(units: Uint16Array, start: number): number {
  const first = classAt(units, start);
  if (first === newline) return start + 1;
  return runEnd(units, start, first === space ? space : ~(space | newline));
}

export const isSpaceAt = (units: Uint16Array, at: number): boolean => classAt(units, at) === space;

/** Whether a character is white space, newlines included. */
export const isBlankAt = (units: Uint16Array, at: number): boolean => (classAt(units, at) & (space | newline)) !== 0;
