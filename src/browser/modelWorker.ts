/** @file The worker that runs the model, as the page uses it. */
import { takeText } from "./elements.js";
import type { ModelData, Output, Reply, Request, Sampling } from "./messages.js";

export class ModelWorker {
  private readonly worker: Worker;
  private lastRequest = 0;
  private onOutput: (output: Output) => void;

  /** Starts the worker with the model in the page. @param onStart is called when the model is ready, or could not be loaded */
  constructor(name: string, onStart: (output: Output) => void) {
    this.onOutput = onStart;
    this.worker = new Worker(URL.createObjectURL(new Blob([takeText("program")], { type: "text/javascript" })));
    this.worker.addEventListener("message", ({ data }: MessageEvent<Reply>) => {
      if (data.number === 0) onStart(data.output);
      else if (data.number === this.lastRequest) this.onOutput(data.output);
    });
    this.worker.addEventListener("error", ({ message }) => onStart({ kind: "problem", message }));
    this.worker.postMessage({
      name,
      document: takeText("checkpoint"),
      weights: takeText("weights"),
      bag: takeText("bag"),
      kernels: takeText("kernels"),
    } satisfies ModelData);
  }

  /** Cancels the request before and starts a new one. @param onOutput is called for each output, until the next request */
  run(text: string, sampling: Sampling | undefined, onOutput: (output: Output) => void): void {
    this.onOutput = onOutput;
    this.send({ number: ++this.lastRequest, text, ...(sampling && { sampling }) });
  }

  stop(): void {
    this.send({ number: ++this.lastRequest, text: null });
  }

  private send(request: Request): void {
    this.worker.postMessage(request);
  }
}
