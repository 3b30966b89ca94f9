/** @file A prompt, the settings of generation, and the text as it is generated. */
import { beforeDrawing, element, settings } from "../elements.js";
import type { Output, Sampling } from "../messages.js";
import type { ModelWorker } from "../modelWorker.js";

export function generatorPanel(worker: ModelWorker, showStatus: (text: string) => void): void {
  const form = element("form", HTMLFormElement);
  const prompt = element("prompt", HTMLTextAreaElement);
  const stop = element("stop", HTMLButtonElement);
  const shown = element("text", HTMLElement);
  const temperature = element("temperature", HTMLInputElement);
  const unit = settings()["unit"]!;
  let pending = "";

  const show = beforeDrawing(() => {
    const isAtEnd = shown.scrollTop + shown.clientHeight >= shown.scrollHeight - 20; // otherwise the user reads an earlier part
    shown.append(pending);
    pending = "";
    if (isAtEnd) shown.scrollTop = shown.scrollHeight;
  });
  const isGenerating = (): boolean => !stop.disabled;
  const setGenerating = (generating: boolean): void => {
    stop.disabled = !generating;
    shown.setAttribute("aria-busy", String(generating));
  };

  function generate(): void {
    const sampling = samplingFields();
    let tokens = 0;
    let start = 0;
    shown.textContent = "";
    pending = "";
    setGenerating(true);
    worker.run(prompt.value, sampling, (output: Output) => {
      if (output.kind === "piece") {
        pending += output.text;
        tokens += output.tokens;
        start ||= performance.now();
        show();
      }
      if (output.kind === "piece" || output.kind === "done") {
        const speed = Math.round((1000 * tokens) / Math.max(1, performance.now() - start));
        showStatus(
          `${count(tokens)} ${unit}${tokens > 0 ? `, ${count(speed)} per second` : ""}. Seed ${sampling.seed}.`,
        );
      }
      if (output.kind === "problem") showStatus(output.message);
      if (output.kind === "done" || output.kind === "problem") setGenerating(false);
    });
  }

  function cancel(): void {
    if (!isGenerating()) return;
    worker.stop();
    setGenerating(false);
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    generate();
  });
  stop.addEventListener("click", cancel);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") cancel();
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
  });
  const showTemperature = (): void => {
    element("temperature-shown", HTMLOutputElement).value = Number(temperature.value).toFixed(2);
  };
  temperature.addEventListener("input", showTemperature);
  showTemperature();
}

/** The values of the fields; an empty seed becomes a random one. */
function samplingFields(): Sampling {
  const [maxTokens, temperature, topK, seed] = ["max-tokens", "temperature", "top-k", "seed"].map((id) => {
    const { value } = element(id, HTMLInputElement);
    return value === "" ? undefined : Number(value);
  });
  return {
    maxTokens: maxTokens!,
    temperature: temperature!,
    topK,
    seed: seed ?? crypto.getRandomValues(new Uint32Array(1))[0]! >>> 1,
  };
}

const count = (number: number): string => number.toLocaleString("en");
