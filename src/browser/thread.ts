/** @file The worker of the page: it runs the model for one request at a time, the newest, so that the page stays responsive. */
import type { StoredDocument } from "../checkpoint/checkpoint.js";
import { decodeSafetensors } from "../checkpoint/safetensors.js";
import { messageOf } from "../common/errors.js";
import { type Model, modelFrom } from "../model/rebuild.js";
import { outputsFor } from "./modelOutputs.js";
import { startEngine } from "./browserEngine.js";
import type { ModelData, Output, Reply, Request } from "./messages.js";

/** Time after which the worker checks for a newer request. */
const checkIntervalMs = 20;

let newest = 0;
let model: Promise<Model> | undefined;

const reply = (number: number, output: Output): void => self.postMessage({ number, output } satisfies Reply);

self.addEventListener("message", ({ data }: MessageEvent<ModelData | Request>) => {
  if ("document" in data) {
    model = loadData(data);
    model.catch((error: unknown) => reply(0, { kind: "problem", message: messageOf(error) }));
    return;
  }
  newest = data.number;
  model?.then((loaded) => run(loaded, data)).catch(() => undefined); // reported when loading failed
});

async function loadData({ name, document, weights, bag, kernels }: ModelData): Promise<Model> {
  const backend = await startEngine(bytesOf(kernels));
  const arrays = {
    weights: decodeSafetensors(bytesOf(weights)),
    ...(bag !== "" && { bag: decodeSafetensors(bytesOf(bag)) }),
  };
  const loaded = modelFrom(name, { document: JSON.parse(document) as StoredDocument, ...arrays });
  reply(0, { kind: "ready", backend });
  return loaded;
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  const characters = atob(base64);
  const bytes = new Uint8Array(characters.length);
  for (let index = 0; index < bytes.length; index++) bytes[index] = characters.charCodeAt(index);
  return bytes;
}

async function run(loaded: Model, { number, text, sampling }: Request): Promise<void> {
  if (text === null || number !== newest) return;
  try {
    let checked = performance.now();
    for await (const output of outputsFor[loaded.task](loaded, { text, sampling })) {
      reply(number, output);
      if (performance.now() - checked < checkIntervalMs) continue;
      await receiveMessages();
      if (number !== newest) return;
      checked = performance.now();
    }
    reply(number, { kind: "done" });
  } catch (error) {
    reply(number, { kind: "problem", message: messageOf(error) });
  }
}

const { port1, port2 } = new MessageChannel();

/** Lets the worker receive messages; setTimeout would wait longer. */
const receiveMessages = (): Promise<void> =>
  new Promise((resolve) => {
    port1.addEventListener("message", () => resolve(), { once: true });
    port1.start();
    port2.postMessage(null);
  });
