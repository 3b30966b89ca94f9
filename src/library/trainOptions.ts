/** @file The options of a training run, each optional: made by `npm run update-docs` from src/options/recipeOptions.ts. */
import type {
  ArrangementName,
  CellName,
  DocumentUnit,
  DuplicateSplit,
  FormatName,
  InitializationName,
  LongDocuments,
  MixName,
  ModelName,
  OptimizerName,
  PaddingName,
  PoolingName,
  PrecisionChoice,
  ScheduleName,
  TokenizerName,
} from "../common/names.js";

/** Options of the corpus, the tokenizer, the network and its training, under the names that `rnn train --help` shows, in camelCase. */
export type RecipeOptions = {
  /** File format; by default recognized by the file's name. */
  inputFormat?: FormatName | undefined;
  /** Character encoding; by default detected. Default: auto. */
  encoding?: "auto" | "utf-8" | "utf-16le" | "utf-16be" | "windows-1252" | undefined;
  /** Name or number of the column with the text, or of several: title,body. */
  textColumn?: string | number | readonly (string | number)[] | undefined;
  /** Between the cells of a csv or tsv file, such as \t; by default found in its first rows. */
  delimiter?: string | undefined;
  /** Around the cells of a csv or tsv file, or none; by default found in its first rows. */
  quote?: string | undefined;
  /** The first row of a csv or tsv file is data. Default: false. */
  noHeader?: boolean | undefined;
  /** Name or number of the column with the label, or none. */
  labelColumn?: string | number | undefined;
  /** A text may have several labels, or none: arrays, cells such as a|b, or all labels of a fastText line. Default: false. */
  multilabel?: boolean | undefined;
  /** Between the labels in a cell of `multilabel`; by default |. */
  labelSeparator?: string | undefined;
  /** Stop at the first bad row; by default up to 10 % are skipped. Default: false. */
  strict?: boolean | undefined;
  /** Split plain text into documents; they are shuffled and read one by one. */
  documents?: DocumentUnit | undefined;
  /** Column with the tags: upos, xpos or a number; by default upos in CoNLL-U, else the last one. */
  tagColumn?: string | number | undefined;
  /** Other names of labels, as in 0=negative,1=positive. */
  labelMap?: string | readonly string[] | undefined;
  /** Numeric columns: beside the text, or of a `window` (default: all); or the field of a jsonl file with rows. */
  valueColumns?: string | number | readonly (string | number)[] | undefined;
  /** IDX file with the labels of an IDX corpus. */
  labelsFile?: string | undefined;
  /** Read a csv or tsv as a time series: predict the label column from each window of N rows. From 1. */
  window?: number | undefined;
  /** Forecast: predict the label N rows after the last row of the `window`. From 1. */
  horizon?: number | undefined;
  /** Validation part, which selects the best weights. Default: 0.1. */
  validation?: string | number | undefined;
  /** Test part, which is scored after training. Default: 0.1. */
  test?: string | number | undefined;
  /** Keep the rows of one group (author, patient, thread) in one part of the split. */
  groupColumn?: string | number | undefined;
  /** Split in time: the oldest rows for training, the newest for the test; dates or numbers. */
  timeColumn?: string | number | undefined;
  /** Documents with the same text: together in one part of the split, or apart; by default together. */
  duplicates?: DuplicateSplit | undefined;
  /** Cross-validation: train N networks, each tested on another Nth of the documents instead of `test`; prints mean and standard deviation of the scores, and keeps checkpoints only with `out`. From 2 to 100. */
  folds?: number | undefined;
  /** Train only the network of `folds` that is tested on this fold, counted from 1, and keep its checkpoint. From 1 to 100. */
  fold?: number | undefined;
  /** IDX file with the labels of `validation` FILE. */
  validationLabels?: string | undefined;
  /** IDX file with the labels of `test` FILE. */
  testLabels?: string | undefined;
  /** Kind of tokens. Default: characters (generator), words (classifier, regressor), whitespace (tagger). */
  tokenizer?: TokenizerName | (string & {}) | undefined;
  /** Vocabulary size; by default 20000 words, 8000 subwords, all characters. From 3. */
  vocabulary?: number | undefined;
  /** Lowercase the text. Default: false. */
  lowercase?: boolean | undefined;
  /** A network; ngram for a generator: an n-gram model with interpolated Kneser-Ney smoothing; bag for a classifier of texts: a linear model over word n-grams, fitted in seconds; auto, the default of a classifier of texts: the network, the bag, or both, by the validation part. */
  model?: ModelName | undefined;
  /** Classifier of texts: add the logits of a bag of n-grams of up to N tokens to those of the network, with weights fitted on the validation part. From 1 to 5. */
  wide?: number | undefined;
  /** Generator: mix the network with an n-gram model where that lowers the validation perplexity, or never; by default where it lowers it by 5 % (auto). */
  mix?: MixName | undefined;
  /** Generator: keep a filter of the training text's runs of 4 words (20 characters), so that `rnn generate `novel`` works without the text; see docs/privacy.md. Default: false. */
  digest?: boolean | undefined;
  /** Tokens in the longest n-grams; by default the number with the lowest validation loss. From 1 to 20. */
  ngramOrder?: number | undefined;
  /** Cell. Default: lstm. */
  cell?: CellName | (string & {}) | undefined;
  /** Units of each recurrent layer, as in 256,128, or none. From 1. Default: 256,256 (generator), 64 (classifier, regressor), 160 (tagger), 128 (rows of numbers). */
  units?: number | readonly number[] | undefined;
  /** Number of recurrent layers, if `units` is one number. From 1 to 100. */
  layers?: number | undefined;
  /** Size of the token embeddings. From 1. Default: 100 (tagger), 64 (other tasks). */
  embedding?: number | undefined;
  /** Read in both directions; a generator then needs `examples` windows. Default: no (generator), yes (other tasks), no (rows of numbers). */
  bidirectional?: boolean | "yes" | "no" | undefined;
  /** Units, per direction, of the LSTM over the characters of each word; 0 for none. From 0. Default: 64. */
  charUnits?: number | undefined;
  /** Learn the initial hidden state instead of starting from zeros. Default: false. */
  learnedInitialState?: boolean | undefined;
  /** Residual connections around recurrent layers whose input and output have the same size. Default: false. */
  residual?: boolean | undefined;
  /** Layer normalization after each recurrent layer. Default: false. */
  layerNorm?: boolean | undefined;
  /** Pre-norm residual blocks as wide as the embeddings: RMSNorm, the cell and a projection, then RMSNorm and a gated MLP; `embedding` is then the first of `units` by default. Default: false. */
  block?: boolean | undefined;
  /** Units of the gated MLP of each `block`, 0 for none; by default the width of the blocks. From 0. */
  mlp?: number | undefined;
  /** Steps of a causal depthwise convolution before the cell of each `block`, as in 4. From 2 to 16. */
  causalConv?: number | undefined;
  /** Pooling over time; several are concatenated. Default: last (generator, tagger), max,mean (classifier, regressor), last (rows of numbers). */
  pooling?: PoolingName | (string & {}) | readonly (PoolingName | (string & {}))[] | undefined;
  /** 1-D convolutions over the embeddings, as in 128x5; several are concatenated. */
  convolution?: string | readonly string[] | undefined;
  /** Padding of the `convolution`. Default: same. */
  padding?: PaddingName | undefined;
  /** Units of dense layers before the output layer, as in 64,32. From 1. */
  dense?: number | readonly number[] | undefined;
  /** Use the embedding matrix as the weights of the output layer too. Default: false. */
  tieWeights?: boolean | undefined;
  /** Output layer; adaptive computes rare words from fewer features, for large vocabularies. Default: full. */
  softmax?: "full" | "adaptive" | undefined;
  /** Ranks where the clusters of `softmax` adaptive begin; by default after 80 and 95 % of the text. From 1. */
  cutoffs?: number | readonly number[] | undefined;
  /** Each cluster of `softmax` adaptive has so many times fewer features than the one before. From 1. Default: 4. */
  divValue?: number | undefined;
  /** Weight initializer; the defaults of Keras, wider embeddings, or uniform in ±`initRange`. Default: keras. */
  init?: InitializationName | undefined;
  /** Largest absolute weight of `init` uniform. Above 0. Default: 0.1. */
  initRange?: number | undefined;
  /** Dropout rate after the embedding and after each layer. From 0 to 0.95. Default: 0.2 (generator), 0.5 (classifier, regressor), 0.33 (tagger), 0.5 (rows of numbers). */
  dropout?: number | undefined;
  /** Use the same dropout mask at all time steps of a sequence. Default: false. */
  variationalDropout?: boolean | undefined;
  /** Dropout rate of the hidden state between time steps, with one mask for all of them. From 0 to 0.95. Default: 0. */
  recurrentDropout?: number | undefined;
  /** Dropout rate of the recurrent weights (DropConnect). From 0 to 0.95. Default: 0. */
  weightDrop?: number | undefined;
  /** Fraction of the vocabulary whose embeddings are zeroed in a training step. From 0 to 0.95. Default: 0. */
  embeddingDropout?: number | undefined;
  /** Fraction of input tokens replaced by <unk> during training. From 0 to 0.9. Default: 0.35 (tagger), 0 (other tasks). */
  wordDropout?: number | undefined;
  /** Part of each label that the training loss spreads over all labels, as in 0.1. From 0 to 0.9. */
  labelSmoothing?: number | undefined;
  /** Weight decay of `optimizer` adamw. From 0. Default: 0.01. */
  weightDecay?: number | undefined;
  /** Word vectors as initial embeddings: text of GloVe or word2vec, fastText's .vec, or .gz; sets `embedding`. */
  vectors?: string | undefined;
  /** Keep the embeddings of `vectors`, and those of words that it lacks, as they are at first. Default: false. */
  freezeEmbedding?: boolean | undefined;
  /** Weights of the labels in the training loss, as in spam=3,ham=1 (others: 1); balanced: rows / (labels · rows of the label). */
  classWeight?: string | readonly string[] | undefined;
  /** Passes over the training part; by default 10. From 1. */
  epochs?: number | undefined;
  /** Time of the whole run instead of `epochs`, as in 5m or 2h. */
  for?: number | string | undefined;
  /** Sequences per batch. From 1. Default: 16 (generator), 32 (other tasks), 100 (rows of numbers). */
  batchSize?: number | undefined;
  /** Generator: tokens per training sequence. From 1. Default: 64. */
  sequenceLength?: number | undefined;
  /** Classifier, regressor: truncate documents to N tokens, or read chunks of N (`longDocuments`). From 1. Default: 400, 10000 (rows of numbers). */
  maxLength?: number | undefined;
  /** Documents longer than `maxLength`: read the start alone, or, after training, all chunks, whose outputs are averaged; by default chunks, with a given `maxLength` the start. */
  longDocuments?: LongDocuments | undefined;
  /** Generator: training sequences; parallel streams with carried state, whole documents from the initial state (by default for a corpus of documents), windows of `sequenceLength`, or windows and their prefixes. Default: streams. */
  examples?: ArrangementName | undefined;
  /** Optimizer. Default: adam. */
  optimizer?: OptimizerName | undefined;
  /** Momentum of `optimizer` momentum or nesterov. From 0 to 0.9999. Default: 0.9. */
  momentum?: number | undefined;
  /** Learning rate. Above 0. Default: 0.003 (generator), 0.002 (other tasks). */
  learningRate?: number | undefined;
  /** Learning-rate schedule. Default: cosine. */
  schedule?: ScheduleName | undefined;
  /** Training steps in which the learning rate rises linearly to that of the schedule. From 0. */
  warmUp?: number | undefined;
  /** Factor that multiplies the learning rate after each epoch of `schedule` decay. Above 0 to 1. Default: 0.5. */
  lrDecay?: number | undefined;
  /** Epochs before `schedule` decay begins to lower the learning rate. From 0. Default: 4. */
  lrDecayAfter?: number | undefined;
  /** Clip the global norm of the gradients to X. Above 0. Default: 1. */
  clipNorm?: number | undefined;
  /** Precision of matrix products; bf16 needs AMX or AVX512-BF16; auto measures which one is faster here, and records it. Default: fp32. */
  precision?: PrecisionChoice | undefined;
  /** Early stopping: stop after N evaluations without improvement. From 1. */
  patience?: number | undefined;
  /** Divide the logits by a temperature that is fitted on the validation part, so that probabilities fit the accuracy; by default yes. */
  calibrate?: boolean | "yes" | "no" | undefined;
  /** Random seed. From 0. Default: 1. */
  seed?: number | undefined;
  /** Random seed of the split alone, to compare runs on the same test part; by default `seed`. From 0. */
  splitSeed?: number | undefined;
};
