/** @file What computes here, as people and programs read it. */
import type { Speeds } from "../experiments/backendSpeeds.js";
import type { BackendReport } from "../engine/backends/index.js";
import type { BackendName } from "../common/names.js";
import { version } from "../common/version.js";
import { compact, decimal } from "./numberText.js";
import { formatTable } from "./textTable.js";

const versions = { rnn: version, node: process.versions.node, platform: `${process.platform} ${process.arch}` };

/** @param speeds characters trained a second, of the backends that were measured */
export function diagnosis(report: BackendReport, speeds: Speeds, { json }: { json: boolean }): string {
  const { chosen } = report;
  const faster = [...report.faster, ...advice(chosen, speeds)];
  if (json) {
    const backends = report.backends.map((backend) => ({ ...backend, speed: speeds[backend.name] ?? null }));
    return `${JSON.stringify({ ...report, backends, faster, versions }, null, 2)}\n`;
  }
  const { backends, instructionSet, instructionSets, precisions, threads, processors } = report;
  const lines = [
    ["versions", `rnn ${versions.rnn}, Node ${versions.node}, ${versions.platform}`],
    ["backend", `${chosen}`],
    ...(instructionSet
      ? [
          [
            "kernels",
            instructionSets.length > 1 ? `${instructionSet}, of ${instructionSets.join(", ")}` : instructionSet,
          ],
        ]
      : []),
    [
      "products",
      precisions.includes("bf16")
        ? precisions.join(", ")
        : "fp32; bf16 needs the backend native and a processor with AVX512-BF16",
    ],
    ["threads", `${threads} on ${processors} processors`],
    ...faster.map((text) => ["faster", text]),
    ...(faster.length === 0 ? [["faster", "nothing is left to do"]] : []),
  ];
  return `${lines.map(([title, text]) => `${title!.padEnd(9)} ${text!}`).join("\n")}\n\n${table(backends, chosen, speeds)}`;
}

/** Another backend is worth a word where it is so much faster than the one that computes. */
const worthChoosing = 1.2;

function advice(chosen: BackendName | null, speeds: Speeds): string[] {
  const [fastest, speed] = Object.entries(speeds).reduce((best, next) => (next[1] > best[1] ? next : best));
  const own = chosen === null ? undefined : speeds[chosen];
  return own !== undefined && speed > worthChoosing * own
    ? [
        `${fastest} trained ${decimal(speed / own, 2)} times as fast here as ${chosen}: choose it by --backend ${fastest}`,
      ]
    : [];
}

/** Every backend: what a small character model trains on it, or how to get it. */
function table(backends: BackendReport["backends"], chosen: BackendName | null, speeds: Speeds): string {
  const own = (chosen && speeds[chosen]) ?? NaN;
  return formatTable({
    columns: [
      { key: "name", title: "backend" },
      { key: "speed", title: "characters/s", format: compact },
      { key: "ratio", title: `of ${chosen}`, format: (ratio) => `${decimal(ratio, 2)} ×` },
      { key: "text", title: "" },
    ],
    rows: backends.map(({ name, describe, missing, file }) => ({
      name,
      speed: speeds[name],
      ratio: speeds[name] && speeds[name] / own,
      text: missing === null ? `${describe}${file === null ? "" : `, from ${file}`}` : `not here: ${missing}`,
    })),
  });
}
