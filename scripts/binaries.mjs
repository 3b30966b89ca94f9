/** @file Reads the dependencies of a shared library from its bytes: 64-bit ELF (Linux), Mach-O (macOS) and PE (Windows). */

/**
 * @typedef {{ format: "elf" | "mach-o" | "pe", machine: "x64" | "arm64" | undefined, libraries: string[],
 *   imports: { name: string, version: string | null }[], signed: boolean }} Binary `signed`: whether a Mach-O file has a signature
 * @param {Buffer} bytes @returns {Binary}
 * @throws {Error} for any other format
 */
export function readBinary(bytes) {
  if (bytes.toString("latin1", 0, 4) === "\x7fELF") return readElf(bytes);
  if (bytes.readUInt32LE(0) === 0xfeedfacf) return readMachO(bytes);
  if (bytes.toString("latin1", 0, 2) === "MZ") return readPe(bytes);
  throw new Error("the file is neither ELF nor Mach-O nor PE");
}

const textAt = (bytes, start) => bytes.toString("latin1", start, bytes.indexOf(0, start));
const wide = (bytes, at) => Number(bytes.readBigUInt64LE(at));
const range = (count, size, start = 0) => Array.from({ length: count }, (_, index) => start + index * size);

const elf = { machines: { 62: "x64", 183: "arm64" }, dynamic: 6, symbols: 11, needs: 0x6ffffffe, versions: 0x6fffffff };

function readElf(bytes) {
  const sections = range(bytes.readUInt16LE(60), 64, wide(bytes, 40)).map((at) => ({
    type: bytes.readUInt32LE(at + 4),
    start: wide(bytes, at + 24),
    size: wide(bytes, at + 32),
    link: bytes.readUInt32LE(at + 40),
  }));
  const find = (type) => sections.find((section) => section.type === type);
  const textsOf = (section) => sections[section.link].start;
  const [dynamic, symbols] = [find(elf.dynamic), find(elf.symbols)];
  const needed = range(dynamic.size / 16, 16, dynamic.start).filter((at) => wide(bytes, at) === 1);
  // .gnu.version has a number for each symbol; .gnu.version_r maps these numbers to the versions of each library.
  const [numbers, required] = [find(elf.versions), find(elf.needs)];
  const names = required ? elfVersions(bytes, required, textsOf(required)) : new Map();
  return {
    format: "elf",
    machine: elf.machines[bytes.readUInt16LE(18)],
    libraries: needed.map((at) => textAt(bytes, textsOf(dynamic) + wide(bytes, at + 8))),
    imports: range(symbols.size / 24, 24)
      .map((offset, index) => ({ at: symbols.start + offset, index }))
      .filter(({ at, index }) => index > 0 && bytes.readUInt16LE(at + 6) === 0)
      .map(({ at, index }) => ({
        name: textAt(bytes, textsOf(symbols) + bytes.readUInt32LE(at)),
        version: (numbers && names.get(bytes.readUInt16LE(numbers.start + 2 * index) & 0x7fff)) ?? null,
      })),
    signed: false,
  };
}

function elfVersions(bytes, { start }, texts) {
  const names = new Map();
  for (let library = start, next; next !== 0; library += next) {
    next = bytes.readUInt32LE(library + 12);
    let version = library + bytes.readUInt32LE(library + 8);
    for (let count = bytes.readUInt16LE(library + 2); count > 0; count--) {
      names.set(bytes.readUInt16LE(version + 6), textAt(bytes, texts + bytes.readUInt32LE(version + 8)));
      version += bytes.readUInt32LE(version + 12);
    }
  }
  return names;
}

const machO = { machines: { 0x01000007: "x64", 0x0100000c: "arm64" }, symbols: 0x2, library: 0xc, signature: 0x1d };

function readMachO(bytes) {
  const commands = [];
  for (let at = 32, left = bytes.readUInt32LE(16); left > 0; left--, at += bytes.readUInt32LE(at + 4))
    commands.push({ type: bytes.readUInt32LE(at), at });
  const all = (type) => commands.filter((command) => command.type === type).map(({ at }) => at);
  const [table] = all(machO.symbols);
  const [start, count, texts] = [8, 12, 16].map((offset) => bytes.readUInt32LE(table + offset));
  return {
    format: "mach-o",
    machine: machO.machines[bytes.readUInt32LE(4)],
    libraries: all(machO.library).map((at) => textAt(bytes, at + bytes.readUInt32LE(at + 8))),
    imports: range(count, 16, start)
      .filter((at) => (bytes[at + 4] & 0x0e) === 0) // of type undefined
      .map((at) => ({ name: textAt(bytes, texts + bytes.readUInt32LE(at)).replace(/^_/, ""), version: null })),
    signed: all(machO.signature).length > 0,
  };
}

const pe = { machines: { 0x8664: "x64", 0xaa64: "arm64" } };

function readPe(bytes) {
  const header = bytes.readUInt32LE(60) + 4;
  const optional = header + 20;
  const sections = range(bytes.readUInt16LE(header + 2), 40, optional + bytes.readUInt16LE(header + 16)).map((at) => ({
    address: bytes.readUInt32LE(at + 12),
    size: bytes.readUInt32LE(at + 16),
    start: bytes.readUInt32LE(at + 20),
  }));
  const offsetOf = (address) => {
    const section = sections.find((one) => address >= one.address && address < one.address + one.size);
    return address - section.address + section.start;
  };
  const libraries = [];
  const imports = [];
  for (let at = offsetOf(bytes.readUInt32LE(optional + 120)); bytes.readUInt32LE(at + 12) !== 0; at += 20) {
    libraries.push(textAt(bytes, offsetOf(bytes.readUInt32LE(at + 12))));
    for (let entry = offsetOf(bytes.readUInt32LE(at)); wide(bytes, entry) !== 0; entry += 8)
      imports.push({ name: textAt(bytes, offsetOf(bytes.readUInt32LE(entry)) + 2), version: null });
  }
  return { format: "pe", machine: pe.machines[bytes.readUInt16LE(header)], libraries, imports, signed: false };
}
