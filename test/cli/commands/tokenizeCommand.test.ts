/** @file `rnn tokenize` on scripts that are written without spaces. */
import { expect, test } from "vitest";
import { rnn } from "../../support/bin.js";
import { folderWith } from "../../support/folder.js";

const cwd = folderWith({
  "scripts.txt": "ラーメンとコーラ。\nแมวกินปลาที่ตลาด\nລາວ ຂ້ອຍ\nကျောင်း\n",
});

test("tokenize: kana with their long-vowel mark, and Thai, Lao and Myanmar, are cut into characters with their marks", async () => {
  const { code, stdout } = await rnn(["tokenize", "scripts.txt"], { cwd });
  expect(code).toBe(0);
  expect(stdout.split("\n").slice(0, 4)).toEqual([
    "ラ ー メ ン と コ ー ラ 。 ⏎",
    "แ ม ว กิ น ป ล า ที่ ต ล า ด ⏎",
    "ລ າ ວ ▁ ຂ້ ອ ຍ ⏎",
    "ကျော င်း ⏎",
  ]);
});
