/** @file A prompt, how to go on from it, and the text as it comes. */
import type { Computing } from "../computing.js";
import { beforeDrawing, element, settings } from "../elements.js";
import type { Answer, Draw } from "../messages.js";

export function writePanel(computing: Computing, tell: (words: string) => void): void {
  const form = element("form", HTMLFormElement);
  const prompt = element("prompt", HTMLTextAreaElement);
  const stop = element("stop", HTMLButtonElement);
  const shown = element("text", HTMLElement);
  const temperature = element("temperature", HTMLInputElement);
  const unit = settings()["unit"]!;
  let fresh = "";

  const show = beforeDrawing(() => {
    const atEnd = shown.scrollTop + shown.clientHeight >= shown.scrollHeight - 20; // else a person reads further up
    shown.append(fresh);
    fresh = "";
    if (atEnd) shown.scrollTop = shown.scrollHeight;
  });
  const writing = (): boolean => !stop.disabled;
  const setWriting = (now: boolean): void => {
    stop.disabled = !now;
    shown.setAttribute("aria-busy", String(now));
  };

  function write(): void {
    const draw = drawn();
    let tokens = 0;
    let first = 0;
    shown.textContent = "";
    fresh = "";
    setWriting(true);
    computing.ask(prompt.value, draw, (answer: Answer) => {
      if (answer.kind === "piece") {
        fresh += answer.text;
        tokens += answer.tokens;
        first ||= performance.now();
        show();
      }
      if (answer.kind === "piece" || answer.kind === "done") {
        const pace = Math.round((1000 * tokens) / Math.max(1, performance.now() - first));
        tell(`${count(tokens)} ${unit}${tokens > 0 ? `, ${count(pace)} a second` : ""}. Seed ${draw.seed}.`);
      }
      if (answer.kind === "problem") tell(answer.message);
      if (answer.kind === "done" || answer.kind === "problem") setWriting(false);
    });
  }

  function halt(): void {
    if (!writing()) return;
    computing.stop();
    setWriting(false);
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    write();
  });
  stop.addEventListener("click", halt);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") halt();
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
  });
  const showTemperature = (): void => {
    element("temperature-shown", HTMLOutputElement).value = Number(temperature.value).toFixed(2);
  };
  temperature.addEventListener("input", showTemperature);
  showTemperature();
}

/** What the fields say; an empty seed is a new one. */
function drawn(): Draw {
  const [length, temperature, topK, seed] = ["length", "temperature", "top-k", "seed"].map((id) => {
    const { value } = element(id, HTMLInputElement);
    return value === "" ? undefined : Number(value);
  });
  return {
    maxTokens: length!,
    temperature: temperature!,
    topK,
    seed: seed ?? crypto.getRandomValues(new Uint32Array(1))[0]! >>> 1,
  };
}

const count = (number: number): string => number.toLocaleString("en");
