/** @file The bytes of a source for a model, and their format, found without reading more of standard input than its first line. */
import { UsageError, UserError } from "../../common/errors.js";
import type { EncodingOption, FormatName } from "../../common/names.js";
import { type ByteSource, fileSource, resumedSource } from "../sources/byteSource.js";
import { refuseBinary } from "../decoding/binaryKinds.js";
import { formatFor } from "../detection.js";
import { formatOf } from "../formats/index.js";
import { encodingLike, encodingOfHead, formatLike, formatOfHead, headOf, type Like } from "./likeFormat.js";
import { wordsLike } from "./likeWords.js";
import { isFile, type StandardInput, unpacked } from "../sources/namedSource.js";
import type { OpenOptions } from "../openOptions.js";

export type SourceLike = {
  source: ByteSource;
  format: FormatName;
  encoding: EncodingOption;
  /** Whether its bytes can be read only once. */
  isSingleUse?: boolean;
};

/**
 * Opens a source of texts. Standard input can be read only once; it has lines of text, unless its first line is that of a table or of JSON.
 * @throws UsageError for "-" without standard input
 */
export async function sourceLike(
  path: string,
  { format, encoding }: Pick<OpenOptions, "format" | "encoding">,
  like: Like,
  standardInput: StandardInput | undefined,
): Promise<SourceLike> {
  if (path === "-" && !standardInput) throw new UsageError("no standard input; name a file instead of -");
  const name = path === "-" ? "standard input" : path;
  const stored = path === "-" ? { name, bytes: standardInput! } : fileSource(path);
  if (path !== "-" && (await isFile(path))) {
    const source = unpacked(path, stored);
    return {
      source,
      format: format ?? (await formatOfTexts(path, source, like)),
      encoding: encoding ?? (await encodingLike(source, like)),
    };
  }
  const { head, source } = await firstLineOf(unpacked(path, stored));
  refuseBinary(name, head);
  const named = formatOf(path);
  const found = format ?? (named === "text" ? await formatOfFirst(path, head, like) : named);
  if (found !== undefined && format === undefined)
    like.onNote?.(`${name} is read as ${found}; --input-format text reads its lines`);
  return { source, format: found ?? "text", encoding: encoding ?? encodingOfHead(head, like), isSingleUse: true };
}

/** The format of a file; lines of text, some of which may be damaged, unless its name or its first lines are those of another format. */
async function formatOfTexts(path: string, source: ByteSource, like: Like): Promise<FormatName> {
  const head = await headOf(source);
  refuseBinary(path, head);
  const named = formatOf(path);
  const words = like.readsWords ? await wordsFormat(path, head, like) : undefined;
  if (words !== undefined || named !== "text") return words ?? named;
  const found = await formatLike(path, source, like).catch((error: unknown) => {
    if (error instanceof UserError) return named;
    throw error;
  });
  return found === "conll" && like.reading?.format !== "conll" ? named : found;
}

/** The format that the first line or lines of a stream show; undefined for lines of text. */
const formatOfFirst = async (path: string, head: Buffer, like: Like): Promise<FormatName | undefined> =>
  (like.readsWords ? await wordsFormat(path, head, like) : undefined) ?? (await formatOfHead(head, like));

/** The format of first bytes that are words and their tags; undefined for other ones. */
async function wordsFormat(path: string, head: Buffer, like: Like): Promise<"conllu" | "conll" | undefined> {
  const found = wordsLike(head, like) ?? (await formatFor(path, sourceOfBytes(path, head)));
  return found === "conllu" || found === "conll" ? found : undefined;
}

const sourceOfBytes = (name: string, bytes: Buffer): ByteSource => ({
  name,
  bytes: async function* () {
    yield bytes;
  },
});

const newline = 0x0a;
const maxHead = 1 << 18;

/** The bytes up to the end of the first line, or a little more, and a source that has them too. */
async function firstLineOf({ name, bytes }: ByteSource): Promise<{ head: Buffer; source: ByteSource }> {
  const chunks = bytes()[Symbol.asyncIterator]();
  let head = Buffer.alloc(0);
  while (head.length < maxHead && !head.includes(newline)) {
    const { value, done } = await chunks.next();
    if (done) break;
    head = Buffer.concat([head, value]);
  }
  return { head, source: resumedSource(name, head, chunks) };
}
