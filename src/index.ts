/**
 * @file The library: a function for every command, and the parts that they are made of. None of them prints or reads `process`.
 * Errors that a user can correct are `UserError`s.
 */

// Train.
export {
  train,
  resume,
  type TrainOptions,
  type ResumeOptions,
  type RunSettings,
  type TrainingRun,
  type Trained,
} from "./library/trainingRuns.js";
export type { RecipeOptions } from "./library/trainOptions.js";
export type { RunEvent } from "./training/run.js";
export {
  compare,
  type CompareOptions,
  type Comparison,
  tune,
  type TuneOptions,
  type Tuning,
} from "./library/experimentRuns.js";
export type { CompareEvent, Run } from "./experiments/comparison/compare.js";
export type { Summary } from "./experiments/comparison/comparisonSummary.js";
export type { Try, TuneEvent, TuningSummary } from "./experiments/tuning/tune.js";
export {
  type FitOptions,
  type Fitted,
  LanguageModel,
  languageModel,
  type LanguageModelOptions,
  type SampleOptions,
} from "./library/languageModel.js";

// Use a model.
export { type Engine, loadModel, type LoadOptions, type Model, type ModelOf, startEngine } from "./model/model.js";
export { generate, type GenerateOptions, logprobs } from "./library/textGeneration.js";
export type { Piece } from "./inference/generation/generate.js";
export type { NextTokens } from "./inference/generation/logprobs.js";
export { classify, contributions, predict, type Sentence, tag, type TaggedSentence } from "./library/labeling.js";
export type { Prediction } from "./inference/classification/classify.js";
export type { WordContribution } from "./inference/classification/wordContributions.js";
export type { Tag } from "./inference/tagging/tag.js";
export { misspellings, type MisspellingOptions, score } from "./library/textScores.js";
export type { LineScore } from "./inference/scoring/scoreLines.js";
export type { CheckedLine, Misspelling } from "./inference/scoring/misspellings.js";
export type { Items, ModelSource, Sample, Samples, Texts } from "./library/libraryInputs.js";
export { ResultStream } from "./library/resultStream.js";

// Checkpoints.
export {
  evaluate,
  type EvaluateOptions,
  exportModel,
  type ExportOptions,
  inspect,
  neighbours,
  report,
  type ReportOptions,
  sentenceVectors,
  type WordNeighbors,
} from "./library/checkpointTools.js";
export type { Evaluation } from "./evaluation/evaluate.js";
export type { Neighbor } from "./inference/vectors/embeddings.js";
export type { Report } from "./report/report.js";
export { type ImportedModel, importModel, type ImportOptions } from "./interop/importModel.js";
export {
  type Checkpoint,
  findCheckpoint,
  type FoundCheckpoint,
  listCheckpoints as list,
  type ListedCheckpoint,
  loadCheckpoint,
  readDocument,
  removeCheckpoint as remove,
  saveCheckpoint,
  type StoredDocument,
} from "./checkpoint/checkpoint.js";

// Texts, tokens, cells and backends.
export {
  readTexts,
  type ReadTextsOptions,
  tokenize,
  type TokenizeOptions,
  type Tokens,
  windows,
  type WindowOptions,
} from "./library/tokenTools.js";
export type { TextWindow } from "./examples/textWindows.js";
export { type Diagnosis, doctor, step, type StepOptions } from "./library/cellTools.js";
export type { CellStep } from "./network/cellSteps.js";

// Parts.
export { UsageError, UserError } from "./common/errors.js";
export { type Random, randomStream } from "./common/random.js";
export { openCorpus } from "./corpus/corpus.js";
export type { Corpus, Document, Rows } from "./corpus/document.js";
export { ngramBaseline, NgramModel } from "./baselines/ngramModel.js";
export { type BackendReport, describeBackends } from "./engine/backends/index.js";
export type { Cell, CellWeights, Direction, State, Trace } from "./engine/ops/cell.js";
export { recurrent } from "./engine/ops/recurrent.js";
export { scan } from "./engine/ops/scan.js";
export { type Step, type StepCell, unroll } from "./engine/ops/unroll.js";
export { classificationReport, confusionMatrix, perplexity } from "./evaluation/metrics.js";
export { prefixWindows, slidingWindows } from "./examples/ngramWindows.js";
export { createSamplerChain, distribution, draw } from "./inference/generation/distribution.js";
export { cells } from "./network/cells.js";
export { Network } from "./network/network.js";
export { readSpec, type Spec } from "./network/spec.js";
export { tokenizerFrom, tokenizerTrainer } from "./tokenizers/index.js";

// Extend.
export { defineExporter, type ExportedFiles, type Exporter, type ModelPart } from "./interop/exporters.js";
export { tf } from "./engine/tfjs.js";
export { type CellDefinition, defineCell } from "./network/cells.js";
export { definePooling, type Pooling, type PoolingInput } from "./network/poolings.js";
export { type Candidates, defineSampler, type Sampler } from "./inference/generation/samplers.js";
export { defineTokenizer, type Tokenizer, type TokenizerDefinition } from "./tokenizers/index.js";
