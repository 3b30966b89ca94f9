/** @file Normalizes text before it is cut into tokens, as vocabulary.json says. */

// The blocks of Thai, Lao, Khmer and Myanmar.
const blocks = String.raw`\u0E00-\u0EFF\u1000-\u109F\u1780-\u17FF\u19E0-\u19FF\uA9E0-\uA9FF\uAA60-\uAA7F`;
const clusterBoundary = new RegExp(
  String.raw`(?<=[\p{L}\p{M}\p{N}])(?=[${blocks}])(?![\p{M}\u0E33\u0EB3])|(?<=[${blocks}])(?=[\p{L}\p{N}])(?![\u0E33\u0EB3])`,
  "gu",
);

const steps = {
  nfc: (text) => text.normalize("NFC"),
  quotes: (text) => text.replaceAll(/[‘’‛ʼ]/g, "'").replaceAll(/[“”„‟]/g, '"'),
  clusters: (text) => text.replaceAll(clusterBoundary, " "),
};

/** @param text from vocabulary.json: `normalization` has the steps in their order, none if it is absent */
export const normalizer =
  ({ normalization = [], lowercase }) =>
  (text) => {
    const normalized = normalization.reduce((before, step) => steps[step](before), text);
    return lowercase ? normalized.toLowerCase() : normalized;
  };
