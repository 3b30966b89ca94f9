/** @file The library's public face: what the commands do, as functions. None of them prints, and none reads `process`. */
export { classify, classifyBatch, type Prediction } from "./inference/classification/classify.js";
export { type WordContribution, wordContributions } from "./inference/classification/wordContributions.js";
export {
  type Checkpoint,
  findCheckpoint,
  loadCheckpoint,
  readDocument,
  saveCheckpoint,
} from "./checkpoint/checkpoint.js";
export { type BackendReport, describeBackends } from "./engine/backends/index.js";
export type { Cell, CellWeights, Direction, State, Trace } from "./engine/ops/cell.js";
export { recurrent } from "./engine/ops/recurrent.js";
export { scan } from "./engine/ops/scan.js";
export { tf } from "./engine/tfjs.js";
export { type Step, type StepCell, unroll } from "./engine/ops/unroll.js";
export { compare, type CompareOptions, type Run } from "./experiments/comparison/compare.js";
export { UsageError, UserError } from "./common/errors.js";
export { type Evaluation, evaluate } from "./evaluation/evaluate.js";
export { classificationReport, confusionMatrix, perplexity } from "./evaluation/metrics.js";
export { ngramBaseline, NgramModel } from "./baselines/ngramModel.js";
export { prefixWindows, slidingWindows } from "./examples/ngramWindows.js";
export { type Engine, loadModel, type Model, startEngine } from "./model/model.js";
export { type CellDefinition, cells, defineCell } from "./network/cells.js";
export { type CellStep, cellSteps } from "./network/cellSteps.js";
export { Network } from "./network/network.js";
export { definePooling, type Pooling, type PoolingInput } from "./network/poolings.js";
export { readSpec, type Spec } from "./network/spec.js";
export { type Random, randomStream } from "./common/random.js";
export { createSamplerChain, distribution, draw } from "./inference/generation/distribution.js";
export { logprobs, type NextTokens } from "./inference/generation/logprobs.js";
export { type Candidates, defineSampler, type Sampler } from "./inference/generation/samplers.js";
export { generate, type GenerateOptions, type Piece } from "./inference/generation/generate.js";
export { type LineScore, scoreLines } from "./inference/scoring/scoreLines.js";
export { type CheckedLine, type Misspelling, findMisspellings } from "./inference/scoring/misspellings.js";
export { type Tag, tag, tagBatch } from "./inference/tagging/tag.js";
export { openCorpus } from "./corpus/corpus.js";
export type { Corpus, Document } from "./corpus/document.js";
export { defineTokenizer, type Tokenizer, tokenizerFrom, tokenizerTrainer } from "./tokenizers/index.js";
export { resume, type RunEvent, type RunOptions, train } from "./training/run.js";
export { type Neighbor, neighborFinder } from "./inference/vectors/embeddings.js";
export { sentenceVectors } from "./inference/vectors/sentenceVectors.js";
