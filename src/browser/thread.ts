/** @file The thread that computes: the library with a model. It answers one request at a time, the newest, and leaves the page free for its person. */
import type { StoredDocument } from "../checkpoint/checkpoint.js";
import { decodeSafetensors } from "../checkpoint/safetensors.js";
import { messageOf } from "../common/errors.js";
import { type Model, modelFrom } from "../model/rebuild.js";
import { answersTo } from "./pageAnswers.js";
import { bytesOf } from "./base64.js";
import { startEngine } from "./browserEngine.js";
import type { Answer, Contents, Reply, Request } from "./messages.js";

/** Milliseconds after which it looks whether something else is asked for. */
const longest = 20;

let newest = 0;
let model: Promise<Model> | undefined;

const reply = (number: number, found: Answer): void => self.postMessage({ number, answer: found } satisfies Reply);

self.addEventListener("message", ({ data }: MessageEvent<Contents | Request>) => {
  if ("document" in data) {
    model = begin(data);
    model.catch((error: unknown) => reply(0, { kind: "problem", message: messageOf(error) }));
    return;
  }
  newest = data.number;
  model?.then((ready) => answer(ready, data)).catch(() => undefined); // said where it began
});

async function begin({ name, document, weights, kernels }: Contents): Promise<Model> {
  const backend = await startEngine(bytesOf(kernels));
  const arrays = decodeSafetensors(bytesOf(weights));
  const made = modelFrom(name, { document: JSON.parse(document) as StoredDocument, weights: arrays });
  reply(0, { kind: "ready", backend });
  return made;
}

async function answer(ready: Model, { number, text, draw }: Request): Promise<void> {
  if (text === null || number !== newest) return;
  try {
    let looked = performance.now();
    for await (const found of answersTo[ready.task](ready, { text, draw })) {
      reply(number, found);
      if (performance.now() - looked < longest) continue;
      await turn();
      if (number !== newest) return;
      looked = performance.now();
    }
    reply(number, { kind: "done" });
  } catch (error) {
    reply(number, { kind: "problem", message: messageOf(error) });
  }
}

const { port1, port2 } = new MessageChannel();

/** Lets messages in; a timer would wait longer. */
const turn = (): Promise<void> =>
  new Promise((resolve) => {
    port1.addEventListener("message", () => resolve(), { once: true });
    port1.start();
    port2.postMessage(null);
  });
