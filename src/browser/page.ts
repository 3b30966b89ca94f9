/** @file The main program of the page: it starts the worker and the controls of the task. */
import type { Task } from "../common/names.js";
import { ModelWorker } from "./modelWorker.js";
import { element, settings } from "./elements.js";
import type { Output } from "./messages.js";
import { generatorPanel } from "./panels/generatorPanel.js";
import { inputPanel } from "./panels/inputPanel.js";

/** Connects the controls of a task with the worker. @param showStatus shows a line below the controls */
type Panel = (worker: ModelWorker, showStatus: (text: string) => void) => void;

const panels: { [Kind in Task]: Panel } = {
  generator: generatorPanel,
  classifier: inputPanel,
  regressor: inputPanel,
  tagger: inputPanel,
};

const state = element("state", HTMLElement);
const showStatus = (text: string): void => {
  state.textContent = text;
};

const start = performance.now();
const worker = new ModelWorker(document.title, (output: Output) => {
  if (output.kind === "problem") showStatus(output.message);
  if (output.kind !== "ready") return;
  settings()["backend"] = output.backend;
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  const warning =
    output.backend === "wasm" ? "" : " This browser does not support WebAssembly SIMD, so the model runs slowly.";
  showStatus(`Ready after ${seconds} s.${warning}`);
});
panels[settings()["task"] as Task](worker, showStatus);
