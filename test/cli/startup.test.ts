/** @file The files that a command loads, which determine its start-up time: their number, and the packages in them. */
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { rnn } from "../support/bin.js";
import { folderWith } from "../support/folder.js";

const cwd = folderWith({ "opinions.csv": "text\nwarm\n" });

/** Records each file that is loaded: modules by a hook, CommonJS at the end of the process. */
const hook = `import { appendFileSync } from "node:fs";
export const load = (url, context, next) => (appendFileSync(process.env.LOADED, url + "\\n"), next(url, context));`;
const preload = `import module from "node:module";
import { appendFileSync } from "node:fs";
module.register("data:text/javascript," + encodeURIComponent(${JSON.stringify(hook)}));
process.on("exit", () => appendFileSync(process.env.LOADED, Object.keys(module._cache).map((path) => "file://" + path + "\\n").join("")));`;

/** The files that a command loads, and the packages in them. */
async function loadedBy(argv: string[], input = ""): Promise<{ files: string[]; packages: Set<string> }> {
  const list = join(folderWith({}), "loaded.txt");
  const NODE_OPTIONS = `--import=data:text/javascript,${encodeURIComponent(preload)}`;
  const { code, stderr } = await rnn(argv, { cwd, input, env: { NODE_OPTIONS, LOADED: list } });
  expect(code, stderr).toBe(0);
  const urls = readFileSync(list, "utf8").split("\n");
  const files = [...new Set(urls.filter((url) => url.startsWith("file:")))].map((url) => fileURLToPath(url));
  const packages = files.flatMap((file) => {
    const inside = /^\/\* packages: (.*) \*\/$/m.exec(readFileSync(file, "utf8"))?.[1];
    return inside?.split(" ") ?? /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1] ?? [];
  });
  return { files, packages: new Set(packages) };
}

const heavy = [
  "@tensorflow/tfjs-core",
  "@tensorflow/tfjs-backend-cpu",
  "valibot",
  "csv-parse",
  "ora",
  "chalk",
  "h5wasm",
  "fflate",
];

test("help: the list of commands loads one file", async () => {
  for (const argv of [["--help"], ["--version"]]) {
    const { files } = await loadedBy(argv);
    expect(files.map((file) => basename(file))).toEqual(["rnn.js", "rnn.cjs"]);
  }
});

test("help: a command loads the declared options and nothing that computes", async () => {
  const { files, packages } = await loadedBy(["train", "--help"]);
  expect(heavy.filter((name) => packages.has(name))).toEqual([]);
  expect(files.length).toBeLessThanOrEqual(4);
});

test("classify: plain lines load the kernels, but no TF.js, no reader of tables and no progress display", async () => {
  const { files, packages } = await loadedBy(["classify", "-c", "critic"], "a fine book\n");
  expect(packages).not.toContain("@tensorflow/tfjs-core");
  expect(packages).not.toContain("csv-parse");
  expect(packages).not.toContain("ora");
  expect(files.length).toBeLessThanOrEqual(6);
});

test("classify: a table loads the reader of tables", async () => {
  const { packages } = await loadedBy(["classify", "-c", "critic", "opinions.csv"]);
  expect(packages).toContain("csv-parse");
});

test("generate: a network that the decoder runs loads no TF.js", async () => {
  const { files, packages } = await loadedBy([
    "generate",
    "-c",
    "storyteller",
    "--prompt",
    "The fox",
    "--max-tokens",
    "3",
  ]);
  expect(packages).not.toContain("@tensorflow/tfjs-core");
  expect(files.length).toBeLessThanOrEqual(6);
});

test("classify and generate: element-wise cells, layer normalization and residual connections load no TF.js", async () => {
  const labeled = Array.from({ length: 40 }, (_, index) => `${index % 2 ? "warm" : "cold"} ${index},${index % 2}`);
  const files = {
    "labeled.csv": ["text,label", ...labeled].join("\n"),
    "text.txt": "the cat sat on the mat. ".repeat(60),
  };
  const folder = folderWith(files);
  const network = ["--units", "8,8", "--layer-norm", "--residual", "--epochs", "1", "--cell"];
  const [classifier, generator] = [join(folder, "classifier"), join(folder, "generator")];
  const trained = [
    ["train", join(folder, "labeled.csv"), ...network, "hgrn", "--out", classifier],
    ["train", join(folder, "text.txt"), ...network, "sru", "--out", generator],
  ];
  for (const argv of trained) {
    const { code, stderr } = await rnn(argv, { cwd });
    expect(code, stderr).toBe(0);
  }
  const labeling = await loadedBy(["classify", "-c", classifier], "a warm day\n");
  const writing = await loadedBy(["generate", "-c", generator, "--prompt", "the cat", "--max-tokens", "3"]);
  for (const { packages } of [labeling, writing]) expect(packages).not.toContain("@tensorflow/tfjs-core");
});
