/** @file What the screen of `rnn write` shows of a state. */
import { basename } from "node:path";
import { quantity } from "../../../common/quantity.js";
import type { ShownChoice, ShownSetting, WritingView } from "../../../render/writingScreen.js";
import { authorAt } from "./authoredText.js";
import { choicesOf, isUnsaved, type WritingState } from "./writingState.js";

const keysOf: Record<WritingState["mode"], string> = {
  page: "Tab choose  Alt+1 take  ^E sentence  ^Z undo  ^Y redo  ^T set  ^S save  ^Q quit",
  choice: "↑↓ or Tab move  Enter or 1…9 take  letters narrow  ^E other sentences  Esc back",
  settings: "↑↓ setting  ←→ change  Enter done  (^O on the page exports it as HTML)",
  name: "Enter save  Esc back",
  leaving: "y save  n discard  Esc back",
};

export function viewOf(state: WritingState): WritingView {
  const { history, mode, columns, rows, settings, models, file, name } = state;
  const { page } = history;
  const words = page.text.match(/\S+/g)?.length ?? 0;
  const weights = models.map((model, index) => (models.length > 1 ? `${model}:${settings.weights[index]}` : model));
  const question = mode === "name" ? `name of the file: ${name}` : mode === "leaving" ? "save the text?" : null;
  const note = question === null ? noteOf(state) : `${question}${state.message && `  (${state.message})`}`;
  return {
    columns,
    rows,
    title: ` ${file === null ? "new text" : basename(file)}${isUnsaved(state) ? " *" : ""}  ${quantity(words, "words")}`,
    detail: `${weights.join(" + ")}  temperature ${settings.temperature} `,
    text: page.text,
    cursor: page.cursor,
    isOfModel: (position) => authorAt(page, position) === "model",
    choices: shownChoices(state),
    selected: mode === "choice" ? state.selected : mode === "settings" ? state.setting : -1,
    settings: mode === "settings" ? shownSettings(state) : [],
    note,
    keys: keysOf[mode],
    ...(question !== null && { noteCursor: Array.from(question).length }),
  };
}

const noteOf = ({ message, mode, typed }: WritingState): string =>
  message || (mode === "choice" && typed !== "" ? `beginning with ${typed}` : "");

const shownChoices = (state: WritingState): ShownChoice[] =>
  choicesOf(state).map(({ number, suggestion: { text, probability } }) => ({
    number,
    text,
    probability: state.offersSentences ? null : probability,
  }));

const shownSettings = ({ settings: { temperature, choices, weights }, models }: WritingState): ShownSetting[] => [
  { name: "temperature", value: String(temperature) },
  { name: "number of choices", value: String(choices) },
  ...(models.length > 1
    ? models.map((model, index) => ({ name: `weight of ${model}`, value: String(weights[index]) }))
    : []),
];
