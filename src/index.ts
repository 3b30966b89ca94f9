/**
 * @file The library: a function for every command, and the parts that they are made of. None of them prints or reads `process`.
 * Errors that a user can correct are `UserError`s.
 */

// Train.
export {
  train,
  planTraining,
  resume,
  type TrainOptions,
  type ResumeOptions,
  type RunSettings,
  type TrainingRun,
  type Trained,
} from "./library/trainingRuns.js";
export type { RecipeOptions } from "./library/trainOptions.js";
export type { BeginEvent, RunEvent } from "./training/run.js";
export type { EndReason, TrainingEvent } from "./training/trainer.js";
export type { RunDescription } from "./training/runDescription.js";
export type { Fault, Finding } from "./training/diagnosis.js";
export type { BaseScore, BaseScores } from "./training/baseCorpus.js";
export type { HistoryEntry } from "./training/runProgress.js";
export type { Plan } from "./training/plan.js";
export type { RunPlan } from "./training/plannedRun.js";
export type { Recipe } from "./options/recipe.js";
export type { Result } from "./evaluation/result.js";
export type { Calibration } from "./evaluation/calibration.js";
export type { LabelMeasures } from "./evaluation/labelMeasures.js";
export type { Mistake, SetMistake } from "./evaluation/mistakes.js";
export type { PairedComparison } from "./evaluation/pairedComparison.js";
export type { RegressionErrors } from "./common/lossMetrics.js";
export type { Baseline } from "./baselines/index.js";
export {
  compare,
  type CompareOptions,
  type Comparison,
  type ExperimentOptions,
  tune,
  type TuneOptions,
  type Tuning,
} from "./library/experimentRuns.js";
export { crossValidate, type CrossValidated, type CrossValidateOptions } from "./library/crossValidation.js";
export type { FoldEvent, FoldRun } from "./experiments/crossValidation/crossValidate.js";
export type { CrossValidation, FoldMeasure, FoldScores } from "./experiments/crossValidation/foldScores.js";
export type { CompareEvent, Run } from "./experiments/comparison/compare.js";
export type { Metric, NetworkSummary, Statistics, Summary } from "./experiments/comparison/comparisonSummary.js";
export type { Rung, Try, TuneEvent, TuningSummary } from "./experiments/tuning/tune.js";
export type { Setting } from "./experiments/tuning/searchSpace.js";
export {
  type FitOptions,
  type Fitted,
  LanguageModel,
  languageModel,
  type LanguageModelOptions,
  type SampleOptions,
} from "./library/languageModel.js";

// Use a model.
export { type Engine, loadModel, type LoadOptions, startEngine } from "./model/model.js";
export type { Model, ModelFields, ModelOf, TaskFields } from "./model/rebuild.js";
export {
  generate,
  generateEach,
  type GenerateEachOptions,
  type GenerateOptions,
  logprobs,
} from "./library/textGeneration.js";
export type { GeneratedText } from "./inference/generation/generateEach.js";
export type { TextEnd } from "./inference/generation/textWriter.js";
export type { GenerationOptions, Piece } from "./inference/generation/generate.js";
export type { NextTokens, TokenProbability } from "./inference/generation/logprobs.js";
export { classify, contributions, predict, type Sentence, tag, type TaggedSentence } from "./library/labeling.js";
export { label, type LabelNextOptions, type RowToLabel, type TextToLabel } from "./library/nextLabelRows.js";
export type { Prediction } from "./inference/classification/classify.js";
export type { Span, WordContribution } from "./inference/classification/wordContributions.js";
export type { Tag } from "./inference/tagging/tag.js";
export { misspellings, type MisspellingOptions, type ScoreOptions, score } from "./library/textScores.js";
export type { LineScore, ScoredToken } from "./inference/scoring/scoreLines.js";
export type { CheckedLine, Misspelling, Suggestion } from "./inference/scoring/misspellings.js";
export type { Word } from "./inference/scoring/candidateSpellings.js";
export type { TextWithNumbers } from "./inference/classification/outputs.js";
export type { Items, ModelSource, Sample, Samples, Texts } from "./library/libraryInputs.js";
export { ResultStream } from "./library/resultStream.js";

// Checkpoints.
export {
  evaluate,
  type EvaluateOptions,
  exportModel,
  type ExportOptions,
  inspect,
  memorization,
  type MemorizationOptions,
  neighbours,
  quantize,
  report,
  type ReportOptions,
  sentenceVectors,
  type WordNeighbors,
} from "./library/checkpointTools.js";
export type { Evaluation } from "./evaluation/evaluate.js";
export type { CopiedShare, Memorization } from "./inference/copying/memorization.js";
export { distill, type Distilled, type DistillOptions } from "./library/distillationRuns.js";
export type { QuantizedCheckpoint, QuantizeOptions } from "./experiments/compression/quantize.js";
export type { FiguresOfTwo, ModelFigures } from "./experiments/compression/modelFigures.js";
export type { Neighbor } from "./inference/vectors/embeddings.js";
export type { Report } from "./report/report.js";
export type { Pictures } from "./report/savePictures.js";
export type { StoredResult } from "./evaluation/stored.js";
export { type ImportedModel, importModel, type ImportOptions } from "./interop/importModel.js";
export type { ContextOptions } from "./interop/importing/importContext.js";
export type { VocabularyOptions } from "./interop/tokenizerJson/importedVocabulary.js";
export {
  type Checkpoint,
  type CheckpointArrays,
  type CheckpointDocument,
  type CheckpointRoots,
  findCheckpoint,
  type FoundCheckpoint,
  listCheckpoints as list,
  type ListedCheckpoint,
  loadCheckpoint,
  type NamedArrays,
  readDocument,
  removeCheckpoint as remove,
  saveCheckpoint,
  type FromRecord,
  type StoredDocument,
} from "./checkpoint/checkpoint.js";

export { lint, type LintOptions } from "./library/corpusLint.js";
export type { Copies, Lint, SuspectLabel } from "./experiments/linting/lintCorpus.js";
export type { Place } from "./experiments/linting/lintedRows.js";

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
export { type Diagnosis, doctor, type DoctorOptions, step, type StepOptions } from "./library/cellTools.js";
export type { CellStep, Equation } from "./network/cellSteps.js";

// Parts.
export { UsageError, UserError } from "./common/errors.js";
export { type Random, randomStream } from "./common/random.js";
export { openCorpus, type OpenOptions, type StandardInput } from "./corpus/corpus.js";
export type { CorpusPath } from "./corpus/sources/corpusPath.js";
export type { Corpus, Document, Rows, RowsShape } from "./corpus/document.js";
export { type NgramBaseline, ngramBaseline, NgramModel } from "./baselines/ngramModel.js";
export { type Backend, type BackendReport, describeBackends } from "./engine/backends/index.js";
export type { Cell, CellWeights, Direction, RecurrentResult, State, Trace } from "./engine/ops/cell.js";
export { recurrent, type RecurrentOptions } from "./engine/ops/recurrent.js";
export { scan } from "./engine/ops/scan.js";
export { type Step, type StepCell, unroll } from "./engine/ops/unroll.js";
export { classificationReport, type ConfusionMatrix, confusionMatrix, perplexity } from "./evaluation/metrics.js";
export { prefixWindows, slidingWindows } from "./examples/ngramWindows.js";
export {
  createSamplerChain,
  distribution,
  type DistributionOptions,
  draw,
  type SamplerChain,
} from "./inference/generation/distribution.js";
export { cells, type NetworkCell } from "./network/cells.js";
export type { Initialization, Initializer } from "./network/initializers.js";
export { type Inputs, Network, type NetworkState } from "./network/network.js";
export { readSpec, type Spec } from "./network/spec.js";
export type { WeightValues } from "./network/storedWeights.js";
export type { PartCounts } from "./examples/prepare.js";
export type { Part } from "./examples/split.js";
export type { Scale } from "./examples/scaling.js";
export type { InputEncoding } from "./examples/inputEncoder.js";
export type { ReadOptions } from "./corpus/formats/index.js";
export type { InstructionSet } from "./engine/backends/backendKind.js";
export type { PrecisionSpeeds, Speeds } from "./experiments/backendSpeeds.js";
export type { JsonObject, JsonValue } from "./common/json.js";
export type {
  ArrangementName,
  BackendName,
  CellName,
  DocumentUnit,
  Encoding,
  EncodingOption,
  ExporterName,
  FormatName,
  InitializationName,
  InputKind,
  OptimizerName,
  PaddingName,
  PoolingName,
  PrecisionChoice,
  PrecisionName,
  ScheduleName,
  TagColumn,
  Task,
  TokenizerName,
} from "./common/names.js";
export { tokenizerFrom, tokenizerTrainer } from "./tokenizers/index.js";

// Extend.
export {
  defineExporter,
  type ExportedFiles,
  type Exporter,
  type LabeledText,
  type ModelPart,
} from "./interop/exporters.js";
export { tf } from "./engine/allOfTfjs.js";
export { type CellDefinition, defineCell } from "./network/cells.js";
export { definePooling, type Pooling, type PoolingInput } from "./network/poolings.js";
export type { Weights, WeightSpec } from "./network/layers/layer.js";
export type { Candidates } from "./inference/generation/candidates.js";
export type { DrawContext, Sampler, SamplerSetting } from "./inference/generation/sampler.js";
export { defineSampler, type SamplerValues } from "./inference/generation/samplerChoice.js";
export type { SamplerName, SettingName } from "./inference/generation/samplers.js";
export {
  defineTokenizer,
  type SpellCheck,
  type TokenDecoder,
  type Tokenizer,
  type TokenizerData,
  type TokenizerDefinition,
  type TokenizerTrainer,
  type TrainerOptions,
} from "./tokenizers/index.js";
