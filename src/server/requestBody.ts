/** @file Reads the body of a request, which may be larger than announced, or never end. */
import type { IncomingMessage } from "node:http";
import type { GenericSchema, InferOutput } from "valibot";
import { checked } from "../common/checked.js";
import { messageOf } from "../common/errors.js";
import { quantity } from "../common/quantity.js";
import { RequestError } from "./requestError.js";

/**
 * The JSON body of a request, checked with a schema.
 * @param bodyBytes largest size
 * @throws RequestError with status 413 for a larger body, as soon as its size is known; with 400 for one that is no JSON or does not fit the schema
 */
export async function readBody<Schema extends GenericSchema>(
  request: IncomingMessage,
  schema: Schema,
  bodyBytes: number,
): Promise<InferOutput<Schema>> {
  const bytes = await bytesOf(request, bodyBytes);
  let data: unknown;
  try {
    data = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (error) {
    throw new RequestError(400, `the body is not JSON in UTF-8: ${messageOf(error)}`);
  }
  if (Array.isArray(data)) throw new RequestError(400, "the body: expected Object, not Array"); // valibot takes it for an empty object
  return checked(schema, data, (problems) => `the body: ${problems}`);
}

/** Listens instead of iterating, because leaving an iteration would close the connection before the refusal is sent. */
function bytesOf(request: IncomingMessage, bodyBytes: number): Promise<Buffer> {
  const tooLarge = new RequestError(413, `the body is larger than ${quantity(bodyBytes, "bytes")}; send fewer texts`);
  if (Number(request.headers["content-length"] ?? 0) > bodyBytes) return Promise.reject(tooLarge);
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    request.on("data", (chunk: Buffer) => {
      length += chunk.length;
      if (length <= bodyBytes) chunks.push(chunk);
      else {
        chunks.length = 0; // the rest is dropped
        reject(tooLarge);
      }
    });
    request.on("end", () => resolve(Buffer.concat(chunks)));
    request.on("error", reject);
    request.on("close", () => reject(new RequestError(400, "the connection ended within the body")));
  });
}
