/** @file NO_COLOR on a terminal. */
import { expect, test } from "vitest";
import { bin } from "../../support/bin.js";
import { folderWith } from "../../support/folder.js";
import { hasPty, onTerminal } from "../../support/pty.js";
import { tale } from "../../support/texts.js";

const cwd = folderWith({ "tale.txt": tale(60) });

test.skipIf(!hasPty)("terminal: with NO_COLOR the spinner and the progress have no colors", () => {
  const line = `"${process.execPath}" "${bin}" train tale.txt --epochs 1 --units 8 --threads 1 --out teller`;
  const { code, screen } = onTerminal(line, { cwd, env: { NO_COLOR: "1" } });
  expect(code).toBe(0);
  expect(screen).toContain("reading the corpus");
  // oxlint-disable-next-line no-control-regex -- the start of a color
  expect(screen).not.toMatch(/\u001B\[[\d;]*m/);
});
