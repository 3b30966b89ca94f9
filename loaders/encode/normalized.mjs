/** @file Normalizes text before it is cut into tokens, as vocabulary.json says. */

const steps = {
  nfc: (text) => text.normalize("NFC"),
  quotes: (text) => text.replaceAll(/[‘’‛ʼ]/g, "'").replaceAll(/[“”„‟]/g, '"'),
};

/** @param text from vocabulary.json: `normalization` has the steps in their order, none if it is absent */
export const normalizer =
  ({ normalization = [], lowercase }) =>
  (text) => {
    const normalized = normalization.reduce((before, step) => steps[step](before), text);
    return lowercase ? normalized.toLowerCase() : normalized;
  };
