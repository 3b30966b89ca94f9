/** @file Every command, in the order in which help shows them. */
import classify from "./classify.js";
import type { Command } from "./command.js";
import compare from "./compare.js";
import doctor from "./doctor.js";
import evaluate from "./evaluate.js";
import exportModel from "./export.js";
import generate from "./generate.js";
import importModel from "./import.js";
import inspect from "./inspect.js";
import neighbours from "./neighbours.js";
import report from "./report.js";
import score from "./score.js";
import step from "./step.js";
import tag from "./tag.js";
import tokenize from "./tokenize.js";
import train from "./train.js";
import tune from "./tune.js";
import windows from "./windows.js";

export const commands: readonly Command[] = [
  train,
  generate,
  classify,
  tag,
  score,
  evaluate,
  compare,
  tune,
  inspect,
  report,
  neighbours,
  exportModel,
  importModel,
  tokenize,
  windows,
  step,
  doctor,
];
