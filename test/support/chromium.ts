/** @file Pages in headless Chromium, if it is installed, through the DevTools protocol over a pipe. */
import { execFileSync, spawn } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { thorough } from "./thorough.js";

/** The browser's command under `npm run test:all`; undefined under `npm test` and without a browser. */
export const chromium = !thorough
  ? undefined
  : ["chromium", "chromium-browser", "google-chrome"].find((name) => {
      try {
        execFileSync(name, ["--version"], { stdio: "ignore" });
        return true;
      } catch {
        return false;
      }
    });

type Parameters = Record<string, unknown>;
type Message = { id?: number; method?: string; params?: Parameters; result?: Parameters };

/** The page's network requests, its console messages, the value of the expression, and a PNG screenshot. */
export type Seen<Value> = { requests: string[]; messages: string[]; value: Value; picture: Buffer };

export type Screen = { width: number; height: number; scheme: "light" | "dark" };
const defaultScreen: Screen = { width: 900, height: 700, scheme: "light" };

/** Opens a page and evaluates an expression in it; awaits a promise. */
export async function seenIn<Value>(url: string, expression: string, screen = defaultScreen): Promise<Seen<Value>> {
  const profile = mkdtempSync(join(tmpdir(), "rnn-chromium-"));
  const flags = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--remote-debugging-pipe",
    `--user-data-dir=${profile}`,
  ];
  const browser = spawn(chromium!, [...flags, "about:blank"], {
    stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"],
  });
  const ended = once(browser, "exit");
  const protocol = new Protocol(browser.stdio[3] as Writable, browser.stdio[4] as Readable);
  try {
    const { targetInfos } = await protocol.send("Target.getTargets");
    const page = (targetInfos as { type: string; targetId: string }[]).find(({ type }) => type === "page")!;
    const { sessionId } = await protocol.send("Target.attachToTarget", { targetId: page.targetId, flatten: true });
    const send = (method: string, params: Parameters = {}) => protocol.send(method, params, sessionId as string);
    for (const domain of ["Network", "Runtime", "Log", "Page"]) await send(`${domain}.enable`);
    const { scheme, ...size } = screen;
    await send("Emulation.setDeviceMetricsOverride", { ...size, deviceScaleFactor: 1, mobile: false });
    await send("Emulation.setEmulatedMedia", { features: [{ name: "prefers-color-scheme", value: scheme }] });
    const loaded = once(protocol.events, "Page.loadEventFired");
    await send("Page.navigate", { url });
    await loaded;
    const { result, exceptionDetails } = await send("Runtime.evaluate", {
      expression,
      returnByValue: true,
      awaitPromise: true,
    });
    if (exceptionDetails) throw new Error(`the page: ${JSON.stringify(exceptionDetails)}`);
    const { data } = await send("Page.captureScreenshot", { format: "png" });
    const { eventsOf } = protocol;
    return {
      requests: eventsOf("Network.requestWillBeSent").map(({ request }) => (request as { url: string }).url),
      messages: ["Log.entryAdded", "Runtime.exceptionThrown", "Runtime.consoleAPICalled"]
        .flatMap(eventsOf)
        .map((event) => JSON.stringify(event)),
      value: (result as { value: Value }).value,
      picture: Buffer.from(data as string, "base64"),
    };
  } finally {
    await Promise.race([protocol.send("Browser.close"), ended]); // its other processes end too, so that none writes into the profile
    await ended;
    rmSync(profile, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** JSON messages, each with a zero byte at its end. */
class Protocol {
  readonly events = new EventEmitter();
  private readonly received: Message[] = [];
  private readonly pending = new Map<number, (result: Parameters) => void>();
  private sent = 0;
  private rest = "";

  constructor(
    private readonly output: Writable,
    input: Readable,
  ) {
    input.setEncoding("utf8").on("data", (text: string) => {
      const messages = (this.rest + text).split("\0");
      this.rest = messages.pop()!;
      for (const message of messages) this.receive(JSON.parse(message) as Message);
    });
  }

  send(method: string, params: Parameters = {}, sessionId?: string): Promise<Parameters> {
    const id = ++this.sent;
    this.output.write(`${JSON.stringify({ id, method, params, ...(sessionId && { sessionId }) })}\0`);
    return new Promise((resolve) => this.pending.set(id, resolve));
  }

  /** The parameters of events of one kind. */
  readonly eventsOf = (kind: string): Parameters[] =>
    this.received.flatMap(({ method, params }) => (method === kind && params ? [params] : []));

  private receive(message: Message): void {
    this.received.push(message);
    if (message.id !== undefined) this.pending.get(message.id)?.(message.result ?? {});
    if (message.method !== undefined) this.events.emit(message.method, message.params);
  }
}
