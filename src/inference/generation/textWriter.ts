/** @file One of the texts that are generated: from tokens to the text that can be shown, up to its end. */
import type { Random } from "../../common/random.js";
import type { TokenDecoder, Tokenizer } from "../../tokenizers/index.js";
import { endId } from "../../tokenizers/specialTokens.js";
import { noToken } from "./distribution.js";
import { StopText } from "./stopText.js";
import { type LimitName, type Limits, TextLimits } from "./textLimits.js";
import { WholeWords } from "./wholeWords.js";

/** Why a text ended: after its last token, before a stop text, where the model ended the document, at a limit, or where no token may follow. */
export type TextEnd = "max-tokens" | "stop" | "document" | "dead-end" | LimitName;

export type WriterOptions = {
  sample: number;
  /** Uniform numbers for its draws. */
  random: Random;
  maxTokens: number;
  stop?: string | readonly string[] | undefined;
  limits: Limits;
  /** Whether a word that the last token may not complete is left out. */
  wholeWords: boolean;
};

/** Tokens in, text out. */
export class TextWriter {
  /** Null until the text has ended. */
  end: TextEnd | null = null;
  /** The number of its tokens, with the end token. */
  tokens = 0;
  readonly random: Random;
  readonly sample: number;
  private budget: number; // tokens
  private readonly stopText: StopText;
  private readonly limits: TextLimits | null;
  private readonly wholeWords: WholeWords | null;
  private readonly decoder: TokenDecoder;
  private state = 0; // of `follow`

  /** @param prompt its ids, which the text follows */
  constructor(
    private readonly tokenizer: Tokenizer,
    prompt: readonly number[],
    { sample, random, maxTokens, stop, limits, wholeWords }: WriterOptions,
  ) {
    this.sample = sample;
    this.random = random;
    this.budget = maxTokens;
    if (maxTokens === 0) this.end = "max-tokens";
    this.stopText = new StopText(stop);
    this.limits = Object.values(limits).some((limit) => limit !== undefined) ? new TextLimits(limits) : null;
    this.wholeWords = wholeWords ? new WholeWords() : null;
    this.decoder = tokenizer.decoder();
    for (const id of prompt) this.decoder.write(id);
  }

  /** A writer that goes on from here by itself. @param ids of the prompt and of the text so far */
  copy(ids: readonly number[]): TextWriter {
    const decoder = this.tokenizer.decoder();
    for (const id of ids) decoder.write(id);
    const [stopText, limits, wholeWords] = [this.stopText, this.limits, this.wholeWords].map(
      (part) => part && copyOf(part),
    );
    return Object.assign(copyOf(this), { decoder, stopText, limits, wholeWords });
  }

  /** Tokens that are still to be drawn; 0 once the text has ended. For whole words, one more than the text may have: it shows whether the last word goes on. */
  get left(): number {
    return this.end ? 0 : this.budget + (this.wholeWords ? 1 : 0);
  }

  /** Adds a token. @returns the text that can be shown by then */
  write(token: number): string {
    if (this.budget === 0)
      return this.show("", "max-tokens", token === endId || token === noToken ? " " : this.decoder.write(token));
    if (token === noToken) return this.show(this.decoder.flush(), "dead-end");
    this.tokens++;
    this.state = this.tokenizer.follow?.(this.state, token) ?? 0;
    if (token === endId) return this.show(this.decoder.flush(), "document");
    this.budget = Math.max(this.budget - 1, this.state === 0 ? 0 : 1);
    const decoded = this.decoder.write(token);
    return this.left > 0 ? this.show(decoded, null) : this.show(decoded + this.decoder.flush(), "max-tokens");
  }

  /** Ends the text after its tokens so far. @returns the rest of it; for whole words, without a word that may go on */
  close(): string {
    return this.show(this.decoder.flush(), "max-tokens", "");
  }

  /** @param next the text after the end */
  private show(decoded: string, reason: TextEnd | null, next = " "): string {
    let end = reason;
    let text = this.stopText.pass(decoded, end !== null);
    if (this.stopText.stopped) end = "stop";
    text = this.limits?.pass(text, end !== null) ?? text;
    end = this.limits?.reached ?? end;
    text = this.wholeWords?.pass(text) ?? text;
    this.end = end;
    return end && this.wholeWords ? text + this.wholeWords.end(end === "max-tokens" ? next : " ") : text;
  }
}

/** A copy of an object whose fields are never changed in place. */
const copyOf = <Part extends object>(part: Part): Part =>
  Object.assign(Object.create(Object.getPrototypeOf(part) as object) as Part, part);
