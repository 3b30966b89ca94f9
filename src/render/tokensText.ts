/** @file Tokens and windows as lines: what would not be seen in a token is given a sign. */
import type { TextWindow } from "../examples/textWindows.js";
import type { NextTokens } from "../inference/generation/logprobs.js";

/** A space in a token, a line's end, a tab. */
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

/** token<TAB>next<TAB>probability…, likeliest first; a line for each token. */
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

/** inputs<TAB>target; what pads a beginning is shown as ·. The count grows as lines are given. */
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
