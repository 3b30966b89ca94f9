/** @file A folder of encoded corpora that stays after a run. Each entry is a folder under the digest of what it was made from. */
import { createHash, randomUUID } from "node:crypto";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { endianness } from "node:os";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import * as v from "valibot";
import { checked } from "../common/checked.js";
import { codeOf, messageOf, UserError } from "../common/errors.js";
import { makeFoldersSync } from "../common/makeFolders.js";
import { canonicalJson, isJson, type JsonObject, type JsonValue } from "../common/json.js";
import { version } from "../common/version.js";
import { warnOnce } from "../common/warnings.js";
import { reportReading } from "../corpus/sources/readingProgress.js";
import { FileValues } from "./fileValues.js";
import type { GrowingNumbers } from "./growingNumbers.js";
import { type ElementType, type Storage, unkept, type ValueArray } from "./tokenStore.js";

const prefix = "rnn-cache-";
const unfinishedSuffix = ".part";
const entryFile = "entry.json";
const layout = 1;
const abandonedMs = 24 * 60 * 60 * 1000; // a run writes into its unfinished entry more often
const copiedTogether = 1 << 18; // values

const elementTypes: Record<string, ElementType> = { Uint8Array, Uint16Array, Int32Array, Float32Array, Float64Array };
const typeName = (type: unknown): string => Object.keys(elementTypes).find((name) => elementTypes[name] === type)!;

const entrySchema = v.strictObject({
  data: v.custom<JsonValue>((value) => isJson(value)),
  files: v.array(v.strictObject({ name: v.string(), type: v.string(), bytes: v.number(), sha256: v.string() })),
});
type Entry = v.InferOutput<typeof entrySchema>;

/** What was stored under a key: numbers by name, and JSON. */
export type CachedEntry = { data: JsonValue; storage: Storage; dispose: () => void };

/** A storage that becomes an entry. */
export type EntryDraft = {
  storage: Storage;
  /** Ends the writing; the stores of the draft are closed. @returns the entry, or that of another process which was faster */
  keep(key: JsonObject, data: JsonValue): Promise<CachedEntry>;
  /** Removes its files. */
  discard(): void;
};

/** An entry that is complete has its name by a rename, and is never changed; its readers are not disturbed if it is removed. */
export class TokenCache {
  constructor(private readonly folder: string) {}

  /** The entry of a key. A damaged one is removed with a warning. @returns undefined for none */
  async open(key: JsonObject): Promise<CachedEntry | undefined> {
    const path = this.pathOf(key);
    if (!existsSync(path)) return undefined;
    try {
      return await openEntry(path, true);
    } catch (error) {
      warnOnce(`${path}: damaged or cut off (${messageOf(error)}); the tokens are made again`);
      this.remove(path);
      return undefined;
    }
  }

  /** @throws UserError if the folder cannot be written */
  draft(): EntryDraft {
    const path = join(this.folder, `${prefix}${randomUUID()}${unfinishedSuffix}`);
    try {
      makeFoldersSync(this.folder);
      this.removeAbandoned();
      mkdirSync(path);
    } catch (error) {
      throw this.failure(error);
    }
    const stores = new Map<string, FileValues<ValueArray>>();
    const numbers = new Map<string, { type: ElementType; values: GrowingNumbers }>();
    const storage: Storage = {
      store: (name, type) => {
        const store = FileValues.create(join(path, fileName(name)), type);
        stores.set(name, store);
        return store;
      },
      numbers: (name, type) => {
        const values = unkept.numbers(name, type);
        numbers.set(name, { type, values });
        return values;
      },
      stored: () => null,
    };
    const discard = (): void => {
      for (const store of stores.values()) store.dispose();
      rmSync(path, { recursive: true, force: true });
    };
    const keep = async (key: JsonObject, data: JsonValue): Promise<CachedEntry> => {
      for (const [name, { type, values }] of numbers) {
        const store = storage.store(name, type);
        for (let start = 0; start < values.length; start += copiedTogether)
          store.push(values.slice(start, start + copiedTogether));
      }
      const files: Entry["files"] = [];
      for (const [name, store] of stores) {
        store.flush();
        files.push({
          name,
          type: typeName(store.type),
          bytes: store.length * store.type.BYTES_PER_ELEMENT,
          sha256: await sha256Of(path, store),
        });
        store.dispose();
      }
      return this.publish(path, this.pathOf(key), { data, files });
    };
    return { storage, keep, discard };
  }

  private async publish(path: string, target: string, entry: Entry): Promise<CachedEntry> {
    let isOwn = true;
    try {
      const content = canonicalJson(entry);
      writeFileSync(join(path, entryFile), `{"sha256":"${sha256(content)}","content":${content}}\n`, { flag: "wx" });
      renameSync(path, target);
    } catch (error) {
      rmSync(path, { recursive: true, force: true });
      if (!["EEXIST", "ENOTEMPTY", "EPERM"].includes(codeOf(error) ?? "") || !existsSync(join(target, entryFile)))
        throw this.failure(error);
      isOwn = false;
    }
    return openEntry(target, !isOwn).catch((error: unknown) => {
      throw this.failure(error);
    });
  }

  private pathOf(key: JsonObject): string {
    return join(this.folder, prefix + sha256(canonicalJson({ layout, version, byteOrder: endianness(), key })));
  }

  /** Moves the entry away first, so that no other process opens half of it. */
  private remove(path: string): void {
    try {
      if (!lstatSync(path).isDirectory()) return; // not ours
      const aside = join(this.folder, `${prefix}${randomUUID()}${unfinishedSuffix}`);
      renameSync(path, aside);
      rmSync(aside, { recursive: true, force: true });
    } catch {
      // another process removed it, or it is another person's
    }
  }

  /** Removes what killed processes left unfinished. */
  private removeAbandoned(): void {
    for (const name of readdirSync(this.folder)) {
      const path = join(this.folder, name);
      try {
        if (unfinishedName.test(name) && Date.now() - lastWrite(path) > abandonedMs)
          rmSync(path, { recursive: true, force: true });
      } catch {
        // another process removed it, or it is another person's
      }
    }
  }

  private failure(error: unknown): UserError {
    return new UserError(
      `could not keep the tokens in ${this.folder}: ${messageOf(error)}; name another folder with --token-cache`,
      { cause: error },
    );
  }
}

const unfinishedName = /^rnn-cache-[\da-f]{8}-[\da-f-]{27}\.part$/;

/** When something in a folder was last written, in milliseconds. */
const lastWrite = (folder: string): number =>
  Math.max(...[".", ...readdirSync(folder)].map((name) => lstatSync(join(folder, name)).mtimeMs));

const fileName = (name: string): string => `${name}.bin`;

/** @throws UserError for an entry that is not as it was written, and errors of the system */
async function openEntry(path: string, verify: boolean): Promise<CachedEntry> {
  const { data, files } = readEntry(join(path, entryFile));
  const stores = new Map<string, FileValues<ValueArray>>();
  const dispose = (): void => {
    for (const store of stores.values()) store.dispose();
  };
  try {
    for (const { name, type, bytes, sha256: expected } of files) {
      const store = FileValues.open(join(path, fileName(name)), elementTypes[type]!);
      stores.set(name, store);
      if (store.length * store.type.BYTES_PER_ELEMENT !== bytes) throw new UserError(`${name} has another size`);
      if (verify && (await sha256Of(path, store)) !== expected) throw new UserError(`${name} has another digest`);
    }
  } catch (error) {
    dispose();
    throw error;
  }
  const stored = <Values extends ValueArray>(name: string) => (stores.get(name) ?? null) as FileValues<Values> | null;
  const required = <Values extends ValueArray>(name: string): FileValues<Values> => {
    const store = stored<Values>(name);
    if (store) return store;
    throw new UserError(`${path}: ${name} is missing; remove this folder`);
  };
  const storage: Storage = {
    store: (name) => required(name),
    numbers: (name, type) => {
      const values = unkept.numbers(name, type);
      const store = required(name);
      for (let start = 0; start < store.length; start += copiedTogether)
        for (const value of store.slice(start, start + copiedTogether)) values.push(value);
      store.dispose();
      return values;
    },
    stored,
  };
  return { data, storage, dispose };
}

/** @throws UserError unless the file has the digest that it records */
function readEntry(path: string): Entry {
  const found: unknown = JSON.parse(readFileSync(path, "utf8"));
  const problem = (problems: string): string => `${entryFile}: ${problems}`;
  const { sha256: expected, content } = checked(
    v.strictObject({ sha256: v.string(), content: entrySchema }),
    found,
    problem,
  );
  if (sha256(canonicalJson(content)) !== expected) throw new UserError(`${entryFile} has another digest`);
  return content;
}

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

async function sha256Of(name: string, store: FileValues<ValueArray>): Promise<string> {
  const hash = createHash("sha256");
  for (let start = 0; start < store.length; start += copiedTogether) {
    hash.update(store.slice(start, start + copiedTogether));
    reportReading({ name, read: Math.min(store.length, start + copiedTogether), total: store.length });
    await setImmediate(); // for signals and timers, because files are read without waiting
  }
  return hash.digest("hex");
}
