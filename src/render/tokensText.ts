/** @file Tokens, their windows and their neighbors as lines; white space within a token is shown as a sign. */
import type { Neighbor } from "../inference/vectors/embeddings.js";
import type { TextWindow } from "../examples/textWindows.js";
import type { NextTokens } from "../inference/generation/logprobs.js";

/** Signs of a space, a line feed and a tab. */
const signs: Record<string, string> = { " ": "▁", "\n": "⏎", "\t": "⇥" };
export const visible = (token: string): string => token.replace(/[ \n\t]/g, (space) => signs[space]!);

export async function* tokenText(
  lines: AsyncIterable<{ ids: number[]; tokens: string[] }>,
  { ids: numbers, json }: { ids: boolean; json: boolean },
): AsyncGenerator<string> {
  for await (const { ids, tokens } of lines) {
    const shown = numbers ? ids : tokens;
    yield json ? `${JSON.stringify(shown)}\n` : `${numbers ? ids.join(" ") : tokens.map(visible).join(" ")}\n`;
  }
}

/** token<TAB>next<TAB>probability… for each token, most probable first. */
export async function* nextTokensText(
  entries: Iterable<NextTokens>,
  { json }: { json: boolean },
): AsyncGenerator<string> {
  for (const { token, next } of entries) {
    const rounded = next.map((one) => ({ ...one, probability: Number(one.probability.toFixed(4)) }));
    const cells = next.map((one) => `${visible(one.token)}\t${one.probability.toFixed(4)}`);
    yield json ? `${JSON.stringify({ token, next: rounded })}\n` : `${[visible(token), ...cells].join("\t")}\n`;
  }
}

/** inputs<TAB>target; padding is shown as ·. The count is incremented for each line. */
export async function* windowText(
  windows: AsyncIterable<TextWindow>,
  counts: { windows: number },
  { json }: { json: boolean },
): AsyncGenerator<string> {
  const show = (token: string): string => (token === "" ? "·" : visible(token));
  for await (const window of windows) {
    counts.windows++;
    yield json ? `${JSON.stringify(window)}\n` : `${window.inputs.map(show).join(" ")}\t${show(window.target)}\n`;
  }
}

/** word<TAB>neighbor<TAB>cosine similarity for each neighbor, nearest first; or a line of JSON. */
export function neighborText(word: string, neighbors: readonly Neighbor[], { json }: { json: boolean }): string {
  if (json) {
    const rounded = neighbors.map(({ token, similarity }) => ({ token, similarity: Number(similarity.toFixed(4)) }));
    return `${JSON.stringify({ word, neighbours: rounded })}\n`;
  }
  return neighbors.map(({ token, similarity }) => `${word}\t${visible(token)}\t${similarity.toFixed(4)}\n`).join("");
}
