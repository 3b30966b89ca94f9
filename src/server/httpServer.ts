/** @file The server of `rnn serve`: requests of this machine in, answers of models out. */
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { codeOf, messageOf, UserError } from "../common/errors.js";
import type { Model } from "../model/model.js";
import { readBody } from "./requestBody.js";
import { refusalOf, RequestError } from "./requestError.js";
import { checkSender } from "./requestGuard.js";
import { findRoute } from "./routes.js";
import { ServedModels } from "./servedModels.js";
import { defaultLimits, type ServerLimits } from "./serverLimits.js";
import { TurnQueue } from "./turnQueue.js";
import { writeAnswer, writeJson } from "./writeAnswer.js";

export type ServerOptions = {
  models: readonly Model[];
  /** A local address. */
  host: string;
  /** 0 for a free one. */
  port: number;
  /** What requests must have to be answered. */
  token: string;
  limits?: Partial<ServerLimits>;
  /** Called with errors that are faults of the program. */
  onFault: (error: unknown) => void;
};

/** After the answer to a request whose body is not read to its end, so that the client reads the answer before the connection closes. */
const lingerMs = 500;

/** Starts a server. @throws UserError if it cannot listen at the port, UsageError for two models of one name */
export async function startServer(options: ServerOptions): Promise<ModelServer> {
  const server = new ModelServer(options);
  await server.listen();
  return server;
}

export class ModelServer {
  private readonly server: Server;
  private readonly models: ServedModels;
  private readonly turns: TurnQueue;
  private readonly limits: ServerLimits;
  private readonly sockets = new Set<Socket>();
  /** Connections whose request has arrived and is being answered. */
  private readonly answering = new Set<Socket>();
  private readonly responses = new Set<Promise<void>>();
  private address: AddressInfo | undefined; // kept, since the server has none when it stops
  private isStopping = false;

  constructor(private readonly options: ServerOptions) {
    this.limits = { ...defaultLimits, ...options.limits };
    this.models = new ServedModels(options.models);
    this.turns = new TurnQueue(this.limits.answers);
    const { requestMs, connections } = this.limits;
    const times = { requestTimeout: requestMs, headersTimeout: requestMs, connectionsCheckingInterval: requestMs / 4 };
    this.server = createServer(times, (request, response) => {
      const responded = this.respond(request, response).finally(() => this.responses.delete(responded));
      this.responses.add(responded);
    });
    this.server.maxConnections = connections;
    this.server.on("connection", (socket) => {
      this.sockets.add(socket);
      socket.once("close", () => this.sockets.delete(socket));
    });
  }

  async listen(): Promise<void> {
    const { host, port } = this.options;
    this.server.listen(port, host);
    try {
      await once(this.server, "listening");
      this.address = this.server.address() as AddressInfo;
    } catch (error) {
      const taken = codeOf(error) === "EADDRINUSE";
      throw new UserError(
        taken
          ? `port ${port} is in use; choose another one with --port, or a free one without it`
          : `could not listen at ${host}, port ${port}: ${messageOf(error)}`,
      );
    }
  }

  /** As in `http://127.0.0.1:8080`. */
  get origin(): string {
    const { address, family, port } = this.address!;
    return `http://${family === "IPv6" ? `[${address}]` : address}:${port}`;
  }

  /** Takes no more requests, and resolves when the answers under way have ended; the models can be disposed then. */
  async stop(): Promise<void> {
    this.isStopping = true;
    if (!this.server.listening) return void (await Promise.all(this.responses));
    const closed = once(this.server, "close");
    this.server.close();
    for (const socket of this.sockets) if (!this.answering.has(socket)) socket.destroy();
    await closed;
    await Promise.all(this.responses);
  }

  private async respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { socket } = request;
    const ended = new AbortController();
    const late = setTimeout(() => ended.abort(tooLate), this.limits.answerMs);
    response.on("close", () => ended.abort());
    response.on("error", () => ended.abort());
    if (this.isStopping) response.shouldKeepAlive = false;
    try {
      await this.answer(request, response, ended.signal);
    } catch (error) {
      if (!response.destroyed) this.refuse(request, response, error);
    } finally {
      clearTimeout(late);
      this.answering.delete(socket);
      if (!response.writableFinished) socket.setTimeout(this.limits.readMs); // for the rest of the answer
      if (this.isStopping) this.close(response, socket);
    }
  }

  private async answer(request: IncomingMessage, response: ServerResponse, signal: AbortSignal): Promise<void> {
    const { limits, models, turns } = this;
    const url = urlOf(request);
    const found = tried(() => findRoute(request.method, url.pathname));
    const { port } = this.address!;
    const acceptsUrl = !(found instanceof Error) && found.route.tokenInUrl === true;
    checkSender(request, acceptsUrl ? url : null, { port, token: this.options.token });
    if (found instanceof Error) throw found;
    const { route, rest } = found;
    const body = route.body && (await readBody(request, route.body, limits.bodyBytes));
    this.answering.add(request.socket);
    if (this.isStopping) throw new RequestError(503, "the server is stopping");
    const answer = await route.answer(body, { models, turns, limits, signal, rest });
    const onFault = (error: unknown): void => this.noteFault(error, signal);
    await writeAnswer(response, answer, { signal, readMs: limits.readMs, onFault });
  }

  /** A client that still sends is read for a moment, without effect, and then cut: a connection that closes at once would lose the answer. */
  private refuse(request: IncomingMessage, response: ServerResponse, error: unknown): void {
    if (!(error instanceof UserError)) this.noteFault(error, null);
    if (response.headersSent) return void response.destroy();
    const { status, body } = refusalOf(error);
    if (request.complete) return writeJson(response, status, body);
    response.shouldKeepAlive = false;
    request.resume();
    request.once("end", () => response.end());
    setTimeout(() => request.socket.destroy(), lingerMs).unref();
    writeJson(response, status, body, { ends: false });
  }

  /** Closes a connection after its last answer. */
  private close(response: ServerResponse, socket: Socket): void {
    if (response.writableEnded && !response.writableFinished) response.once("finish", () => socket.end());
    else socket.end();
  }

  private noteFault(error: unknown, signal: AbortSignal | null): void {
    if (!(error instanceof UserError) && !signal?.aborted) this.options.onFault(error);
  }
}

const tooLate = new RequestError(503, "the answer took too long; ask for fewer or shorter texts");

/** The URL of a request; only its path and query are read. @throws RequestError for one that is none */
function urlOf({ url = "/" }: IncomingMessage): URL {
  if (url.startsWith("/") && URL.canParse(`http://local${url}`)) return new URL(`http://local${url}`);
  throw new RequestError(400, "the request's path is not that of a URL");
}

/** The result of a function, or its error: who sends it is checked first. */
function tried<Result>(work: () => Result): Result | Error {
  try {
    return work();
  } catch (error) {
    if (error instanceof Error) return error;
    throw error;
  }
}
