/** @file What the server refuses and cuts: foreign senders, large bodies, clients that hang; and many clients at once. */
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { expect, test } from "vitest";
import type { ModelServer } from "../../src/server/httpServer.js";
import { ask, refused, serve, token } from "./served.js";

/** A connection on which bytes are sent as they are; `closed` has all that came back. */
function rawTo({ origin }: ModelServer) {
  const socket = connect(Number(new URL(origin).port), "127.0.0.1");
  let received = "";
  socket.on("data", (chunk) => {
    received += String(chunk);
  });
  socket.on("error", () => undefined); // it may be reset
  const closed = once(socket, "close").then(() => received);
  return { socket, closed, received: () => received };
}

const drained = (socket: Socket): Promise<void> => new Promise((resolve) => socket.once("drain", resolve)); // an error closes it

/** The head of a request. `Host` is that of the server unless it is given. */
const headOf = ({ origin }: ModelServer, headers: Record<string, string>, line = "POST /v1/completions"): string =>
  [
    `${line} HTTP/1.1`,
    ...Object.entries({ Host: new URL(origin).host, Authorization: `Bearer ${token}`, ...headers }).map(
      ([name, value]) => `${name}: ${value}`,
    ),
    "\r\n",
  ].join("\r\n");

test("serve: a missing and a wrong token are refused with 401", async () => {
  const server = await serve();
  expect(await ask(server, "/v1/models", undefined, { Authorization: "" })).toEqual(refused(401, /token is missing/));
  expect(await ask(server, "/v1/models", undefined, { Authorization: "Bearer wrong" })).toEqual(
    refused(401, /token is wrong/),
  );
  expect(await ask(server, `/v1/models?token=${token}`, undefined, { Authorization: "" })).toEqual(
    refused(401, /token is missing/),
  );
});

test("serve: a page of another origin and one of another host name are refused with 403, with the token too", async () => {
  const server = await serve();
  for (const origin of ["https://example.com", "null", "http://127.0.0.1:1", server.origin.replace("http", "https")])
    expect(await ask(server, "/v1/models", undefined, { Origin: origin })).toEqual(refused(403, /other origins/));
  expect(await ask(server, "/v1/models", undefined, { Origin: server.origin })).toMatchObject({ status: 200 });
  for (const host of ["example.com", `example.com:${new URL(server.origin).port}`, "127.0.0.1:1"]) {
    const { socket, closed } = rawTo(server);
    socket.write(headOf(server, { Host: host, Connection: "close" }, "GET /v1/models"));
    expect(await closed).toMatch(/^HTTP\/1\.1 403 [^]*the header Host must name this machine/);
  }
  const local = server.origin.replace("127.0.0.1", "localhost");
  const { socket, closed } = rawTo(server);
  socket.write(headOf(server, { Host: new URL(local).host, Connection: "close" }, "GET /v1/models"));
  expect(await closed).toMatch(/^HTTP\/1\.1 200 /);
});

test("serve: a preflight request of another origin gets no permission", async () => {
  const { origin } = await serve();
  const response = await fetch(`${origin}/v1/completions`, {
    method: "OPTIONS",
    headers: { Origin: "https://example.com", "Access-Control-Request-Method": "POST" },
  });
  expect(response.status).toBe(403);
  expect(response.headers.get("access-control-allow-origin")).toBeNull();
  await response.body?.cancel();
});

test("serve: a body of a gigabyte is refused with 413 after its first megabyte, announced or not", async () => {
  const server = await serve();
  const announced = rawTo(server);
  announced.socket.write(headOf(server, { "Content-Length": String(2 ** 30) }));
  expect(await announced.closed).toMatch(/^HTTP\/1\.1 413 [^]*larger than 1,048,576 bytes/);

  const before = process.memoryUsage().rss;
  const streamed = rawTo(server);
  streamed.socket.write(headOf(server, { "Transfer-Encoding": "chunked" }));
  const piece = Buffer.concat([Buffer.from("10000\r\n"), Buffer.alloc(2 ** 16, "a"), Buffer.from("\r\n")]);
  let sent = 0;
  while (sent < 2 ** 30 && streamed.received() === "" && !streamed.socket.destroyed) {
    sent += 2 ** 16;
    if (!streamed.socket.write(piece)) await Promise.race([drained(streamed.socket), streamed.closed]);
  }
  expect(await streamed.closed).toMatch(/^HTTP\/1\.1 413 /);
  expect(sent).toBeLessThan(2 ** 27);
  expect(process.memoryUsage().rss - before).toBeLessThan(2 ** 28);
});

test("serve: a client that sends half a body, or half of its headers, is cut", async () => {
  const server = await serve({ requestMs: 300 });
  const halfBody = rawTo(server);
  halfBody.socket.write(`${headOf(server, { "Content-Length": "100" })}{"prompt": `);
  const halfHead = rawTo(server);
  halfHead.socket.write("POST /v1/completions HTTP/1.1\r\nHost: ");
  expect(await halfBody.closed).toMatch(/^HTTP\/1\.1 408 /);
  expect(await halfHead.closed).toMatch(/^HTTP\/1\.1 408 /);
});

test("serve: a client that does not read its stream is cut, and its work ends", async () => {
  const server = await serve({ readMs: 200, answers: 1, bodyBytes: 2 ** 24, texts: 800 });
  const prompt = "the fox ".repeat(2 ** 11);
  const body = JSON.stringify({ prompt, n: 800, max_tokens: 1, stream: true, echo: true }); // 13 MB, more than the system keeps
  const { socket, closed } = rawTo(server);
  socket.pause();
  socket.write(`${headOf(server, { "Content-Length": String(body.length) })}${body}`);
  await expect
    .poll(() => ask(server, "/v1/completions", { max_tokens: 1 }), { timeout: 20_000 })
    .toEqual(refused(429, /answers are under way/));
  await expect
    .poll(() => ask(server, "/v1/completions", { max_tokens: 1 }), { timeout: 20_000 })
    .toMatchObject({ status: 200 });
  socket.resume();
  await closed;
});

test("serve: a client that does not take the end of its answer is cut", async () => {
  const server = await serve({ readMs: 200, connections: 1, bodyBytes: 2 ** 24, texts: 800 });
  const body = JSON.stringify({ prompt: "the fox ".repeat(2 ** 11), n: 800, max_tokens: 0, echo: true });
  const { socket, closed } = rawTo(server);
  socket.pause();
  socket.write(`${headOf(server, { "Content-Length": String(body.length) })}${body}`);
  const asked = () => ask(server, "/v1/models").catch(() => "no connection");
  expect(await asked()).toBe("no connection");
  await expect.poll(asked, { timeout: 20_000 }).toMatchObject({ status: 200 });
  socket.resume();
  await closed;
});

test("serve: a request that arrives at a stop, on a connection with an answer under way, is no fault of the server", async () => {
  const server = await serve();
  const { socket, closed, received } = rawTo(server);
  const body = JSON.stringify({ prompt: "Once", max_tokens: 3000, stream: true });
  socket.write(`${headOf(server, { "Content-Length": String(body.length) })}${body}`);
  await expect.poll(received, { timeout: 20_000 }).toContain("data: ");
  const stopped = server.stop();
  socket.write(headOf(server, {}, "GET /v1/models"));
  expect(await closed).toContain("data: [DONE]");
  await stopped;
});

test("serve: an answer that takes too long ends with 503", async () => {
  const server = await serve({ answerMs: 50 });
  const asked = { prompt: "Once", max_tokens: 60_000 };
  expect(await ask(server, "/v1/completions", asked)).toEqual(refused(503, /took too long/));
});

test("serve: fifty clients at once get the texts that each gets alone, and a long answer does not hold up a short one", async () => {
  const server = await serve();
  const asked = (seed: number) => ({ prompt: "Once", max_tokens: 40, temperature: 0.8, seed });
  const textOf = async (seed: number): Promise<unknown> => {
    const { body } = await ask(server, "/v1/completions", asked(seed));
    return (body as { choices: { text: string }[] }).choices[0]!.text;
  };
  const seeds = Array.from({ length: 50 }, (_, seed) => seed);
  let hasEnded = false;
  const long = ask(server, "/v1/completions", { prompt: "Once", max_tokens: 10_000, seed: 1 }).then((answer) => {
    hasEnded = true;
    return answer;
  });
  const together = await Promise.all(seeds.map(textOf));
  expect(hasEnded).toBe(false);
  expect(new Set(together).size).toBe(50);
  for (const seed of [0, 17, 49]) expect(await textOf(seed)).toBe(together[seed]);
  expect(await long).toMatchObject({ status: 200 });
});

test("serve: more answers than the limit are refused with 429, and the others are not disturbed", async () => {
  const server = await serve({ answers: 2 });
  const asked = { prompt: "Once", max_tokens: 3000 };
  const answers = await Promise.all([1, 2, 3, 4].map(() => ask(server, "/v1/completions", asked)));
  expect(answers.map(({ status }) => status).toSorted((one, other) => one - other)).toEqual([200, 200, 429, 429]);
});
