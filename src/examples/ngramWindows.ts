/** @file n-gram windows: a target token and the tokens before it. */

export type Window<Token> = { inputs: Token[]; target: Token };

/**
 * Full windows only; none for a text that is not longer than a window: "I went to the beach" at length 3 gives (I went to → the), (went to the → beach).
 * @param length input tokens of a window, from 1
 */
export function* slidingWindows<Token>(tokens: ArrayLike<Token>, length: number): Generator<Window<Token>> {
  for (let target = length; target < tokens.length; target++) {
    yield { inputs: Array.from({ length }, (_, index) => tokens[target - length + index]!), target: tokens[target]! };
  }
}

/**
 * Every prefix of at least one token, its last `length` tokens, padded at the start: "I went to" at length 2 gives (_ I → went), (I went → to), where _ is the padding.
 * @param length input tokens of a window, from 1
 */
export function* prefixWindows<Token>(
  tokens: ArrayLike<Token>,
  length: number,
  padding: Token,
): Generator<Window<Token>> {
  for (let target = 1; target < tokens.length; target++) {
    const inputs = Array.from({ length }, (_, index) =>
      index < length - target ? padding : tokens[target - length + index]!,
    );
    yield { inputs, target: tokens[target]! };
  }
}
