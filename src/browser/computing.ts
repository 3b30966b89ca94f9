/** @file The thread that computes, as the page sees it. */
import { takenText } from "./elements.js";
import type { Answer, Contents, Draw, Reply, Request } from "./messages.js";

export class Computing {
  private readonly worker: Worker;
  private asked = 0;
  private hear: (answer: Answer) => void;

  /** Starts it with the model that the page holds. @param hear is told when it is ready, or why it cannot be */
  constructor(name: string, hear: (answer: Answer) => void) {
    this.hear = hear;
    this.worker = new Worker(URL.createObjectURL(new Blob([takenText("program")], { type: "text/javascript" })));
    this.worker.addEventListener("message", ({ data }: MessageEvent<Reply>) => {
      if (data.number === 0) hear(data.answer);
      else if (data.number === this.asked) this.hear(data.answer);
    });
    this.worker.addEventListener("error", ({ message }) => hear({ kind: "problem", message }));
    this.worker.postMessage({
      name,
      document: takenText("checkpoint"),
      weights: takenText("weights"),
      kernels: takenText("kernels"),
    } satisfies Contents);
  }

  /** Puts an end to what was asked before. @param hear is told each answer to this, and no more once something else is asked */
  ask(text: string, draw: Draw | undefined, hear: (answer: Answer) => void): void {
    this.hear = hear;
    this.send({ number: ++this.asked, text, ...(draw && { draw }) });
  }

  stop(): void {
    this.send({ number: ++this.asked, text: null });
  }

  private send(request: Request): void {
    this.worker.postMessage(request);
  }
}
