/** @file `npm run pictures`: the README's screenshots of the page of `rnn export --to web`, taken by headless Chromium. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { transformSync } from "@swc/wasm-typescript";

const root = fileURLToPath(new URL("..", import.meta.url));

/** The tests' Chromium driver, which needs Node alone. */
const support = readFileSync(join(root, "test/support/chromium.ts"), "utf8").replace(
  /^import .*"\.\/thorough\.js";$/m,
  "const thorough = true;",
);
const { code } = transformSync(support, { mode: "transform", filename: "chromium.ts" });
const { seenIn } = await import(`data:text/javascript,${encodeURIComponent(code)}`);

/** By file name: the model, the actions in the page, and the size of the screen. */
const pictures = {
  "web-writes": {
    model: "storyteller",
    typed: `at("prompt").value = "Once"; at("seed").value = 7; at("max-tokens").value = 300; at("form").requestSubmit();`,
    screen: { width: 620, height: 640, scheme: "light" },
  },
  "web-labels": {
    model: "critic",
    typed: `at("input-text").value = "The plot is thin and the ending is silly, but I could not stop laughing."; at("input-text").dispatchEvent(new Event("input"));`,
    screen: { width: 620, height: 640, scheme: "dark" },
  },
};

const folder = mkdtempSync(join(tmpdir(), "rnn-pictures-"));
for (const [name, { model, typed, screen }] of Object.entries(pictures)) {
  const out = join(folder, name);
  execFileSync(process.execPath, [join(root, "bin/rnn.js"), "export", model, "--to", "web", "--out", out]);
  const act = `(async () => {
    const at = (id) => document.getElementById(id);
    ${typed}
    await new Promise((after) => setTimeout(after, 3000));
    document.activeElement.blur();
  })()`;
  const { picture } = await seenIn(pathToFileURL(join(out, "index.html")).href, act, screen);
  const path = join(root, `docs/pictures/${name}.png`);
  writeFileSync(path, picture);
  console.log(`docs/pictures/${name}.png: ${Math.ceil(picture.length / 1000)} kB`);
}
rmSync(folder, { recursive: true });
