/** @file What a route of the server is: a path, the form of its body, and an answer. */
import type { GenericSchema, InferOutput } from "valibot";
import type { ServedModels } from "./servedModels.js";
import type { ServerLimits } from "./serverLimits.js";
import type { TurnQueue } from "./turnQueue.js";

/** What an answer is computed with. */
export type RequestContext = {
  models: ServedModels;
  turns: TurnQueue;
  limits: ServerLimits;
  /** Aborts when the client has gone, and when the answer takes too long. */
  signal: AbortSignal;
  /** The end of the path of a route whose path ends with a slash, decoded. */
  rest: string;
};

/** One value, events as they are computed (server-sent events, up to the event `[DONE]`), or a page with its content security policy. */
export type Answer = { json: object } | { events: AsyncIterable<object> } | { page: string; policy: string };

export type Route<Schema extends GenericSchema = GenericSchema> = {
  method: "GET" | "POST";
  /** One that ends with a slash stands for all paths with another part after it; `/` is itself. */
  path: string;
  /** The form of its JSON body; none for GET. */
  body?: Schema;
  /** Whether the token may be in the URL, as a person opens it. */
  tokenInUrl?: true;
  /** @throws UserError for a request that cannot be answered */
  answer: (body: InferOutput<Schema>, context: RequestContext) => Answer | Promise<Answer>;
};

/** Derives the type of the body from its schema; does nothing at run time. */
export const route = <const Schema extends GenericSchema>(declared: Route<Schema>): Route =>
  declared as unknown as Route;
