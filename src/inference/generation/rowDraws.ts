/** @file The draws of several texts, each in a row of its own, by the samplers' reference implementation. */
import type { Tokenizer } from "../../tokenizers/index.js";
import {
  allowedIds,
  createDraw,
  type DistributionOptions,
  excludedIds,
  noToken,
  textState,
  type TextState,
} from "./distribution.js";

/** Draws the tokens of several texts by the samplers' reference implementation. */
export class RowDraws {
  private readonly drawNext: ReturnType<typeof createDraw>;
  private readonly states: Int32Array; // of `follow`
  private readonly texts: TextState[];
  private readonly allowed = new Map<number, Int32Array>(); // by state

  /** @param follow which tokens may follow those that were drawn before in the same row; by default all */
  constructor(
    private readonly options: DistributionOptions,
    private readonly follow: Tokenizer["follow"],
    private readonly sizes: { rows: number; vocabulary: number },
  ) {
    this.drawNext = createDraw(options); // checks the options
    this.states = new Int32Array(sizes.rows);
    this.texts = Array.from({ length: sizes.rows }, () => textState());
  }

  /** Starts a row's text anew. @param prompt the ids that samplers read before the text */
  restart(row: number, prompt: readonly number[]): void {
    this.states[row] = 0;
    this.texts[row] = textState(prompt);
  }

  /** Draws a row's next token. @param logits [vocabulary] */
  draw(logits: Float32Array, uniform: number, row: number): number {
    const { follow } = this;
    if (!follow) return this.drawNext(logits, uniform, this.texts[row]!);
    const state = this.states[row]!;
    const token = this.drawNext(logits, uniform, this.texts[row]!, this.allowed.get(state) ?? this.allowedIn(state));
    if (token !== noToken) this.states[row] = follow(state, token);
    return token;
  }

  private allowedIn(state: number): Int32Array {
    const { options, follow, sizes } = this;
    const ids = Array.from({ length: sizes.vocabulary }, (_, id) => id);
    const others = ids.filter((id) => follow!(state, id) < 0);
    const found = allowedIds(sizes.vocabulary, [...excludedIds(options), ...others]);
    this.allowed.set(state, found);
    return found;
  }
}
