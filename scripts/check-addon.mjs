/** @file Checks that an addon compiled for another system can be loaded there: its format, its libraries and the versions of its imports. */
import { readBinary } from "./binaries.mjs";

/** The newest version of glibc whose symbols an addon may use. Node itself requires a newer one. */
const newestGlibc = [2, 17];
const glibc = /^(libc\.so\.6|libm\.so\.6|libpthread\.so\.0|libdl\.so\.2|ld-linux-(x86-64|aarch64)\.so\.[12])$/;

/** For each platform: the format, the libraries that every such system has, and a further check, which returns a problem or null. */
const requirements = {
  linux: { format: "elf", libraries: glibc, check: versionProblem },
  "linux-musl": { format: "elf", libraries: /^libc\.so$/, check: () => null },
  darwin: {
    format: "mach-o",
    libraries: /^\/usr\/lib\/libSystem\.B\.dylib$/,
    check: ({ machine, signed }) => (machine === "arm64" && !signed ? "has no signature, which macOS requires" : null),
  },
  win32: { format: "pe", libraries: /^(kernel32|api-ms-win-crt-\w+-l1-1-0)\.dll$/i, check: () => null },
};

/**
 * Checks an addon.
 * @param {Buffer} bytes of the addon
 * @param {string} system a name such as linux-x64-musl
 * @throws {Error} with the first problem found
 */
export function checkAddon(bytes, system) {
  const [platform, arch, library] = system.split("-");
  const { format, libraries, check } = requirements[library ? `${platform}-${library}` : platform];
  const binary = readBinary(bytes);
  const unexpected = binary.libraries.find((name) => !libraries.test(name));
  const problem =
    (binary.format !== format && `is ${binary.format}`) ||
    (binary.machine !== arch && `is for ${binary.machine}`) ||
    (unexpected && `needs the library ${unexpected}`) ||
    check(binary);
  if (problem) throw new Error(`error: the addon for ${system} ${problem}`);
}

/** Imports without a version must be functions of Node-API, which Node itself exports. */
function versionProblem({ imports }) {
  for (const { name, version } of imports) {
    if (version === null && !name.startsWith("napi_")) return `needs ${name}, which no library of the system exports`;
    const [major, minor = 0] = version
      ?.match(/^GLIBC_(\d+)\.(\d+)/)
      ?.slice(1)
      .map(Number) ?? [0];
    if (major > newestGlibc[0] || (major === newestGlibc[0] && minor > newestGlibc[1]))
      return `needs ${name} of ${version}`;
  }
  return null;
}
