/** @file What computes here, as people and programs read it. */
import type { BackendReport } from "../engine/backend.js";
import { version } from "../version.js";

const versions = { rnn: version, node: process.versions.node, platform: `${process.platform} ${process.arch}` };

export function diagnosis(report: BackendReport, { json }: { json: boolean }): string {
  if (json) return `${JSON.stringify({ ...report, versions }, null, 2)}\n`;
  const { chosen, backends, instructionSet, instructionSets, precisions, threads, processors, faster } = report;
  const lines = [
    ["versions", `rnn ${versions.rnn}, Node ${versions.node}, ${versions.platform}`],
    ["backend", `${chosen}`],
    ...(instructionSet ? [["kernels", `${instructionSet}, of ${instructionSets.join(", ")}`]] : []),
    ["products", precisions.includes("bf16") ? precisions.join(", ") : "fp32; bf16 needs a processor with AVX512-BF16"],
    ["threads", `${threads} on ${processors} processors`],
    ...backends.map(({ name, describe, missing, file }) => [
      name,
      `${describe}${file === null ? "" : `; from ${file}`}${missing === null ? "" : `; not here: ${missing}`}`,
    ]),
    ...(faster.length > 0 ? faster.map((advice) => ["faster", advice]) : [["faster", "nothing is left to do"]]),
  ];
  return `${lines.map(([title, text]) => `${title!.padEnd(9)} ${text!}`).join("\n")}\n`;
}
