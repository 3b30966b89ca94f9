/** @file The lines that match regular expressions, as a finite automaton over characters, and its states from which tokens can complete a line. */
import { DFA, JS, NFA, transform, Transformers } from "refa";
import { messageOf, UsageError } from "../../common/errors.js";

export type LineState = DFA.ReadonlyNode;

/** A token's text as code points, once or twice: with a space before it too, where a tokenizer sets spaces. */
export type Spellings = readonly (readonly number[])[];

const lineFeed = 10;
const mostStates = 20_000;

export class LineAutomaton {
  readonly start: LineState;
  /** The fewest characters that lead from a state to a whole line; absent for none. */
  private readonly distances = new Map<LineState, number>();
  private readonly ends: ReadonlySet<LineState>;

  /**
   * @param patterns a line matches all of them; none for any line
   * @param spellings of all tokens that may be drawn
   * @throws UsageError for a pattern that is not a regular expression, that looks around or back, or that is too large
   */
  constructor(patterns: readonly string[], spellings: Spellings) {
    const automaton = automatonOf(patterns.length > 0 ? patterns : ["[^\\n]*"]);
    this.start = automaton.initial;
    this.ends = automaton.finals;
    const states = [...automaton.nodes()].toReversed();
    for (const state of automaton.finals) this.distances.set(state, 0);
    for (let changed = true; changed;) {
      changed = false;
      for (const state of states) {
        const distance = spellings.reduce(
          (least, text) => Math.min(least, this.through(state, text)),
          this.distance(state),
        );
        changed ||= distance < this.distance(state);
        if (distance < Infinity) this.distances.set(state, distance);
      }
    }
  }

  /** Whether the line may end here. */
  isWhole(state: LineState): boolean {
    return this.ends.has(state);
  }

  /** The fewest characters with which tokens complete the line; infinite if none do. */
  distance(state: LineState): number {
    return this.distances.get(state) ?? Infinity;
  }

  /** The state after a character; undefined if none follows. */
  after(state: LineState, codePoint: number): LineState | undefined {
    return state.out.get(codePoint);
  }

  /** The distance on the way over a text. */
  private through(from: LineState, text: readonly number[]): number {
    let state: LineState | undefined = from;
    for (const [read, codePoint] of text.entries()) {
      if (codePoint === lineFeed) return this.isWhole(state) ? read : Infinity;
      state = this.after(state, codePoint);
      if (state === undefined) return Infinity;
    }
    return text.length + this.distance(state);
  }
}

/** The smallest automaton of the lines that match all patterns. */
function automatonOf(patterns: readonly string[]): DFA {
  const [first, ...rest] = patterns.map(nfaOf);
  try {
    const both = rest.reduce(
      (found, next) => NFA.fromIntersection(found, next, new NFA.LimitedNodeFactory(mostStates)),
      first!,
    );
    const automaton = DFA.fromFA(both, new DFA.LimitedNodeFactory(mostStates));
    automaton.minimize();
    return automaton;
  } catch {
    throw new UsageError(`the form of a line, ${patterns.join(" and ")}, is too large; use a simpler one`);
  }
}

function nfaOf(pattern: string): NFA {
  try {
    const { expression, maxCharacter } = JS.Parser.fromLiteral({ source: pattern, flags: "u" }).parse({
      backreferences: "throw",
      assertions: "parse",
    });
    const plain = transform(Transformers.applyAssertions(), expression);
    return NFA.fromRegex(plain, { maxCharacter }, { assertions: "throw" }, new NFA.LimitedNodeFactory(mostStates));
  } catch (error) {
    throw new UsageError(
      `${pattern} is not a pattern of a whole line: ${messageOf(error).replace(/\.$/, "")}; use a regular expression without ^, $, \\b, look-around and back references`,
    );
  }
}
