/** @file Why a request is refused: a status of HTTP with a message, in the form that OpenAI's clients read. */
import { isOutOfMemory, UserError } from "../common/errors.js";

/** What clients may distinguish, with the status of HTTP that has this type where a request has no other one. */
const typeOf: Readonly<Record<number, string>> = {
  400: "invalid_request_error",
  401: "authentication_error",
  403: "permission_error",
  404: "not_found_error",
  429: "rate_limit_error",
};

/** A request that is not answered. */
export class RequestError extends UserError {
  /** @param status of HTTP */
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/** The body of an error. */
export type ErrorBody = { error: { message: string; type: string; param: null; code: null } };

/** The status and the body for an error; a fault of the program, whose message is for its developers, has status 500. */
export function refusalOf(error: unknown): { status: number; body: ErrorBody } {
  const [status, message] =
    error instanceof RequestError
      ? [error.status, error.message]
      : error instanceof UserError
        ? [400, error.message]
        : isOutOfMemory(error)
          ? [503, "out of memory; send fewer or shorter texts"]
          : [500, "a fault of the server; it has printed what happened"];
  const type = typeOf[status] ?? (status < 500 ? typeOf[400]! : "server_error");
  return { status, body: { error: { message, type, param: null, code: null } } };
}
