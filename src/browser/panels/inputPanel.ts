/** @file A text box, and the predictions for its text while it is typed: labels, a number or tags, and the contributions of words. */
import type { Prediction } from "../../inference/classification/classify.js";
import type { WordContribution } from "../../inference/classification/wordContributions.js";
import { beforeDrawing, createElement, element, settings } from "../elements.js";
import type { Output, TaggedWord } from "../messages.js";
import type { ModelWorker } from "../modelWorker.js";
import { coloredText, contributionRows } from "./contributionPanel.js";

/** The model runs when no key was pressed for this time. */
const typingPauseMs = 120;

/** Number of labels that are shown. */
const maxLabels = 8;

/** The outputs for a text that have arrived. */
type Outputs = {
  text: string;
  labels: Prediction[];
  number: number | null;
  words: WordContribution[];
  sentences: TaggedWord[][];
};

export function inputPanel(worker: ModelWorker, showStatus: (text: string) => void): void {
  const box = element("input-text", HTMLTextAreaElement);
  const names = JSON.parse(settings()["labels"]!) as string[]; // in the order of the contributions
  let outputs = noOutputs("");
  /** The selected label; null for the most probable one. */
  let selected: string | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let shownLabels: Prediction[] = [];

  const show = beforeDrawing(() => {
    const { text, labels, number, words, sentences } = outputs;
    const label = selected ?? labels[0]?.label ?? null;
    if (labels !== shownLabels && (labels.length > 0 || text === "")) {
      element("labels", HTMLElement).replaceChildren(...labelRows(labels, select)); // not after each word, so that the selection stays
      shownLabels = labels;
    }
    if (number !== null || text === "")
      element("number", HTMLElement).textContent = number === null ? "" : String(number);
    if (sentences.length > 0 || text === "") element("tagged", HTMLElement).replaceChildren(...taggedLines(sentences));
    if (words.length > 0 || text === "") {
      const index = label === null ? 0 : names.indexOf(label);
      element("contributions", HTMLElement).replaceChildren(...coloredText(text, words, index));
      element("contribution-rows", HTMLElement).replaceChildren(...contributionRows(text, words, index));
      element("contribution-section", HTMLElement).hidden = words.length === 0;
      for (const name of document.querySelectorAll(".selected")) name.textContent = label ?? "";
    }
  });

  function select(label: string): void {
    selected = label;
    show();
  }

  function run(): void {
    const text = box.value;
    selected = null;
    outputs = noOutputs(text);
    if (text.trim() === "") {
      worker.stop();
      outputs = noOutputs("");
      return show();
    }
    worker.run(text, undefined, (output) => {
      addOutput(outputs, output);
      if (output.kind === "problem") showStatus(output.message);
      if (output.kind === "done") showStatus("");
      show();
    });
  }

  box.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(run, typingPauseMs);
  });
  if (box.value !== "") run();
}

const noOutputs = (text: string): Outputs => ({ text, labels: [], number: null, words: [], sentences: [] });

function addOutput(outputs: Outputs, output: Output): void {
  if (output.kind === "labels") outputs.labels = output.labels;
  if (output.kind === "number") outputs.number = Number(output.number.toPrecision(7));
  if (output.kind === "contribution") outputs.words.push(output.word);
  if (output.kind === "tags") outputs.sentences = output.sentences;
}

/** Labels with their probabilities, the most probable first and selected. @param select is called when another one is selected */
function labelRows(labels: readonly Prediction[], select: (label: string) => void): HTMLElement[] {
  const rows = labels.slice(0, maxLabels).map(({ label, probability }, index) => {
    const radio = createElement("input", "");
    Object.assign(radio, { type: "radio", name: "label", value: label, checked: index === 0 });
    radio.addEventListener("change", () => select(label));
    const bar = createElement("span", "bar");
    bar.style.setProperty("--probability", String(probability));
    const percentage = createElement("span", "probability", `${(100 * probability).toFixed(1)}%`);
    percentage.title = String(probability);
    const name = createElement("span", "name", label);
    return createElement("li", "", createElement("label", "", radio, name, bar, percentage));
  });
  const others = labels.length - rows.length;
  return others > 0 ? [...rows, createElement("li", "faint", `and ${others} more`)] : rows;
}

/** One paragraph for each sentence, with the tag below each word. */
const taggedLines = (sentences: readonly TaggedWord[][]): HTMLElement[] =>
  sentences.filter(({ length }) => length > 0).map((words) => createElement("p", "", ...words.flatMap(taggedWord)));

function taggedWord({ word, tag, probability }: TaggedWord): (Node | string)[] {
  const shown = createElement("span", "tagged", word, createElement("small", "", tag));
  shown.title = `${tag} ${(100 * probability).toFixed(1)}%`;
  return [shown, " "];
}
