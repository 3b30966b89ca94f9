/** @file Damaged and hostile files of weights end an import with one line, and nothing is written. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Unzipped, unzipSync, zipSync } from "fflate";
import { beforeAll, expect, test } from "vitest";
import { encodeSafetensors, type NamedArrays } from "../../../src/checkpoint/safetensors.js";
import { rnn } from "../../support/bin.js";
import { folderWith } from "../../support/folder.js";

const cwd = folderWith({});
let whole: Buffer;
let files: Unzipped;

beforeAll(async () => {
  expect((await rnn(["export", "critic", "--to", "keras", "--out", "keras"], { cwd })).code).toBe(0);
  whole = readFileSync(join(cwd, "keras/model.keras"));
  files = unzipSync(whole);
});

/** Imports a file of these bytes. @returns the message of the one line */
async function failureOf(name: string, bytes: Uint8Array): Promise<string> {
  writeFileSync(join(cwd, name), bytes);
  const { code, stdout, stderr } = await rnn(["import", name, "--like", "critic", "--out", "out"], { cwd });
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toMatch(/^rnn: [^\n]{1,400}\n$/);
  expect(existsSync(join(cwd, "out"))).toBe(false);
  return stderr;
}

/** The archive with a number of its central directory replaced. @param field its offset in the entry of the weights */
function withEntry(field: number, value: number): Buffer {
  const bytes = Buffer.from(whole);
  const entry = bytes.lastIndexOf("model.weights.h5") - 46;
  bytes.writeUInt32LE(value, entry + field);
  return bytes;
}

test("import: a changed byte of the weights in a Keras file is a checksum that differs", async () => {
  const bytes = Buffer.from(whole);
  bytes[Math.floor(bytes.length / 2)]! ^= 1;
  expect(await failureOf("changed.keras", bytes)).toContain("model.weights.h5 is damaged: its checksum (CRC) differs");
});

test("import: a Keras file whose sizes lie is one line", async () => {
  expect(await failureOf("longer.keras", withEntry(24, 2 ** 31 - 2))).toContain("which is too much");
  expect(await failureOf("huge.keras", withEntry(24, 2 ** 32 - 1))).toContain("which is too much");
  expect(await failureOf("shorter.keras", withEntry(24, 1000))).toContain("bytes instead of 1000");
  expect(await failureOf("missing.keras", withEntry(20, 2 ** 31))).toMatch(/too much|its end is missing/);
  expect(await failureOf("elsewhere.keras", withEntry(42, 2 ** 31))).toContain("there is no header");
  expect(await failureOf("cut.keras", whole.subarray(0, -30))).toContain("its directory is missing");
});

test("import: a zip bomb is one line, in little memory", async () => {
  const bomb = zipSync({ ...files, "config.json": new Uint8Array(2 ** 26).fill(0x20) });
  expect(bomb.length).toBeLessThan(whole.length + 2 ** 18);
  expect(await failureOf("bomb.keras", bomb)).toContain("config.json would have 67108864 bytes");
  const nested = new TextEncoder().encode(`{"class_name":${"[".repeat(100_000)}${"]".repeat(100_000)}}`);
  expect(await failureOf("nested.keras", zipSync({ ...files, "config.json": nested }))).toContain("config.json");
  const weights = zipSync({ ...files, "model.weights.h5": new Uint8Array(2 ** 26) });
  expect(await failureOf("weights.keras", weights)).toContain("model.weights.h5 would have 67108864 bytes");
});

test("import: weights that are not finite are named", async () => {
  expect((await rnn(["export", "critic", "--to", "safetensors", "--out", "torch"], { cwd })).code).toBe(0);
  for (const wrong of [NaN, -Infinity]) {
    const stored = readFileSync(join(cwd, "torch/model.safetensors"));
    stored.writeFloatLE(wrong, stored.length - 4);
    expect(await failureOf("wrong.safetensors", stored)).toContain(`not finite (${wrong})`);
  }
});

test("import: safetensors with a wrong length of the header or a lying shape are one line", async () => {
  const arrays: NamedArrays = new Map([["a", { shape: [2], values: new Float32Array(2) }]]);
  const good = Buffer.concat(encodeSafetensors(arrays));
  for (const length of [0n, 1n, 2n ** 24n + 1n, 2n ** 63n]) {
    const bytes = Buffer.from(good);
    bytes.writeBigUInt64LE(length);
    expect(await failureOf("header.safetensors", bytes)).toContain("damaged safetensors");
  }
  const text = `{"a":{"dtype":"F32","shape":[1000000,1000000],"data_offsets":[0,8]}}`;
  const lying = Buffer.concat([Buffer.alloc(8), Buffer.from(text), Buffer.alloc(8)]);
  lying.writeBigUInt64LE(BigInt(text.length));
  expect(await failureOf("shape.safetensors", lying)).toContain("needs 4000000000000 bytes");
});

test("import: rnn's own Keras export with states or masks says what to use instead", async () => {
  expect((await rnn(["export", "storyteller", "--to", "keras", "--out", "teller"], { cwd })).code).toBe(0);
  for (const [folder, like] of [
    ["teller", "storyteller"],
    ["keras", "critic"],
  ] as const) {
    const { code, stderr } = await rnn(["import", `${folder}/model.keras`, "--like", like], { cwd });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^rnn: \S+\/model\.keras was exported by rnn with states or masks .*--to safetensors\n$/);
  }
});
