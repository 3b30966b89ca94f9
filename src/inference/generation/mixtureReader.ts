/** @file Log probabilities of the next token by an n-gram model, alone or mixed with a network. */
import type { NgramContexts } from "../../baselines/ngramModel.js";
import type { Mixture } from "../../model/mixture.js";
import type { LogitReader } from "./logitReaders.js";
import type { Prompt } from "./promptIds.js";

/** Log probabilities, which are logits too: the samplers apply to the mix as they do to a network. */
export class MixtureReader implements LogitReader {
  protected contexts: NgramContexts[];
  private readonly last: Float32Array; // [rows · vocabulary]
  private readonly probabilities: Float64Array; // [vocabulary]

  /** @param network the reader of the network, which has read the prompt; null for an n-gram model alone */
  constructor(
    protected readonly mixture: Mixture,
    private readonly network: LogitReader | null,
    { ids, rows }: Pick<Prompt, "ids" | "rows">,
  ) {
    const contexts = mixture.ngrams.contextsAfter(ids);
    this.contexts = Array.from({ length: rows }, () => contexts);
    this.last = new Float32Array(rows * mixture.ngrams.vocabulary);
    this.probabilities = new Float64Array(mixture.ngrams.vocabulary);
  }

  logits(): Float32Array {
    const { vocabulary } = this.mixture.ngrams;
    const logits = this.network?.logits();
    for (const [row, contexts] of this.contexts.entries()) {
      const start = row * vocabulary;
      if (logits) softmaxInto(this.probabilities, logits.subarray(start, start + vocabulary));
      this.mixture.distribution(contexts, this.probabilities);
      for (let token = 0; token < vocabulary; token++) this.last[start + token] = Math.log(this.probabilities[token]!);
    }
    return this.last;
  }

  read(tokens: Int32Array): void {
    this.network?.read(tokens);
    for (const [row, contexts] of this.contexts.entries())
      this.contexts[row] = this.mixture.ngrams.after(contexts, tokens[row]!);
  }

  dispose(): void {
    this.network?.dispose();
  }
}

/** Loops, because a vocabulary may have more entries than a call takes arguments. @param probabilities [vocabulary], which is overwritten */
function softmaxInto(probabilities: Float64Array, logits: Float32Array): void {
  let highest = -Infinity;
  for (let token = 0; token < logits.length; token++) highest = Math.max(highest, logits[token]!);
  let sum = 0;
  for (let token = 0; token < logits.length; token++) sum += probabilities[token] = Math.exp(logits[token]! - highest);
  for (let token = 0; token < logits.length; token++) probabilities[token]! /= sum;
}
