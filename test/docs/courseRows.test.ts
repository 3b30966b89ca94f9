/** @file The table of course rows at the end of the guide, and the tests that refer to its rows. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

/** The number of rows of each course text. */
const lessons = [6, 7, 15, 10, 6];
const rows = lessons.flatMap((count, lesson) => Array.from({ length: count }, (_, row) => `${lesson + 1}.${row + 1}`));

const guide = "docs/guide/README.md";
const table = readFileSync(guide, "utf8").split("## Course rows\n")[1] ?? "";

/** Beside a test: `// Course row 3.4: docs/guide/README.md#course-rows`, or `// Course rows 3.4, 3.5: …`. */
const reference = /\/\/ Course rows? ((?:\d\.\d+(?:, )?)+): docs\/guide\/README\.md#course-rows$/gm;
test("guide: the table has every course row once", () => {
  expect(Array.from(table.matchAll(/^\| (\d\.\d+) /gm), ([, row]) => row)).toEqual(rows);
});

test("guide: every link of the table leads to a heading", () => {
  const anchors = (page: string): string[] =>
    (readFileSync(page, "utf8").match(/^#+ .*/gm) ?? []).map((heading) =>
      heading
        .replace(/^#+ /, "")
        .toLowerCase()
        .replace(/[^\p{L}\p{N} _-]/gu, "")
        .replaceAll(" ", "-"),
    );
  const broken = Array.from(table.matchAll(/\]\(([^)#]*)(?:#([^)]*))?\)/g), ([link, path, anchor]) => {
    const page = path ? join("docs/guide", path) : guide;
    return existsSync(page) && (anchor === undefined || anchors(page).includes(anchor)) ? [] : [link];
  });
  expect(broken.flat()).toEqual([]);
});

test("guide: every course row has a test that refers to it", () => {
  const files = readdirSync("test", { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".test.ts"));
  const texts = files.map((name) => readFileSync(join("test", name), "utf8"));
  const named = new Set(
    texts.flatMap((text) => Array.from(text.matchAll(reference), ([, list]) => list!.split(", "))).flat(),
  );
  expect(rows.filter((row) => !named.has(row))).toEqual([]);
});
