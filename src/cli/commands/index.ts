/** @file The commands, in the order of the help. */
import classify from "./classifyCommand.js";
import type { Command } from "./command.js";
import completion from "./completionCommand.js";
import compare from "./compareCommand.js";
import doctor from "./doctorCommand.js";
import evaluate from "./evaluateCommand.js";
import exportModel from "./exportCommand.js";
import generate from "./generateCommand.js";
import importModel from "./importCommand.js";
import inspect from "./inspectCommand.js";
import list from "./listCommand.js";
import neighbours from "./neighboursCommand.js";
import remove from "./removeCommand.js";
import report from "./reportCommand.js";
import score from "./scoreCommand.js";
import step from "./stepCommand.js";
import tag from "./tagCommand.js";
import tokenize from "./tokenizeCommand.js";
import train from "./trainCommand.js";
import tune from "./tuneCommand.js";
import windows from "./windowsCommand.js";

export const commands: readonly Command[] = [
  train,
  generate,
  classify,
  tag,
  score,
  evaluate,
  compare,
  tune,
  list,
  inspect,
  remove,
  report,
  neighbours,
  exportModel,
  importModel,
  tokenize,
  windows,
  step,
  doctor,
  completion,
];
