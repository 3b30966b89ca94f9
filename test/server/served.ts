/** @file A server of the bundled storyteller and critic in this process, and requests to it. */
import { expect, onTestFinished } from "vitest";
import { loadModel } from "../../src/model/model.js";
import { type ModelServer, startServer } from "../../src/server/httpServer.js";
import type { ServerLimits } from "../../src/server/serverLimits.js";

export const token = "a-token-of-the-tests";

export const storyteller = await loadModel("storyteller", { task: "generator" });
export const critic = await loadModel("critic", { task: "classifier" });

/** Starts a server that stops at the end of the test. A fault of the program fails the test. */
export async function serve(limits: Partial<ServerLimits> = {}): Promise<ModelServer> {
  const faults: unknown[] = [];
  const onFault = (error: unknown): void => void faults.push(error);
  const server = await startServer({
    models: [storyteller, critic],
    host: "127.0.0.1",
    port: 0,
    token,
    limits,
    onFault,
  });
  onTestFinished(async () => {
    await server.stop();
    expect(faults).toEqual([]);
  });
  return server;
}

export type Answered = { status: number; body: unknown };

/** Sends a JSON body, or no body. @param headers override those of a client that may */
export async function ask(
  { origin }: ModelServer,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answered> {
  const response = await fetch(`${origin}${path}`, {
    method: body === undefined ? "GET" : "POST",
    headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json", ...headers },
    ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  return { status: response.status, body: await response.json() };
}

/** The body of an error. */
export const refused = (status: number, message: RegExp): Answered => ({
  status,
  body: { error: { message: expect.stringMatching(message), type: expect.any(String), param: null, code: null } },
});
