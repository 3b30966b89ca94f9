/** @file The options of a training run, each optional: made by `npm run update-docs` from src/options/recipeOptions.ts. */

/** Options of the corpus, the tokenizer, the network and its training, under the names that `rnn train --help` shows, in camelCase. */
export type RecipeOptions = {
  /** What the file is, where its name does not tell. */
  inputFormat?: "text" | "csv" | "tsv" | "jsonl" | "idx" | "conllu" | undefined;
  /** How the bytes are to be read. Default: utf-8. */
  encoding?: "utf-8" | "latin1" | undefined;
  /** Name or number of the column with the text. */
  textColumn?: string | number | undefined;
  /** The first row of a csv or tsv is data. Default: false. */
  noHeader?: boolean | undefined;
  /** Name or number of the column with the label. */
  labelColumn?: string | number | undefined;
  /** Plain text is many documents, not one stream. */
  documents?: "lines" | "paragraphs" | undefined;
  /** Which tags of a conllu file; by default upos. */
  tagColumn?: "upos" | "xpos" | undefined;
  /** The columns of a series, or the field of a jsonl file, with numbers to read; by default all that hold some. */
  valueColumns?: string | number | readonly (string | number)[] | undefined;
  /** IDX file with the labels of an IDX file. */
  labelsFile?: string | undefined;
  /** A csv or tsv is a series of numbers in time: learn the label column from each N rows of it. From 1. */
  window?: number | undefined;
  /** With `window`: the label stands N rows after the window's last one, to forecast. From 1. */
  horizon?: number | undefined;
  /** What a text is cut into. Default: characters to write, words to label or predict, whitespace to tag. */
  tokenizer?: "characters" | "words" | "whitespace" | "subwords" | (string & {}) | undefined;
  /** Keep the N most frequent tokens; by default 20000 words, 8000 subwords, all characters. From 3. */
  vocabulary?: number | undefined;
  /** Capitals are read as small letters. Default: false. */
  lowercase?: boolean | undefined;
  /** Long streams with carried state, windows of `sequenceLength` tokens, or windows and all shorter beginnings. Default: streams. */
  examples?: "streams" | "windows" | "prefixes" | undefined;
  /** To write: tokens read at once. From 1. Default: 64. */
  sequenceLength?: number | undefined;
  /** To label: tokens, or rows of numbers, read of a document, the rest is cut off. From 1. Default: 400, 10000 for rows of numbers. */
  maxLength?: number | undefined;
  /** Texts learned from side by side. From 1. Default: 16 to write, 32 to label or predict or tag, 100 for rows of numbers. */
  batchSize?: number | undefined;
  /** What is kept back to choose the best weights by; of one text a share is at most 250,000 characters. Default: 0.1. */
  validation?: string | number | undefined;
  /** What is kept back to judge by, likewise. Default: 0.1. */
  test?: string | number | undefined;
  /** With an IDX file as `validation`: the file with its labels. */
  validationLabels?: string | undefined;
  /** Likewise for `test`. */
  testLabels?: string | undefined;
  /** Recurrent cell. Default: lstm. */
  cell?: "rnn" | "rnn-relu" | "residual" | "lstm" | "gru" | "gru-reset-before" | (string & {}) | undefined;
  /** Size of a token's vector. From 1. Default: 64 to write or label or predict, 100 to tag. */
  embedding?: number | undefined;
  /** To tag: units, in each direction, of the LSTM that reads a word's characters; 0 for none. From 0. Default: 64. */
  charUnits?: number | undefined;
  /** Units of each recurrent layer, as in 256,128; none for a network without. From 1. Default: 256,256 to write, 64 to label or predict, 160 to tag, 128 for rows of numbers. */
  units?: number | readonly number[] | undefined;
  /** Read in both directions; to write it needs `examples` windows. Default: no to write, yes to label or predict or tag, no for rows of numbers. */
  bidirectional?: boolean | "yes" | "no" | undefined;
  /** A text begins with states that are learned, instead of zeros. Default: false. */
  learnedInitialState?: boolean | undefined;
  /** A recurrent layer as wide as the one before adds what it reads to what it gives. Default: false. */
  residual?: boolean | undefined;
  /** Layer normalisation after each recurrent layer. Default: false. */
  layerNorm?: boolean | undefined;
  /** How the outputs of all steps become one, several side by side; not with `examples` streams. Default: last to write or tag, max,mean to label or predict, last for rows of numbers. */
  pooling?:
    | "last"
    | "mean"
    | "max"
    | "attention"
    | "flatten"
    | (string & {})
    | readonly ("last" | "mean" | "max" | "attention" | "flatten" | (string & {}))[]
    | undefined;
  /** Convolution after the embedding, as in 128x5: filters and steps of its window; several side by side. */
  convolution?: string | readonly string[] | undefined;
  /** With `convolution`: at the ends, zeros around a text, or whole windows only. Default: same. */
  padding?: "same" | "valid" | undefined;
  /** Units of dense layers before the softmax, as in 64,32. From 1. */
  dense?: number | readonly number[] | undefined;
  /** The softmax's weights are the embedding's. Default: false. */
  tieWeights?: boolean | undefined;
  /** Share of values dropped after the embedding and each layer while training: 1 - what others call keep. From 0 to 0.95. Default: 0.2 to write, 0.5 to label or predict, 0.33 to tag, 0.5 for rows of numbers. */
  dropout?: number | undefined;
  /** Use the same dropout mask at all time steps of a text. Default: false. */
  variationalDropout?: boolean | undefined;
  /** Share of the hidden state that the next step does not read while training, the same at all steps; slow. From 0 to 0.95. Default: 0. */
  recurrentDropout?: number | undefined;
  /** Share of the weights from step to step dropped while training. From 0 to 0.95. Default: 0. */
  weightDrop?: number | undefined;
  /** Share of the vocabulary whose vectors are zero in a step of training. From 0 to 0.95. Default: 0. */
  embeddingDropout?: number | undefined;
  /** How weights begin. Default: keras. */
  init?: "keras" | "wide" | "uniform" | undefined;
  /** Largest weight of `init` uniform. Above 0. Default: 0.1. */
  initRange?: number | undefined;
  /** Times through the training part; by default 10. From 1. */
  epochs?: number | undefined;
  /** Train for about so long instead, as in 90s, 5m or 2h. */
  for?: number | string | undefined;
  /** How gradients change weights. Default: adam. */
  optimizer?: "adam" | "adamw" | "sgd" | "momentum" | "nesterov" | "rmsprop" | undefined;
  /** With `optimizer` momentum or nesterov: share of the last step in the next. From 0 to 0.9999. Default: 0.9. */
  momentum?: number | undefined;
  /** With `optimizer` adamw: what a weight loses of itself at a step, times the learning rate. From 0. Default: 0.01. */
  weightDecay?: number | undefined;
  /** Size of a step. Above 0. Default: 0.003 to write, 0.002 to label or predict or tag. */
  learningRate?: number | undefined;
  /** The learning rate over the run. Default: cosine. */
  schedule?: "constant" | "cosine" | "linear" | "decay" | undefined;
  /** With `schedule` decay: factor of each epoch. Above 0 to 1. Default: 0.5. */
  lrDecay?: number | undefined;
  /** With `schedule` decay: epochs at the full rate. From 0. Default: 4. */
  lrDecayAfter?: number | undefined;
  /** Largest norm of all gradients together. Above 0. Default: 1. */
  clipNorm?: number | undefined;
  /** Of the factors in products; bf16 is faster, and needs a processor with AVX512-BF16. Default: fp32. */
  precision?: "fp32" | "bf16" | undefined;
  /** Share of tokens read as unknown while training. From 0 to 0.9. Default: 0 to write or label or predict, 0.35 to tag. */
  wordDropout?: number | undefined;
  /** Stop after N evaluations without a better one. From 1. */
  patience?: number | undefined;
  /** Fixes the split, the first weights and every draw. From 0. Default: 1. */
  seed?: number | undefined;
  /** Fixes the split apart from all else, so that runs of other seeds are judged by the same texts. From 0. */
  splitSeed?: number | undefined;
};
