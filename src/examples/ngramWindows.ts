/** @file n-gram windows as people see them: a token to predict and the tokens before it, one by one. */

export type Window<Token> = { inputs: Token[]; target: Token };

/**
 * Full windows only, none of a text that is no longer than a window: "I went to the beach" at length 3 gives (I went to → the), (went to the → beach).
 * @param length inputs a window, from 1
 */
export function* slidingWindows<Token>(tokens: ArrayLike<Token>, length: number): Generator<Window<Token>> {
  for (let target = length; target < tokens.length; target++) {
    yield { inputs: Array.from({ length }, (_, place) => tokens[target - length + place]!), target: tokens[target]! };
  }
}

/**
 * Every prefix of at least one token, its last `length` tokens, padded in front: "I went to" at length 2 gives (_ I → went), (I went → to), where _ is the padding.
 * @param length inputs a window, from 1
 */
export function* prefixWindows<Token>(
  tokens: ArrayLike<Token>,
  length: number,
  padding: Token,
): Generator<Window<Token>> {
  for (let target = 1; target < tokens.length; target++) {
    const inputs = Array.from({ length }, (_, place) =>
      place < length - target ? padding : tokens[target - length + place]!,
    );
    yield { inputs, target: tokens[target]! };
  }
}
