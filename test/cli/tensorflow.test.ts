/** @file Commands on TensorFlow: the results of other backends, and no messages of TensorFlow. */
import { expect, test } from "vitest";
import { backendsHere } from "../engine/support.js";
import { rnnProcess as rnn } from "../support/bin.js"; // TensorFlow writes to the descriptor of stderr
import { folderWith } from "../support/folder.js";
import { tale } from "../support/texts.js";

const cwd = folderWith({ "tale.txt": tale(40) });
const reference = backendsHere.find((name) => name !== "tensorflow")!;
const both = (argv: string[], input?: string) =>
  Promise.all(["tensorflow", reference].map((name) => rnn([...argv, "--backend", name], { cwd, input: input ?? "" })));

test.skipIf(!backendsHere.includes("tensorflow"))(
  "tensorflow: train, generate and classify print the same results as other backends, and no message of TensorFlow",
  async () => {
    const options = [
      "--units",
      "16",
      "--embedding",
      "8",
      "--batch-size",
      "4",
      "--sequence-length",
      "10",
      "--epochs",
      "1",
    ];
    const trained = await rnn(["train", "tale.txt", ...options], { cwd, env: { RNN_BACKEND: "tensorflow" } });
    expect(trained).toMatchObject({ code: 0, stdout: "checkpoints/tale\n" });
    expect(trained.stderr).toMatch(/^backend +tensorflow, \d+ threads?\n/m);
    expect(trained.stderr).not.toMatch(/warning(?!: only 33 training steps)|onednn|cpu_feature|deprecat/i);

    const generated = await both(["generate", "-c", "tale", "-p", "the ", "--temperature", "0", "--max-tokens", "40"]);
    expect(generated[0]).toMatchObject({ code: 0, stderr: "" });
    expect(generated[0]).toEqual(generated[1]);

    const texts = "not bad at all\n\nnot worth the money, and a long way from it\n";
    const classified = await both(["classify", "-c", "critic", "--top", "2"], texts);
    expect(classified[0]).toMatchObject({ code: 0, stderr: "" });
    expect(classified[0]).toEqual(classified[1]); // to four digits
  },
);
