/** @file Keeps a text to a form: each draw leaves a way to complete its line. */
import type { TextConstraint } from "../generation/constraint.js";
import { type Tokenizer, tokenizerDefinition } from "../../tokenizers/index.js";
import { endId, specialTokens } from "../../tokenizers/specialTokens.js";
import { UserError } from "../../common/errors.js";
import type { FormRule, LinePlace } from "./formRules.js";
import { LineAutomaton, type LineState, type Spellings } from "./lineAutomaton.js";

/** Where a text is in its form. */
type Position = {
  automaton: LineAutomaton;
  state: LineState;
  /** The text of the line so far, and the lines before. */
  line: string;
  before: readonly string[];
};

const mostAutomata = 200;

/**
 * What keeps texts to some rules. The prompt is not a part of the form.
 * @param lines the number of lines; absent if it is open
 * @throws UserError if no text of the vocabulary has the form
 */
export function formConstraint(
  tokenizer: Tokenizer,
  rules: readonly FormRule[],
  lines?: number,
): (prompt: readonly number[]) => TextConstraint {
  const spellings = spellingsOf(tokenizer);
  const automata = new Map<string, LineAutomaton>();
  const automatonAt = (place: LinePlace): LineAutomaton => {
    const patterns = rules.flatMap((rule) => rule.pattern(place) ?? []);
    const key = patterns.join("\n");
    const known = automata.get(key);
    if (known) return known;
    const made = new LineAutomaton(patterns, spellings);
    if (automata.size >= mostAutomata) automata.clear();
    automata.set(key, made);
    return made;
  };
  const at = (before: readonly string[]): Position => {
    const automaton = automatonAt({ line: before.length, lines, before });
    return { automaton, state: automaton.start, line: "", before };
  };
  const first = at([]);
  const isVerse = rules.some((rule) => rule.longest !== undefined);
  const longest = Math.min(...rules.map((rule) => rule.longest ?? Infinity));
  const isOpen = ({ automaton, state, line }: Position): boolean =>
    automaton.distance(state) < Infinity && line.length + automaton.distance(state) <= longest;
  if (!isOpen(first))
    throw new UserError(
      "no text of this model's vocabulary has the form of the first line; change --form or --pattern",
    );

  return (prompt) => {
    const written = new WrittenLine(tokenizer, prompt);
    let position = first;
    /** The position after a token; null if it cannot follow. */
    const after = (token: number): Position | null => {
      if (token === endId) {
        const isLast = lines === undefined || position.before.length + 1 >= lines;
        return isLast && position.automaton.isWhole(position.state) ? position : null;
      }
      const text = written.textOf(token);
      if (text === "" && (tokenizer.bytesOf || written.isSilent)) return null; // part of a character, or joins without an end
      let next = position;
      for (const character of text) {
        if (character === "\n") {
          if (!next.automaton.isWhole(next.state)) return null;
          if (lines !== undefined && next.before.length + 1 >= lines) return next; // the text ends with its last line
          next = at([...next.before, next.line]);
        } else {
          if (isVerse && endsLine(next) && !/[”"'’)]/.test(character)) return null;
          const state = next.automaton.after(next.state, character.codePointAt(0)!);
          if (state === undefined) return null;
          next = { ...next, state, line: next.line + character };
        }
      }
      return isOpen(next) ? next : null;
    };
    return {
      allows: (token) => after(token) !== null,
      accept: (token) => {
        position = after(token) ?? position;
        written.add(token);
      },
    };
  };
}

const shortestLine = 24;

/** Whether a line of open length ends here: a model of prose would seldom end it by itself. */
const endsLine = ({ automaton, state, line }: Position): boolean =>
  line.length >= shortestLine && /[.,;:!?…][”"'’)]*$/.test(line) && automaton.isWhole(state);

/** The text of tokens that follow others on a line, which the tokenizer's spaces depend on. */
class WrittenLine {
  private ids: number[] = [];
  private text = "";
  /** Whether the last token wrote nothing. */
  isSilent = false;

  constructor(
    private readonly tokenizer: Tokenizer,
    prompt: readonly number[],
  ) {
    const decoder = tokenizer.decoder();
    for (const id of prompt) this.append(id, decoder.write(id));
  }

  /** What a token would write. */
  textOf(token: number): string {
    return this.decoded([...this.ids, token]).slice(this.text.length);
  }

  add(token: number): void {
    this.append(token, this.textOf(token));
  }

  private append(token: number, own: string): void {
    this.isSilent = own === "";
    this.ids.push(token);
    this.text += own;
    if (own.endsWith("\n") || token === endId) {
      this.ids = []; // decoders begin each line anew
      this.text = "";
    }
  }

  /** Without the bytes of a character that is not whole yet. */
  private decoded(ids: readonly number[]): string {
    const decoder = this.tokenizer.decoder();
    return ids.map((id) => decoder.write(id)).join("");
  }
}

/** The texts of all tokens that are whole characters. */
function spellingsOf({ kind, vocabulary, bytesOf }: Tokenizer): Spellings {
  const { isSpacing } = tokenizerDefinition(kind);
  const setsSpaces = vocabulary.some(isSpacing);
  const utf8 = new TextDecoder("utf-8", { fatal: true });
  const wholeText = (id: number): string => {
    if (!bytesOf) return vocabulary[id]!;
    try {
      return utf8.decode(bytesOf(id));
    } catch {
      return "";
    }
  };
  const texts = Array.from(vocabulary.keys()).slice(specialTokens.length).map(wholeText);
  return texts
    .flatMap((text) => (setsSpaces && text.trim() !== "" ? [text, ` ${text}`] : [text]))
    .filter((text) => text !== "")
    .map((text) => Array.from(text, (character) => character.codePointAt(0)!));
}
