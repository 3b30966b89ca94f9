/** @file The bytes of rows are written again in their encoding. */
import { expect, test } from "vitest";
import { encoders, Utf8Bytes } from "../../../src/corpus/decoding/utf8Bytes.js";

test.each(["utf-16le", "utf-16be"] as const)("%s: half of a character is written again as it was", async (encoding) => {
  const text = "a\uD83D b \u{1F600} \uDC00\n";
  const little = Buffer.from(text, "utf16le");
  const bytes = encoding === "utf-16le" ? little : little.swap16();
  const source = {
    name: "it",
    bytes: async function* () {
      yield bytes;
    },
  };
  const utf8: Buffer[] = [];
  for await (const chunk of new Utf8Bytes(source, encoding).chunks()) utf8.push(chunk);
  expect(encoders[encoding](Buffer.concat(utf8))).toEqual(bytes);
});
