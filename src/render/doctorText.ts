/** @file The result of `rnn doctor` as text and JSON: the backends, their speeds, and how to get a faster one. */
import type { BackendName } from "../common/names.js";
import { version } from "../common/version.js";
import type { BackendReport } from "../engine/backends/index.js";
import type { PrecisionSpeeds, Speeds } from "../experiments/backendSpeeds.js";
import { compact, decimal } from "./numberText.js";
import { defaultWidth, formatTable, type LabeledLine, labeledLines } from "./textTable.js";

const versions = { rnn: version, node: process.versions.node, platform: `${process.platform} ${process.arch}` };

/** @param report with the characters per second in training, of the backends and precisions that were measured */
export function diagnosis(
  { speeds, ...report }: BackendReport & { speeds: Speeds; precisionSpeeds: PrecisionSpeeds },
  { json, width = defaultWidth }: { json: boolean; width?: number },
): string {
  const { backends, chosen, precisionSpeeds } = report;
  const faster = [...report.faster, ...advice(chosen, speeds), ...precisionAdvice(precisionSpeeds)];
  if (json) {
    const measured = backends.map((backend) => ({ ...backend, speed: speeds[backend.name] ?? null }));
    return `${JSON.stringify({ ...report, backends: measured, faster, versions }, null, 2)}\n`;
  }
  const { instructionSet, instructionSets, threads, processors } = report;
  const others = instructionSets.filter((name) => name !== instructionSet);
  const machine: LabeledLine[] = [
    ["versions", `rnn ${versions.rnn}, Node ${versions.node}, ${versions.platform}`],
    ["backend", chosen ?? "none"],
    [
      "instruction set",
      instructionSet === null
        ? undefined
        : `${instructionSet}${others.length > 0 ? ` (also available: ${others.join(", ")})` : ""}`,
    ],
    ["precision", precisionText(precisionSpeeds)],
    ["threads", `${threads} on ${processors} processors`],
    ...(faster.length > 0 ? faster : ["the fastest backend is in use"]).map((text): LabeledLine => ["advice", text]),
  ];
  const descriptions = backends.map(({ name, describe, missing, file }): LabeledLine => [
    name,
    missing === null ? `${describe}${file === null ? "" : `, from ${file}`}` : `not available: ${missing}`,
  ]);
  const blocks = [labeledLines(machine, width), labeledLines(descriptions, width)].map(
    (lines) => `${lines.join("\n")}\n`,
  );
  return [...blocks, speedTable(chosen, speeds, width)].join("\n");
}

function precisionText({ fp32, bf16 }: PrecisionSpeeds): string {
  if (fp32 === undefined || bf16 === undefined)
    return "fp32; bf16 needs the native backend and a processor with AMX or AVX512-BF16";
  return `fp32 ${compact(fp32)} characters/s, bf16 ${compact(bf16)} characters/s in training`;
}

/** --precision auto measures the network itself, which may have another proportion. */
const precisionAdvice = ({ fp32, bf16 }: PrecisionSpeeds): string[] =>
  fp32 !== undefined && bf16 !== undefined && bf16 > worthwhileFactor * fp32
    ? [`bf16 trains ${decimal(bf16 / fp32, 2)} times as fast as fp32 on this machine; use --precision auto`]
    : [];

/** A backend or a precision is recommended if it is faster than the one in use by this factor. */
const worthwhileFactor = 1.2;

function advice(chosen: BackendName | null, speeds: Speeds): string[] {
  const [fastest, speed] = Object.entries(speeds).reduce((best, next) => (next[1] > best[1] ? next : best));
  const own = chosen === null ? undefined : speeds[chosen];
  return own !== undefined && speed > worthwhileFactor * own
    ? [
        `${fastest} trains ${decimal(speed / own, 2)} times as fast as ${chosen} on this machine; use --backend ${fastest}`,
      ]
    : [];
}

/** The speed of each measured backend with a small character model. */
function speedTable(chosen: BackendName | null, speeds: Speeds, width: number): string {
  const own = (chosen && speeds[chosen]) ?? NaN;
  const columns = [
    { key: "name", title: "backend" },
    { key: "speed", title: "training speed", format: (speed: number) => `${compact(speed)} characters/s` },
    { key: "ratio", title: `relative to ${chosen}`, format: (ratio: number) => `${decimal(ratio, 2)}×`, rank: 1 },
  ];
  const rows = Object.entries(speeds).map(([name, speed]) => ({ name, speed, ratio: speed / own }));
  return formatTable({ columns, rows }, width);
}
