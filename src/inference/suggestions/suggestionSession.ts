/** @file Continuations of a text that is being written: the most probable next words, and whole sentences. */
import { randomStream } from "../../common/random.js";
import { draw } from "../generation/distribution.js";
import { TextLimits } from "../generation/textLimits.js";
import { endId } from "../../tokenizers/specialTokens.js";
import { MixedModels, type MixedState, type WeightedModel } from "./mixedModels.js";
import { extendsWords, readsLowercase, Spelling } from "./spelling.js";
import { lastWordStart } from "./textUnits.js";
import { likeliestUnits, type Suggestion } from "./unitSearch.js";

export type { WeightedModel } from "./mixedModels.js";
export type { Suggestion } from "./unitSearch.js";

export type SuggestionOptions = {
  /** The most continuations, from 1. */
  count: number;
  /** From 0; applied to each token, after the models are mixed. */
  temperature: number;
};

/** A text before its unfinished word, as the models have read it. */
type Beginning = { state: MixedState; context: readonly number[]; prefix: string };

/** The most characters of a text that are read at once; half as many at least. */
const maxContext = 8192;
/** Tokens before a continuation that may determine its spaces: those of its line. */
const spacingContext = 256;
/** The most tokens of a sentence. */
const sentenceTokens = 400;

/**
 * Follows one text that changes: what was read of it is kept, so that a few more or fewer characters cost little. Of a long text only the last 4,096 to 8,192
 * characters are read, and what is typed from then on.
 */
export class SuggestionSession {
  private readonly models: MixedModels;
  private text = "";
  private origin = 0; // where the reading of the text begins

  /**
   * @param models one or more, mixed with their weights
   * @throws UserError for models whose vocabularies differ, and for weights of which none is above 0
   */
  constructor(models: readonly WeightedModel[]) {
    this.models = new MixedModels(models);
  }

  /** Sets the weights of the models, in their order. @throws UserError for a weight below 0, and if none is above 0 */
  weigh(weights: readonly number[]): void {
    this.models.weigh(weights);
  }

  /** Sets the text that is continued. */
  read(text: string): void {
    const keepsOrigin = this.origin > 0 && text.startsWith(this.text.slice(0, this.origin + 1));
    if (!keepsOrigin)
      this.origin = text.length <= maxContext ? 0 : (Math.floor((2 * text.length) / maxContext) - 1) * (maxContext / 2);
    this.text = text;
  }

  /**
   * The most probable next words of the text, or the rests of its last word, most probable first.
   * @throws UserError for logits that are not finite
   */
  suggestions({ count, temperature }: SuggestionOptions): Suggestion[] {
    const search = ({ state, context, prefix }: Beginning): Suggestion[] =>
      likeliestUnits(this.models, state, context, { count, temperature, prefix });
    const begun = this.beforeLastWord();
    const found = begun ? search(begun) : [];
    return found.length > 0 ? found : search(this.whole());
  }

  /**
   * A continuation to the end of the sentence, drawn at random.
   * @param seed the same text, models and seed give the same sentence
   * @returns without white space at its end; empty where the model ends the text
   */
  sentence(seed: number, temperature: number): string {
    const begun = this.beforeLastWord();
    return (
      (begun && this.drawSentence(begun, seed, temperature)) ?? this.drawSentence(this.whole(), seed, temperature) ?? ""
    );
  }

  /** Frees the memory of the session; the models stay. */
  dispose(): void {
    this.models.dispose();
  }

  /** Null if no token continues as the prefix requires. */
  private drawSentence({ state, context, prefix }: Beginning, seed: number, temperature: number): string | null {
    const random = randomStream(seed, "sentence", 0);
    const spelling = new Spelling(this.models.tokenizer, context);
    const limits = new TextLimits({ sentences: 1 });
    const path: number[] = [];
    let [text, sentence, read] = ["", "", state];
    for (let tokens = 0; tokens < sentenceTokens; tokens++) {
      const probabilities = this.models.probabilities(read, temperature);
      if (text.length < prefix.length && !keepFitting(probabilities, (id) => spelling.after(path, text, id), prefix))
        return null;
      const token = draw(probabilities, random);
      if (token === endId) return sentence + limits.pass("", true).trimEnd();
      const longer = spelling.after(path, text, token);
      if (longer === null) break;
      path.push(token);
      const covered = Math.max(prefix.length, text.length);
      sentence += limits.pass(longer.slice(covered), false);
      text = longer;
      if (limits.reached) return sentence;
      read = this.models.read([{ state: read, token }])[0]!;
    }
    return sentence.slice(0, Math.max(0, sentence.search(/\s+\S*$/)));
  }

  /** The text that is read, in the form that the models know. */
  private get context(): string {
    const context = this.text.slice(this.origin);
    return readsLowercase(this.models.tokenizer) ? context.toLowerCase() : context;
  }

  private whole(): Beginning {
    return this.beginning(this.context, "");
  }

  /** Null if the text has no last word whose tokens may be others when it goes on. */
  private beforeLastWord(): Beginning | null {
    const { context } = this;
    const start = lastWordStart(context);
    if (start === context.length || extendsWords(this.models.tokenizer)) return null;
    return this.beginning(context.slice(0, start), context.slice(start));
  }

  private beginning(text: string, prefix: string): Beginning {
    const ids = this.models.tokenizer.encode(text);
    return { state: this.models.readText(ids), context: ids.slice(-spacingContext), prefix };
  }
}

/** Sets the probabilities of the tokens to 0 that do not continue as the prefix requires. @returns whether any is left */
function keepFitting(probabilities: Float64Array, textAfter: (id: number) => string | null, prefix: string): boolean {
  let isLeft = false;
  for (let id = 0; id < probabilities.length; id++) {
    if (probabilities[id] === 0) continue;
    const text = id === endId ? null : textAfter(id);
    const fits = text !== null && (text.startsWith(prefix) || prefix.startsWith(text));
    if (!fits) probabilities[id] = 0;
    isLeft ||= fits && probabilities[id]! > 0;
  }
  return isLeft;
}
