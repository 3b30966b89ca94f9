/** @file The special tokens, which have no text; every vocabulary starts with them. */

/** The unknown token: any text that a vocabulary lacks. */
export const unknownId = 0;
/** The end of a document; a generator without a prompt starts from it. */
export const endId = 1;
/** The names of the special tokens. A text that contains these strings is encoded like any other text. */
export const specialTokens = ["<unk>", "<end>"] as const;
/** The name of the unknown token in the checkpoints of earlier versions. */
export const formerUnknownToken = "<unknown>";
