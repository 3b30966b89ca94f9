/** @file What one request may cost, and how long it may take. */

export type ServerLimits = {
  /** Largest body of a request, in bytes. */
  bodyBytes: number;
  /** Time for a request to arrive, in milliseconds. */
  requestMs: number;
  /** Time for an answer, the wait for its turns included, in milliseconds. */
  answerMs: number;
  /** Time in which a client must take a part of an answer, in milliseconds. */
  readMs: number;
  /** Open connections. */
  connections: number;
  /** Answers that are computed or wait for their turn. */
  answers: number;
  /** Texts of one request: its prompts times `n`, or its inputs. */
  texts: number;
  /** Tokens of all texts to generate for one request. */
  newTokens: number;
  /** Tokens of all prompts of one request. */
  promptTokens: number;
  /** Tokens of all texts to score for one request. */
  scoredTokens: number;
};

export const defaultLimits: ServerLimits = {
  bodyBytes: 2 ** 20,
  requestMs: 20_000,
  answerMs: 300_000,
  readMs: 30_000,
  connections: 256,
  answers: 128,
  texts: 256,
  newTokens: 2 ** 16,
  promptTokens: 2 ** 14,
  scoredTokens: 2 ** 16,
};
