/** @file The tokens that stand for no text of their own; every vocabulary begins with them. */

/** The unknown token: any text that a vocabulary lacks. */
export const unknownId = 0;
/** The end of a document; a generator without a prompt starts from it. */
export const endId = 1;
/** The names of those two. A text that contains these strings is encoded as any other text. */
export const specialTokens = ["<unk>", "<end>"] as const;
/** The name of the unknown token in the checkpoints of earlier versions. */
export const formerUnknownToken = "<unknown>";
