/** @file What `rnn write` shows and can change, as a value. */
import type { Suggestion } from "../../../inference/suggestions/suggestionSession.js";
import type { History } from "./authoredText.js";

/** What the keys do: type, choose a continuation, change a setting, type a name of a file, or answer whether to save. */
export type Mode = "page" | "choice" | "settings" | "name" | "leaving";

export type Settings = {
  temperature: number;
  /** The number of continuations that are offered. */
  choices: number;
  /** Of each model. */
  weights: readonly number[];
};

export type WritingState = {
  history: History;
  mode: Mode;
  /** The text when it was saved last. */
  savedText: string;
  /** Null until a new text gets a name. */
  file: string | null;
  settings: Settings;
  models: readonly string[];
  /** What may follow the cursor. Sentences take the place of words when they are asked for. */
  suggestions: readonly Suggestion[];
  offersSentences: boolean;
  /** Sentences differ by it. */
  seed: number;
  /** In the mode `choice`: the chosen continuation among those that begin with the typed letters. */
  selected: number;
  typed: string;
  /** In the mode `settings`: 0 is the temperature, 1 the number of choices, then come the weights. */
  setting: number;
  /** In the mode `name`. */
  name: string;
  /** Whether the program ends when the text is saved. */
  leavesAfterSaving: boolean;
  message: string;
  /** Of the terminal. */
  columns: number;
  rows: number;
};

/** What a key asks of the program beside a new state. */
export type Request = "save" | "export" | "leave";

/** A continuation that is offered, with its number from 1. */
export type Choice = { number: number; suggestion: Suggestion };

/** The continuations that begin with the typed letters. */
export const choicesOf = ({ suggestions, typed }: Pick<WritingState, "suggestions" | "typed">): Choice[] =>
  suggestions
    .map((suggestion, index) => ({ number: index + 1, suggestion }))
    .filter(({ suggestion }) => suggestion.text.trimStart().toLowerCase().startsWith(typed.toLowerCase()));

export const isUnsaved = ({ history, savedText }: WritingState): boolean => history.page.text !== savedText;

export const leastTemperature = 0.1;
export const mostTemperature = 2;
export const mostChoices = 9;
export const mostModels = 4;
/** A greater weight can be given, and is then lowered by its first change. */
const mostWeight = 10;

/** Changes the chosen setting by a step up or down. The last weight above 0 stays above 0. */
export function settingChanged(state: WritingState, by: 1 | -1): WritingState {
  const { setting, settings } = state;
  const { temperature, choices, weights } = settings;
  if (setting === 0)
    return {
      ...state,
      settings: { ...settings, temperature: stepped(temperature, by, leastTemperature, mostTemperature) },
    };
  if (setting === 1)
    return { ...state, settings: { ...settings, choices: Math.max(1, Math.min(mostChoices, choices + by)) } };
  const changed = weights.map((weight, index) => (index === setting - 2 ? stepped(weight, by, 0, mostWeight) : weight));
  if (!changed.some((weight) => weight > 0)) return { ...state, message: "one model must have a weight above 0" };
  return { ...state, settings: { ...settings, weights: changed } };
}

/** In tenths, so that steps up and down meet. */
const stepped = (value: number, by: number, least: number, most: number): number =>
  Math.max(least, Math.min(most, (Math.round(10 * value) + by) / 10));
