/** @file The kinds of files that have no text to read, recognized by their first bytes. */
import { UserError } from "../../common/errors.js";

type Kind = { describe: string; begins: (bytes: Buffer) => boolean; next: string };

const starts =
  (text: string) =>
  (bytes: Buffer): boolean =>
    bytes.subarray(0, text.length).equals(Buffer.from(text, "latin1"));
/** For names that a text may begin with too. */
const binary =
  (text: string) =>
  (bytes: Buffer): boolean =>
    starts(text)(bytes) && bytes.includes(0);
const isZip = starts("PK\u0003\u0004");
/** Whether a zip has an entry in a folder. Names of entries are not compressed. */
const hasEntry =
  (name: string) =>
  (bytes: Buffer): boolean =>
    isZip(bytes) && bytes.includes(name);

/** The first that fits is taken. */
const kinds: readonly Kind[] = [
  { describe: "an Excel workbook", begins: hasEntry("xl/"), next: "save it as csv" },
  { describe: "a Word document", begins: hasEntry("word/"), next: "save it as plain text" },
  { describe: "a PyTorch or NumPy archive", begins: hasEntry(".npy"), next: "write its texts to a csv or text file" },
  { describe: "an Office document", begins: hasEntry("[Content_Types].xml"), next: "save it as csv or plain text" },
  { describe: "a zip file", begins: isZip, next: "unpack it and name a file or folder of it" },
  {
    describe: "an old Excel workbook or Word document",
    begins: starts("\u00D0\u00CF\u0011\u00E0"),
    next: "save it as csv or plain text",
  },
  { describe: "a PDF", begins: starts("%PDF-"), next: "extract its text, as with pdftotext" },
  { describe: "a Parquet file", begins: binary("PAR1"), next: "write it as csv or jsonl, as with DuckDB or pandas" },
  { describe: "an Arrow file", begins: binary("ARROW1"), next: "write it as csv or jsonl, as with pandas" },
  {
    describe: "an SQLite database",
    begins: starts("SQLite format 3\u0000"),
    next: "write a table of it as csv, as with `sqlite3 -csv -header`",
  },
  { describe: "a bzip2 file", begins: binary("BZh"), next: "decompress it with bunzip2" },
  { describe: "an xz file", begins: starts("\u00FD7zXZ\u0000"), next: "decompress it with unxz" },
  { describe: "a Zstandard file", begins: starts("\u0028\u00B5\u002F\u00FD"), next: "decompress it with unzstd" },
  { describe: "a 7z file", begins: starts("7z\u00BC\u00AF\u0027\u001C"), next: "unpack it" },
  { describe: "a RAR file", begins: starts("Rar!\u001A\u0007"), next: "unpack it" },
  { describe: "a NumPy array", begins: starts("\u0093NUMPY"), next: "write it as csv" },
  { describe: "an HDF5 file", begins: starts("\u0089HDF\r\n"), next: "write its texts to a csv or text file" },
  { describe: "a PNG picture", begins: starts("\u0089PNG\r\n"), next: "name a text file" },
  { describe: "a JPEG picture", begins: starts("\u00FF\u00D8\u00FF"), next: "name a text file" },
  {
    describe: "a Python pickle",
    begins: (bytes) => bytes[0] === 0x80 && bytes[1]! >= 2 && bytes[1]! <= 5 && bytes.includes(0),
    next: "write its texts to a csv or jsonl file, as with pandas",
  },
];

/** @param first the first bytes of a text, as many as there are in a chunk @throws UserError with the kind and the next step, if they are those of another kind of file */
export function refuseBinary(name: string, first: Buffer): void {
  const kind = kinds.find(({ begins }) => begins(first));
  if (kind) throw new UserError(`${name}: it is ${kind.describe}, not text; ${kind.next}`);
}
