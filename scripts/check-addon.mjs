/** @file Whether an addon compiled for another system would load there: what it imports, from where, and how new that is. */
import { readBinary } from "./binaries.mjs";

/** The C library's newest version that symbols may have: that of 2012, which Node itself takes for granted. */
const newestGlibc = [2, 17];
const glibc = /^(libc\.so\.6|libm\.so\.6|libpthread\.so\.0|libdl\.so\.2|ld-linux-(x86-64|aarch64)\.so\.[12])$/;

/** For each platform: the format, the libraries that every such system has, and what else must be. */
const demands = {
  linux: { format: "elf", libraries: glibc, complaint: complaintAboutVersions },
  "linux-musl": { format: "elf", libraries: /^libc\.so$/, complaint: () => null },
  darwin: {
    format: "mach-o",
    libraries: /^\/usr\/lib\/libSystem\.B\.dylib$/,
    complaint: ({ machine, signed }) =>
      machine === "arm64" && !signed ? "has no signature, and macOS wants one" : null,
  },
  win32: { format: "pe", libraries: /^(kernel32|api-ms-win-crt-\w+-l1-1-0)\.dll$/i, complaint: () => null },
};

/**
 * @param {Buffer} bytes of the addon
 * @param {string} system a name such as linux-x64-musl
 * @throws {Error} with what stands against it
 */
export function checkAddon(bytes, system) {
  const [platform, arch, library] = system.split("-");
  const { format, libraries, complaint } = demands[library ? `${platform}-${library}` : platform];
  const binary = readBinary(bytes);
  const strange = binary.libraries.find((name) => !libraries.test(name));
  const problem =
    (binary.format !== format && `is ${binary.format}`) ||
    (binary.machine !== arch && `is for ${binary.machine}`) ||
    (strange && `needs the library ${strange}`) ||
    complaint(binary);
  if (problem) throw new Error(`error: the addon for ${system} ${problem}`);
}

/** What has no version is Node's: nothing else would give it. */
function complaintAboutVersions({ imports }) {
  for (const { name, version } of imports) {
    if (version === null && !name.startsWith("napi_")) return `needs ${name}, and no library of the system has it`;
    const [major, minor = 0] = version
      ?.match(/^GLIBC_(\d+)\.(\d+)/)
      ?.slice(1)
      .map(Number) ?? [0];
    if (major > newestGlibc[0] || (major === newestGlibc[0] && minor > newestGlibc[1]))
      return `needs ${name} of ${version}`;
  }
  return null;
}
