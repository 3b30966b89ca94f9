/** @file The texts that tokens add to a text. */
import { type Tokenizer, tokenizerDefinition } from "../../tokenizers/index.js";
import { characterKind, type CharacterKind } from "./textUnits.js";

/** What is the same for all texts of a tokenizer. */
type Pieces = {
  wholeWords: boolean;
  isSpacing: (token: string) => boolean;
  lowercase: boolean;
  /** The text of each token that is whole characters, wherever it stands; null for others. Unused for whole words, whose spaces depend on the text. */
  texts: readonly (string | null)[];
  /** The kind of the first character of each text. */
  kinds: readonly (CharacterKind | null)[];
};

const known = new WeakMap<Tokenizer, Pieces>();

function piecesOf(tokenizer: Tokenizer): Pieces {
  const found = known.get(tokenizer);
  if (found) return found;
  const { wholeWords, isSpacing } = tokenizerDefinition(tokenizer.kind);
  const texts = wholeWords
    ? []
    : tokenizer.vocabulary.map((_, id) => (tokenizer.follow?.(0, id) ? null : tokenizer.decoder().write(id)));
  const kinds = texts.map((text) => (text ? characterKind(String.fromCodePoint(text.codePointAt(0)!)) : null));
  const pieces = { wholeWords, isSpacing, lowercase: tokenizer.toJSON().lowercase, texts, kinds };
  known.set(tokenizer, pieces);
  return pieces;
}

/** Whether a tokenizer reads texts in lowercase. */
export const readsLowercase = (tokenizer: Tokenizer): boolean => piecesOf(tokenizer).lowercase;

/** Whether the tokens of an unfinished word are the first tokens of the finished one, as for characters. */
export const extendsWords = (tokenizer: Tokenizer): boolean =>
  !piecesOf(tokenizer).wholeWords &&
  piecesOf(tokenizer).texts.every((text, id) => text === null || id < 2 || Array.from(text).length === 1) &&
  !tokenizer.follow;

/** A token that may follow, and the probability of the continuation with it. */
type Child = { id: number; joint: number };

/** The texts of the tokens that follow one text. */
export class Spelling {
  private readonly pieces: Pieces;

  /** @param context the last ids of the text */
  constructor(
    private readonly tokenizer: Tokenizer,
    private readonly context: readonly number[],
  ) {
    this.pieces = piecesOf(tokenizer);
  }

  get wholeWords(): boolean {
    return this.pieces.wholeWords;
  }

  /** Whether a token ends a unit that was begun: its text begins with a character of another kind. */
  endsUnit(id: number, begun: CharacterKind): boolean {
    const kind = this.pieces.kinds[id];
    return kind !== null && kind !== undefined && kind !== begun;
  }

  /** The text of a continuation with one more token: the characters that are whole. @param text that of the path; null if the token cannot follow */
  after(path: readonly number[], text: string, id: number): string | null {
    const { texts, wholeWords } = this.pieces;
    const piece = texts[id];
    if (typeof piece === "string" && !this.isInCharacter(path)) return text + piece;
    if (!wholeWords && this.isCut([...path, id])) return null;
    const decoder = this.tokenizer.decoder();
    if (wholeWords) for (const before of this.context) decoder.write(before);
    return [...path, id].map((token) => decoder.write(token)).join("");
  }

  /**
   * The children whose texts are worth making. Of whole words, the most probable ones that go on with the prefix: each ends a continuation.
   * @param text that of the continuation before the children
   */
  promising(children: readonly Child[], prefix: string, text: string, count: number): readonly Child[] {
    const { wholeWords, isSpacing } = this.pieces;
    if (!wholeWords) return children;
    const { vocabulary } = this.tokenizer;
    const missing = prefix.slice(text.length).trimStart();
    const fitting = children.filter(({ id }) => {
      const token = vocabulary[id]!;
      return token.startsWith(missing) || (isSpacing(token) && token !== "\n") || missing.startsWith(token);
    });
    const most = missing === "" ? 2 * count + spacingChildren : maxFitting;
    return fitting.toSorted((one, other) => other.joint - one.joint).slice(0, most);
  }

  /** Whether a path ends within a character. */
  private isInCharacter(path: readonly number[]): boolean {
    return this.stateAfter(path) > 0;
  }

  /** Whether a path has bytes that are no character. */
  private isCut(path: readonly number[]): boolean {
    return this.stateAfter(path) < 0;
  }

  private stateAfter(path: readonly number[]): number {
    const { follow } = this.tokenizer;
    let state = 0;
    if (follow) for (const id of path) state = state < 0 ? state : follow(state, id);
    return state;
  }
}

/** Tokens of spacing that may be among the most probable ones. */
const spacingChildren = 8;
/** Words with the same beginning that are compared. */
const maxFitting = 256;
