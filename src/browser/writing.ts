/** @file The program of the page of `rnn serve`: a text that a person and a model write together. */
import { beforeDrawing, createElement, element } from "./elements.js";
import { completions, request, type Suggested } from "./servedRequests.js";

const text = element("text", HTMLTextAreaElement);
const state = element("state", HTMLElement);
const words = element("words", HTMLOListElement);
const sentences = element("sentences", HTMLOListElement);
const [generate, stop, undo, redo] = (["generate", "stop", "undo", "redo"] as const).map((id) =>
  element(id, HTMLButtonElement),
) as [HTMLButtonElement, HTMLButtonElement, HTMLButtonElement, HTMLButtonElement];

/** What the text was, and where the next piece goes. */
type Version = { value: string; caret: number };
const earlier: Version[] = [];
const undone: Version[] = [];
const longestHistory = 200;
let kept: Version = version();

function version(): Version {
  return { value: text.value, caret: text.selectionStart };
}

/** Keeps the text as it was at the last call, if it has changed. */
function keep(): void {
  if (text.value === kept.value) return;
  earlier.push(kept);
  earlier.splice(0, earlier.length - longestHistory);
  undone.length = 0;
  kept = version();
  showHistory();
}

function showHistory(): void {
  undo.disabled = earlier.length === 0;
  redo.disabled = undone.length === 0;
}

/** Goes to the last version of one list; the present one goes to the other. */
function go(from: Version[], to: Version[]): void {
  cancel();
  keep();
  const wanted = from.pop();
  if (!wanted) return;
  to.push(kept);
  show(wanted);
  kept = wanted;
  showHistory();
}

function show({ value, caret }: Version): void {
  text.value = value;
  text.setSelectionRange(caret, caret);
  text.focus();
  suggestSoon();
}

/** Puts a piece in the place of the selection. */
function insert(piece: string): void {
  text.setRangeText(piece, text.selectionStart, text.selectionEnd, "end");
}

/** Takes a continuation that was offered. */
function take(piece: string): void {
  if (!stop.disabled) return;
  keep();
  insert(piece);
  keep();
  text.focus();
  suggestSoon();
}

const valueOf = (id: string): number | undefined => {
  const { value } = element(id, HTMLInputElement);
  return value === "" ? undefined : Number(value);
};

const settings = () => ({ model: element("served", HTMLSelectElement).value, temperature: valueOf("temperature") });

const longestContext = 4096; // code units: at most 12,288 bytes, fewer than the tokens that a request may have

/** The end of the text before the caret. */
const textBefore = (): string => text.value.slice(0, text.selectionStart).slice(-longestContext);

let running: AbortController | undefined;

function cancel(): void {
  running?.abort();
}

/** Generates at the caret, in the place of the selection. Pieces go where it was, whatever is selected meanwhile; what is not shown at a stop is dropped. */
async function write(): Promise<void> {
  if (running) return;
  const { signal } = (running = new AbortController());
  keep();
  const seed = valueOf("seed") ?? crypto.getRandomValues(new Uint32Array(1))[0]! >>> 1;
  const sampling = { top_p: valueOf("top-p"), top_k: valueOf("top-k"), max_tokens: valueOf("max-tokens") ?? 100, seed };
  [generate.disabled, stop.disabled, text.readOnly] = [true, false, true];
  const prompt = textBefore();
  let [pending, from, to] = ["", text.selectionStart, text.selectionEnd];
  const flush = (): void => {
    if (signal.aborted || pending === "") return;
    text.setRangeText(pending, from, to, "end");
    pending = "";
    from = to = text.selectionEnd;
    text.scrollTop = text.scrollHeight;
  };
  const flushSoon = beforeDrawing(flush);
  try {
    const body = { ...settings(), ...sampling, prompt, stream: true, stream_options: { include_usage: true } };
    for await (const { choices, usage } of completions(body, signal)) {
      pending += choices[0]?.text ?? "";
      flushSoon();
      if (usage) showStatus(`${usage.completion_tokens} tokens. Seed ${seed}.`);
    }
  } catch (error) {
    showStatus(signal.aborted ? `Stopped. Seed ${seed}.` : messageOf(error));
  }
  flush();
  running = undefined;
  [generate.disabled, stop.disabled, text.readOnly] = [false, true, false];
  keep();
  text.focus();
  suggestSoon();
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

function showStatus(line: string): void {
  state.textContent = line;
}

const pauseMs = 150; // of typing
let asking: AbortController | undefined;
let due: ReturnType<typeof setTimeout> | undefined;

/** Asks for continuations when the text has not changed for a moment. */
function suggestSoon(): void {
  clearTimeout(due);
  asking?.abort();
  due = setTimeout(() => void suggest(), pauseMs);
}

async function suggest(): Promise<void> {
  if (running) return;
  keep();
  const { signal } = (asking = new AbortController());
  const body = { ...settings(), text: textBefore(), count: 9, sentences: 2 };
  try {
    const found = await request<Suggested>("/suggestions", body, signal);
    if (signal.aborted) return;
    words.replaceChildren(...found.words.map(({ text: word, probability }) => choice(word, probability)));
    sentences.replaceChildren(...found.sentences.filter((one) => one.trim() !== "").map((one) => choice(one)));
  } catch (error) {
    if (!signal.aborted) showStatus(messageOf(error));
  }
}

/** A button that takes a continuation. @param probability from 0 to 1 */
function choice(piece: string, probability?: number): HTMLLIElement {
  const button = createElement("button", "choice", piece.trim() || piece.replaceAll("\n", "↵").replaceAll(" ", "␣"));
  button.type = "button";
  if (probability !== undefined) button.append(createElement("small", "", `${(100 * probability).toFixed(0)} %`));
  button.addEventListener("click", () => take(piece));
  return createElement("li", "", button);
}

element("form", HTMLFormElement).addEventListener("submit", (event) => {
  event.preventDefault();
  void write();
});
stop.addEventListener("click", cancel);
undo.addEventListener("click", () => go(earlier, undone));
redo.addEventListener("click", () => go(undone, earlier));
text.addEventListener("input", suggestSoon);
text.addEventListener("click", suggestSoon);
text.addEventListener("keyup", ({ key }) => {
  if (/^(Arrow|Home|End|Page)/.test(key)) suggestSoon();
});
for (const id of ["served", "temperature"]) element(id, HTMLElement).addEventListener("change", suggestSoon);

/** What the keys do; those of numbers take a word. */
document.addEventListener("keydown", (event) => {
  const withControl = event.ctrlKey || event.metaKey;
  const key = event.key.toLowerCase();
  if (event.key === "Escape") cancel();
  else if (withControl && key === "enter") void write();
  else if (withControl && (key === "y" || (key === "z" && event.shiftKey))) go(undone, earlier);
  else if (withControl && key === "z") go(earlier, undone);
  else if (event.altKey && /^Digit[1-9]$/.test(event.code))
    words.querySelectorAll("button")[Number(event.code.at(-1)) - 1]?.click();
  else return;
  if (event.key !== "Escape") event.preventDefault();
});

const temperature = element("temperature", HTMLInputElement);
const showTemperature = (): void => {
  element("temperature-shown", HTMLOutputElement).value = Number(temperature.value).toFixed(2);
};
temperature.addEventListener("input", showTemperature);
showTemperature();
showHistory();
suggestSoon();
