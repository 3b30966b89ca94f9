/** @file Scores of lines: perplexity<TAB>nats<TAB>tokens<TAB>text, or JSON with every token's probability. */
import type { LineScore } from "../inference/scoring/scoreLines.js";
import { decimal } from "./numberText.js";

/** Enough digits to compare by. */
const digits = 5;
const rounded = (value: number): number => Number(value.toPrecision(digits));

export async function* scoreText(
  scores: AsyncIterable<LineScore>,
  { json }: { json: boolean },
): AsyncGenerator<string> {
  for await (const { text, nats, perplexity, tokens } of scores) {
    yield json
      ? `${JSON.stringify({
          text,
          perplexity: rounded(perplexity),
          nats: rounded(nats),
          tokens: tokens.map(({ token, probability }) => ({ token, probability: rounded(probability) })),
        })}\n`
      : `${[decimal(perplexity, digits), decimal(nats, digits), tokens.length, text].join("\t")}\n`;
  }
}
