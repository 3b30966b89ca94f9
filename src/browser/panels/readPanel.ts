/** @file A text, and what the network says of it while it is typed. */
import type { Prediction } from "../../inference/classification/classify.js";
import type { WordContribution } from "../../inference/classification/wordContributions.js";
import type { Computing } from "../computing.js";
import { beforeDrawing, element, settings } from "../elements.js";
import type { Answer, TaggedWord } from "../messages.js";
import { labelRows } from "./labelPanel.js";
import { taggedLines } from "./tagPanel.js";
import { coloured, contributionRows } from "./contributionPanel.js";

/** Milliseconds that a person has not typed for. */
const patience = 120;

/** What is known of the text by now. */
type Known = {
  text: string;
  labels: Prediction[];
  number: number | null;
  words: WordContribution[];
  sentences: TaggedWord[][];
};

export function readPanel(computing: Computing, tell: (words: string) => void): void {
  const box = element("reading", HTMLTextAreaElement);
  const names = JSON.parse(settings()["labels"]!) as string[]; // in the order of the weights
  let known = knownOf("");
  /** The label that a person chose; null for the likeliest. */
  let chosen: string | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let listed: Prediction[] = [];

  const show = beforeDrawing(() => {
    const { text, labels, number, words, sentences } = known;
    const label = chosen ?? labels[0]?.label ?? null;
    if (labels !== listed && (labels.length > 0 || text === "")) {
      element("labels", HTMLElement).replaceChildren(...labelRows(labels, choose)); // not at every word: a person may be choosing
      listed = labels;
    }
    if (number !== null || text === "")
      element("number", HTMLElement).textContent = number === null ? "" : String(number);
    if (sentences.length > 0 || text === "") element("tagged", HTMLElement).replaceChildren(...taggedLines(sentences));
    if (words.length > 0 || text === "") {
      const index = label === null ? 0 : names.indexOf(label);
      element("weighed", HTMLElement).replaceChildren(...coloured(text, words, index));
      element("weight-rows", HTMLElement).replaceChildren(...contributionRows(text, words, index));
      element("weighing", HTMLElement).hidden = words.length === 0;
      for (const place of document.querySelectorAll(".chosen")) place.textContent = label ?? "";
    }
  });

  function choose(label: string): void {
    chosen = label;
    show();
  }

  function ask(): void {
    const text = box.value;
    chosen = null;
    known = knownOf(text);
    if (text.trim() === "") {
      computing.stop();
      known = knownOf("");
      return show();
    }
    computing.ask(text, undefined, (answer) => {
      learn(known, answer);
      if (answer.kind === "problem") tell(answer.message);
      if (answer.kind === "done") tell("");
      show();
    });
  }

  box.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, patience);
  });
  if (box.value !== "") ask();
}

const knownOf = (text: string): Known => ({ text, labels: [], number: null, words: [], sentences: [] });

function learn(known: Known, answer: Answer): void {
  if (answer.kind === "labels") known.labels = answer.labels;
  if (answer.kind === "number") known.number = Number(answer.number.toPrecision(7));
  if (answer.kind === "contribution") known.words.push(answer.word);
  if (answer.kind === "tags") known.sentences = answer.sentences;
}
