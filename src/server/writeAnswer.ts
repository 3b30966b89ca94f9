/** @file Writes answers to clients: none waits for a client that does not read. */
import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { type ErrorBody, refusalOf, RequestError } from "./requestError.js";
import type { Answer } from "./route.js";

/** Headers of all answers: nothing is kept, guessed, framed or passed on. */
const commonHeaders = {
  "Cache-Control": "no-store",
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "DENY",
  "Referrer-Policy": "no-referrer",
  "Cross-Origin-Resource-Policy": "same-origin",
};

export type Reading = {
  signal: AbortSignal;
  /** Time in which a client must take a part, in milliseconds. */
  readMs: number;
  /** Called with an error after the answer has begun. */
  onFault: (error: unknown) => void;
};

/** Writes an answer to its end. @throws UserError before anything is written, if its first event fails */
export async function writeAnswer(response: ServerResponse, answer: Answer, reading: Reading): Promise<void> {
  if ("events" in answer) return writeEvents(response, answer.events, reading);
  if ("json" in answer) return writeJson(response, 200, answer.json);
  response.writeHead(200, {
    ...commonHeaders,
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": answer.policy,
  });
  response.end(answer.page);
}

/**
 * Writes a whole answer; JSON.stringify writes null for numbers that are not finite.
 * @param ends whether the connection may go on, or close, at once
 */
export function writeJson(response: ServerResponse, status: number, body: object, { ends = true } = {}): void {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    ...commonHeaders,
    "Content-Type": "application/json",
    "Content-Length": Buffer.byteLength(text),
    ...(status === 401 && { "WWW-Authenticate": "Bearer" }),
    ...(status === 429 && { "Retry-After": "1" }),
  });
  response.write(text);
  if (ends) response.end();
}

/** Server-sent events: the status is that of the first one, and a later error is an event of its own. */
async function writeEvents(response: ServerResponse, events: AsyncIterable<object>, reading: Reading): Promise<void> {
  const source = events[Symbol.asyncIterator]();
  let next = await source.next();
  response.writeHead(200, { ...commonHeaders, "Content-Type": "text/event-stream; charset=utf-8" });
  try {
    for (; !next.done; next = await source.next()) await send(response, JSON.stringify(next.value), reading);
    await send(response, "[DONE]", reading);
  } catch (error) {
    reading.onFault(error);
    if (!response.destroyed) response.write(event(JSON.stringify(refusalOf(error).body satisfies ErrorBody)));
  } finally {
    await source.return?.();
  }
  response.end();
}

const event = (data: string): string => `data: ${data}\n\n`;

async function send(response: ServerResponse, data: string, { signal, readMs }: Reading): Promise<void> {
  signal.throwIfAborted();
  if (response.write(event(data))) return;
  const late = AbortSignal.timeout(readMs);
  try {
    await once(response, "drain", { signal: AbortSignal.any([signal, late]) });
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (!late.aborted) throw error;
    response.destroy();
    throw new RequestError(408, "the client does not read its answer");
  }
}
