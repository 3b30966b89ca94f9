/** @file Reads members of a zip archive. Sizes are not believed and checksums are checked, which fflate leaves to its callers. */
import { crc32, inflateRawSync } from "node:zlib";
import { messageOf, UserError } from "../../common/errors.js";

/** Signatures and the sizes of headers without their variable parts (PKWARE's APPNOTE, 4.3). */
const end = { signature: 0x06054b50, bytes: 22, maxComment: 0xffff };
const central = { signature: 0x02014b50, bytes: 46 };
const local = { signature: 0x04034b50, bytes: 30 };
const stored = 0;
const deflated = 8;

/** Weights and configurations compress less; what grows more is not allocated. */
const maxGrowth = 100;
const freeGrowth = 2 ** 24; // bytes that a member may have whatever its compressed size

type Member = { name: string; method: number; flags: number; crc: number; packed: number; size: number; at: number };

/**
 * The bytes of the members that have these names; a member that the archive lacks is absent.
 * @param limits the maximal size of each member in bytes, by name
 * @throws UserError for a damaged archive, and for a member that is encrypted, too large or compressed by another method
 */
export function zipMembers(bytes: Uint8Array, limits: Readonly<Record<string, number>>): Map<string, Uint8Array> {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const found = new Map<string, Uint8Array>();
  for (const member of membersOf(view)) {
    const limit = Object.hasOwn(limits, member.name) ? limits[member.name] : undefined;
    if (limit !== undefined) found.set(member.name, contentOf(view, member, limit));
  }
  return found;
}

/** The entries of the central directory. */
function* membersOf(view: Buffer): Generator<Member> {
  const from = Math.max(0, view.length - end.bytes - end.maxComment);
  let at = view.length - end.bytes;
  while (at >= from && view.readUInt32LE(at) !== end.signature) at--;
  if (at < from) throw new UserError("it is not a whole zip archive: its directory is missing");
  const count = view.readUInt16LE(at + 10);
  let entry = view.readUInt32LE(at + 16);
  for (let index = 0; index < count; index++) {
    if (entry + central.bytes > at || view.readUInt32LE(entry) !== central.signature)
      throw new UserError("its zip directory is damaged");
    const nameLength = view.readUInt16LE(entry + 28);
    yield {
      name: view.toString("utf8", entry + central.bytes, entry + central.bytes + nameLength),
      flags: view.readUInt16LE(entry + 8),
      method: view.readUInt16LE(entry + 10),
      crc: view.readUInt32LE(entry + 16),
      packed: view.readUInt32LE(entry + 20),
      size: view.readUInt32LE(entry + 24),
      at: view.readUInt32LE(entry + 42),
    };
    entry += central.bytes + nameLength + view.readUInt16LE(entry + 30) + view.readUInt16LE(entry + 32);
  }
}

function contentOf(view: Buffer, { name, method, flags, crc, packed, size, at }: Member, limit: number): Uint8Array {
  if (flags & 1) throw new UserError(`its ${name} is encrypted`);
  if (size > limit || size > Math.max(freeGrowth, maxGrowth * packed))
    throw new UserError(`its ${name} would have ${size} bytes, of ${packed} in the file, which is too much`);
  if (at + local.bytes > view.length || view.readUInt32LE(at) !== local.signature)
    throw new UserError(`its ${name} is damaged: there is no header`);
  const begin = at + local.bytes + view.readUInt16LE(at + 26) + view.readUInt16LE(at + 28);
  if (begin + packed > view.length) throw new UserError(`its ${name} is damaged: its end is missing`);
  const content = unpacked(view.subarray(begin, begin + packed), name, method, size);
  if (content.length !== size)
    throw new UserError(`its ${name} is damaged: ${content.length} bytes instead of ${size}`);
  if (crc32(content) !== crc) throw new UserError(`its ${name} is damaged: its checksum (CRC) differs`);
  return content;
}

/** @param size more bytes than these are not decompressed */
function unpacked(packed: Buffer, name: string, method: number, size: number): Uint8Array {
  if (method === stored) return packed;
  if (method !== deflated) throw new UserError(`its ${name} is compressed by method ${method}, which is not supported`);
  try {
    return inflateRawSync(packed, { maxOutputLength: Math.max(1, size) });
  } catch (error) {
    throw new UserError(`its ${name} is damaged: ${messageOf(error)}`, { cause: error });
  }
}
