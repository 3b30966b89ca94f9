/** @file The page's own program: it asks the thread that computes, and shows what it answers. */
import type { Task } from "../common/names.js";
import { Computing } from "./computing.js";
import { element, settings } from "./elements.js";
import type { Answer } from "./messages.js";
import { readPanel } from "./panels/readPanel.js";
import { writePanel } from "./panels/writePanel.js";

/** Makes the controls of a task work. */
export type Panel = (computing: Computing, state: (words: string) => void) => void;

const panels: { [Kind in Task]: Panel } = {
  generator: writePanel,
  classifier: readPanel,
  regressor: readPanel,
  tagger: readPanel,
};

const state = element("state", HTMLElement);
const tell = (words: string): void => {
  state.textContent = words;
};

const begun = performance.now();
const computing = new Computing(document.title, (answer: Answer) => {
  if (answer.kind === "problem") tell(answer.message);
  if (answer.kind !== "ready") return;
  settings()["backend"] = answer.backend;
  const seconds = ((performance.now() - begun) / 1000).toFixed(1);
  const slow =
    answer.backend === "wasm" ? "" : " This browser does not run WebAssembly with vectors: expect it to be slow.";
  tell(`Ready after ${seconds} s.${slow}`);
});
panels[settings()["task"] as Task](computing, tell);
