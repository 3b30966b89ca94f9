/** @file What each key does in `rnn write`: a state and a key give the next state. */
import { rowsOf } from "../../../render/writingScreen.js";
import {
  after,
  before,
  changed,
  type ChangeKind,
  inserted,
  movedIn,
  type Page,
  redone,
  replaced,
  undone,
  wordAfter,
  wordBefore,
} from "./authoredText.js";
import { choicesOf, isUnsaved, type Request, settingChanged, type WritingState } from "./writingState.js";

/** A key as Node's `keypress` events have it; `text` is what it types, if it does. */
export type Key = {
  name?: string | undefined;
  text?: string | undefined;
  ctrl?: boolean;
  meta?: boolean;
  shift?: boolean;
};

export type Step = { state: WritingState; request?: Request };

/** Applies a key. */
export function pressed(state: WritingState, key: Key): Step {
  const quiet = { ...state, message: "" };
  const common = commonKey(quiet, key);
  return common ?? modes[state.mode](quiet, key);
}

/** A text that was pasted: into the name of the file where one is typed, else into the page. */
export function pasted(state: WritingState, text: string): WritingState {
  if (state.mode === "name") return { ...state, name: state.name + text.replaceAll(/\p{Cc}+/gu, " ").trim() };
  return withPage(state, inserted(state.history.page, text.replaceAll(/\r\n?/g, "\n"), "person"), "other");
}

const modes: Record<WritingState["mode"], (state: WritingState, key: Key) => Step> = {
  page: pageKey,
  choice: choiceKey,
  settings: (state, key) => ({ state: settingKey(state, key) }),
  name: nameKey,
  leaving: leavingKey,
};

/** Keys that do the same in every mode; null for the others. */
function commonKey(state: WritingState, { name, ctrl }: Key): Step | null {
  if (!ctrl) return null;
  switch (name) {
    case "s":
      return saving({ ...state, leavesAfterSaving: false });
    case "q":
    case "c":
      if (!isUnsaved(state)) return { state, request: "leave" };
      return { state: { ...state, mode: "leaving" } };
    case undefined:
    default:
      return null;
  }
}

const saving = (state: WritingState): Step =>
  state.file === null ? { state: { ...state, mode: "name" } } : { state: { ...state, mode: "page" }, request: "save" };

/** A changed page; the continuations are those of another text then. */
const withPage = (state: WritingState, page: Page, kind: ChangeKind): WritingState =>
  returned({ ...state, history: changed(state.history, page, kind) });

const withCursor = (state: WritingState, cursor: number): WritingState =>
  returned({ ...state, history: movedIn(state.history, cursor) });

/** Back to the page and to words. */
const returned = (state: WritingState): WritingState => ({
  ...state,
  mode: "page",
  offersSentences: false,
  selected: 0,
  typed: "",
});

function pageKey(state: WritingState, key: Key): Step {
  const { name, text, ctrl = false, meta = false } = key;
  const { page } = state.history;
  const { cursor } = page;
  if (meta && /^[1-9]$/.test(name ?? text ?? "")) return { state: taken(state, Number(name ?? text)) };
  if (name === "tab") return { state: { ...state, mode: "choice", selected: 0, typed: "" } };
  if (ctrl && name === "o") return { state, request: "export" };
  const command = ctrl ? controlKeys[name ?? ""] : undefined;
  if (command) return { state: command(state) };
  const move = movedBy(state, key);
  if (move !== null) return { state: withCursor(state, move) };
  if (name === "backspace") {
    const from = ctrl || meta ? wordBefore(page, cursor) : before(page, cursor);
    return { state: from === cursor ? state : withPage(state, replaced(page, from, cursor, "", "person"), "deleting") };
  }
  if (name === "delete") {
    const to = after(page, cursor);
    const cut = { ...replaced(page, cursor, to, "", "person"), cursor };
    return { state: to === cursor ? state : withPage(state, cut, "deleting") };
  }
  if (name === "return" || name === "enter")
    return { state: withPage(state, inserted(page, "\n", "person"), "typing") };
  const typed = typedText(key);
  return { state: typed === "" ? state : withPage(state, inserted(page, typed, "person"), "typing") };
}

const controlKeys: Record<string, ((state: WritingState) => WritingState) | undefined> = {
  z: (state) => returned({ ...state, history: undone(state.history) }),
  y: (state) => returned({ ...state, history: redone(state.history) }),
  t: (state) => ({ ...state, mode: "settings", setting: 0 }),
  e: (state) => ({ ...state, mode: "choice", offersSentences: true, seed: state.seed + 1, selected: 0, typed: "" }),
  w: (state) => pageKey(state, { name: "backspace", ctrl: true }).state,
};

/** The printable text of a key; empty for keys that type none. */
const typedText = ({ text = "", ctrl = false, meta = false }: Key): string =>
  ctrl || meta || /\p{Cc}/u.test(text) ? "" : text;

/** Where a key moves the cursor; null if it moves none. */
function movedBy(state: WritingState, { name, ctrl = false, meta = false }: Key): number | null {
  const { page } = state.history;
  const { text, cursor } = page;
  const byWord = ctrl || meta;
  switch (name) {
    case "left":
      return byWord ? wordBefore(page, cursor) : before(page, cursor);
    case "right":
      return byWord ? wordAfter(page, cursor) : after(page, cursor);
    case "home":
      return ctrl ? 0 : text.lastIndexOf("\n", cursor - 1) + (cursor === 0 ? 0 : 1);
    case "end":
      return ctrl || !text.includes("\n", cursor) ? text.length : text.indexOf("\n", cursor);
    case "up":
      return movedByRows(state, -1);
    case "down":
      return movedByRows(state, 1);
    case "pageup":
      return movedByRows(state, -Math.max(1, Math.floor(state.rows / 2)));
    case "pagedown":
      return movedByRows(state, Math.max(1, Math.floor(state.rows / 2)));
    case undefined:
    default:
      return null;
  }
}

function movedByRows({ history: { page }, columns }: WritingState, by: number): number {
  const rows = rowsOf(page.text, columns);
  const at = rows.findLastIndex(({ start }) => start <= page.cursor);
  const target = rows[at + by];
  if (!target) return by < 0 ? 0 : page.text.length;
  return Math.min(target.end, target.start + page.cursor - rows[at]!.start);
}

/** Takes the continuation of a number. */
function taken(state: WritingState, number: number): WritingState {
  const chosen = state.suggestions[number - 1];
  if (!chosen) return { ...state, message: `there is no continuation ${number}` };
  return withPage(state, inserted(state.history.page, chosen.text, "model"), "other");
}

function choiceKey(state: WritingState, key: Key): Step {
  const { name, text, ctrl = false } = key;
  const choices = choicesOf(state);
  const selected = Math.min(state.selected, choices.length - 1);
  const move = (by: number): Step => {
    const count = Math.max(1, choices.length);
    return { state: { ...state, selected: (selected + by + count) % count } };
  };
  if (ctrl && name === "e") return { state: controlKeys["e"]!(state) };
  if (ctrl && name === "z") return pageKey(state, key);
  switch (name) {
    case "escape":
      return { state: returned(state) };
    case "up":
    case "left":
      return move(-1);
    case "down":
    case "right":
      return move(1);
    case "tab":
      return move(key.shift ? -1 : 1);
    case "return":
    case "enter":
      return { state: choices[selected] ? taken(state, choices[selected].number) : returned(state) };
    case "backspace":
      return {
        state: state.typed === "" ? returned(state) : { ...state, typed: state.typed.slice(0, -1), selected: 0 },
      };
    case undefined:
    default:
  }
  if (/^[1-9]$/.test(text ?? name ?? "")) return { state: taken(state, Number(text ?? name)) };
  const typed = state.typed + typedText(key);
  const isMatched = choicesOf({ ...state, typed }).length > 0;
  if (isMatched) return { state: { ...state, typed, selected: 0 } };
  return { state: { ...state, message: `no continuation begins with ${typed}` } };
}

function settingKey(state: WritingState, { name, ctrl = false }: Key): WritingState {
  const count = 2 + (state.models.length > 1 ? state.models.length : 0);
  switch (name) {
    case "up":
      return { ...state, setting: (state.setting + count - 1) % count };
    case "down":
    case "tab":
      return { ...state, setting: (state.setting + 1) % count };
    case "left":
      return settingChanged(state, -1);
    case "right":
      return settingChanged(state, 1);
    case "escape":
    case "return":
    case "enter":
      return { ...state, mode: "page" };
    case undefined:
    default:
      return ctrl && name === "t" ? { ...state, mode: "page" } : state;
  }
}

function nameKey(state: WritingState, key: Key): Step {
  switch (key.name) {
    case "escape":
      return { state: { ...state, mode: "page", leavesAfterSaving: false } };
    case "return":
    case "enter":
      if (state.name.trim() === "") return { state: { ...state, message: "type a name, then press Enter" } };
      return { state, request: "save" };
    case "backspace":
      return { state: { ...state, name: Array.from(state.name).slice(0, -1).join("") } };
    case undefined:
    default:
      return { state: { ...state, name: state.name + typedText(key) } };
  }
}

function leavingKey(state: WritingState, { name, text, ctrl = false }: Key): Step {
  if (name === "escape" || ctrl) return { state: { ...state, mode: "page" } };
  const answer = (text ?? name ?? "").toLowerCase();
  if (answer === "n") return { state, request: "leave" };
  return answer === "y" ? saving({ ...state, leavesAfterSaving: true }) : { state };
}
