/** @file The name of this system among those that the package has addons for (scripts/prebuilt.mjs). */
import { closeSync, openSync, readSync } from "node:fs";
import { arch, platform } from "node:os";

/** Node's names of platform and processor, with the C library if it is musl, as on Alpine: "linux-x64-musl". */
export const systemName = (): string => {
  const musl = platform() === "linux" && loaderOf("/proc/self/exe").includes("/ld-musl-");
  return `${platform()}-${arch()}${musl ? "-musl" : ""}`;
};

/** The path of the loader in a 64-bit ELF program, which differs by C library; empty if it has none. */
function loaderOf(path: string): string {
  const file = openSync(path, "r");
  const read = (start: number, count: number): Buffer => {
    const bytes = Buffer.alloc(count);
    readSync(file, bytes, 0, count, start);
    return bytes;
  };
  try {
    const header = read(0, 64);
    if (header.toString("latin1", 0, 5) !== "\x7fELF\x02") return "";
    const [start, size, count] = [header.readBigUInt64LE(32), header.readUInt16LE(54), header.readUInt16LE(56)];
    const segments = read(Number(start), size * count);
    for (let offset = 0; offset < segments.length; offset += size)
      if (segments.readUInt32LE(offset) === 3)
        // PT_INTERP
        return read(Number(segments.readBigUInt64LE(offset + 8)), segments.readUInt32LE(offset + 32)).toString(
          "latin1",
        );
    return "";
  } finally {
    closeSync(file);
  }
}
