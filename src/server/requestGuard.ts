/** @file Who may send requests: programs and pages of this machine that know the token. */
import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { RequestError } from "./requestError.js";

export type Guard = {
  /** The port that the server listens at. */
  port: number;
  token: string;
};

/** Names of the local addresses in the header Host. A page of another name that resolves to a local address (DNS rebinding) sends its own name. */
const localNames = ["127.0.0.1", "localhost", "[::1]"];

/**
 * Checks the headers of a request, before its body is read.
 * @param url with the token as `?token=`, for a page that a person opens; null where only the header counts
 * @throws RequestError with status 403 for a foreign Host or Origin, with 401 for a missing or wrong token
 */
export function checkSender({ headers }: IncomingMessage, url: URL | null, { port, token }: Guard): void {
  const hosts = localNames.flatMap((name) => (port === 80 ? [name, `${name}:80`] : [`${name}:${port}`]));
  if (headers.host === undefined || !hosts.includes(headers.host.toLowerCase()))
    throw new RequestError(403, `the header Host must name this machine, as in ${hosts[0]}`);
  const { origin } = headers;
  if (origin !== undefined && !hosts.some((host) => origin.toLowerCase() === `http://${host}`))
    throw new RequestError(403, "requests from pages of other origins are refused");
  const given = /^Bearer +(\S+) *$/i.exec(headers.authorization ?? "")?.[1] ?? url?.searchParams.get("token");
  if (given === undefined || given === null)
    throw new RequestError(401, "the token is missing: send it as the header Authorization: Bearer TOKEN");
  if (!timingSafeEqual(digestOf(given), digestOf(token)))
    throw new RequestError(401, "the token is wrong; `rnn serve` printed the URL with the right one");
}

/** Digests have one length, as the comparison needs it. */
const digestOf = (text: string): Buffer => createHash("sha256").update(text).digest();
