/** @file Mutated inputs through the real program. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { inputs } from "./inputs.mjs";
import { prepareFolder, tiny, criticLabels } from "./prepare.mjs";
import { eachAtOnce, mutated, oneOf, rnn, wrongEnd } from "./tools.mjs";

/** Command lines on a file; `out` stands for a folder that does not exist yet. */
const commands = [
  (file, out) => ["train", file, ...tiny, "--out", out],
  (file, out) => ["train", file, ...tiny, "--documents", "lines", "--out", out],
  (file) => ["train", file, "--dry-run"],
  (file) => ["classify", "-c", "critic", file],
  (file) => ["classify", "-c", "critic", "--format", "csv", file],
  (file) => ["tag", "-c", "tagger", file],
  (file) => ["score", "-c", "storyteller", file],
  (file) => ["tokenize", file],
  (file) => ["windows", file],
  (file) => ["evaluate", "-c", "critic", file, ...criticLabels],
  (file, out) => ["import", file, "--like", "critic", "--out", out],
];

export async function mutatedInputs({ count, folder, stream }) {
  await prepareFolder(folder);
  const random = stream();
  const attacks = Array.from({ length: count }, (_, attack) => {
    const name = oneOf(random, Object.keys(inputs));
    const bytes = mutated(inputs[name], random);
    return { bytes, argv: oneOf(random, commands)(`${attack}-${name}`, `out-${attack}`), path: `${attack}-${name}` };
  });
  const wrongs = await eachAtOnce(attacks, async ({ bytes, argv, path }) => {
    writeFileSync(join(folder, path), bytes);
    const wrong = wrongEnd(await rnn(argv, { cwd: folder, seconds: 120 }));
    return wrong && `rnn ${argv.join(" ")}: ${wrong}`;
  });
  return { tried: count, failures: wrongs.filter(Boolean) };
}
