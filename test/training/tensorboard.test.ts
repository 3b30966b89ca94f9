/** @file Event files for TensorBoard: their records, and TensorBoard's own reading of them. */
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { crc32c } from "../../src/training/eventFile.js";
import { rnn } from "../support/bin.js";
import { folderWith } from "../support/folder.js";
import { documentIn } from "../support/models.js";
import { csvOf, opinions } from "../support/texts.js";

const cwd = folderWith({ "opinions.csv": csvOf(opinions(60)), taken: "a file" });
const quick = ["--epochs", "4", "--embedding", "8", "--units", "8"];
const python = process.env["RNN_PYTHON"] ?? "python3";
const withTensorBoard = spawnSync(python, ["-c", "import tensorboard"]).status === 0;

test("tensorboard: the checksum agrees with the examples of RFC 3720", () => {
  expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
  expect(crc32c(new Uint8Array(32).fill(0xff))).toBe(0x62a8ab43);
  expect(crc32c(Uint8Array.from({ length: 32 }, (_, index) => index))).toBe(0x46dd794e);
});

/** The contents of a file's records, each with its stored length. */
function recordsOf(path: string): Buffer[] {
  const bytes = readFileSync(path);
  const records: Buffer[] = [];
  for (let at = 0; at < bytes.length;) {
    const length = Number(bytes.readBigUInt64LE(at));
    records.push(bytes.subarray(at + 12, at + 12 + length));
    at += 12 + length + 4;
  }
  return records;
}

// Course row 2.7: docs/guide/README.md#course-rows
test("tensorboard: --tensorboard writes every loss and accuracy of a run, and a resumed run adds a file", async () => {
  const trained = await rnn(["train", "opinions.csv", "-o", "judge", "--tensorboard", "board", ...quick], { cwd });
  expect(trained).toMatchObject({ code: 0, stdout: "judge\n" });
  const more = await rnn(["train", "--resume", "./judge", "--epochs", "6", "--tensorboard", "board"], { cwd });
  expect(more.code).toBe(0);
  const files = readdirSync(join(cwd, "board")).toSorted();
  expect(files).toHaveLength(2);
  const texts = files.map((file) => recordsOf(join(cwd, "board", file)).map((record) => record.toString("latin1")));
  for (const [first] of texts) expect(first).toContain("brain.Event:2");
  const evaluations = texts.flat().filter((record) => record.includes("loss/validation"));
  expect(evaluations).toHaveLength(documentIn(join(cwd, "judge")).history.length);
  for (const record of evaluations) expect(record).toContain("accuracy/validation");
  expect(texts.flat().filter((record) => record.includes("loss/test"))).toHaveLength(2);

  const failed = await rnn(["train", "opinions.csv", "--tensorboard", "taken/board", ...quick], { cwd });
  expect(failed).toMatchObject({ code: 1, stdout: "" });
  expect(failed.stderr).toMatch(/could not write to --tensorboard taken\/board: .*name another folder\n$/);
});

test.skipIf(!withTensorBoard)("tensorboard: the Python package reads the event files", async () => {
  await rnn(["train", "opinions.csv", "-o", "read", "--tensorboard", "real", ...quick], { cwd });
  const program = `
import json, sys
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
events = EventAccumulator(sys.argv[1], size_guidance={"scalars": 0})
events.Reload()
print(json.dumps({tag: [[event.step, event.value] for event in events.Scalars(tag)] for tag in events.Tags()["scalars"]}))
`;
  const { stdout } = spawnSync(python, ["-c", program, join(cwd, "real")], { encoding: "utf8" });
  const scalars = JSON.parse(stdout) as Record<string, [number, number][]>;
  const { history } = documentIn(join(cwd, "read"));
  expect(Object.keys(scalars).toSorted()).toEqual([
    "accuracy/test",
    "accuracy/validation",
    "loss/step",
    "loss/test",
    "loss/training",
    "loss/validation",
  ]);
  expect(scalars["loss/validation"]).toEqual(
    history.map(({ step, validation }) => [step, Math.fround(validation as number)]),
  );
});
