/** @file `rnn step`: a cell's equations with numbers. */
import { UsageError, UserError } from "../../common/errors.js";
import { engineOptions, outputOptions, stepOptions } from "../../options/options.js";
import { command } from "./command.js";

export default command({
  usage: "step [numbers..]",
  describe: "Take a recurrent cell step by step: each of its equations, with numbers.",
  reads: "the numbers of one step, or with - a line of numbers for each step; without any, numbers from the seed",
  writes: "a table for each step: input, state, gates, candidate and the new state; with --json a line for each step",
  options: { ...stepOptions, ...outputOptions, ...engineOptions },
  examples: [
    ["rnn step", "an LSTM of 4 units, one input of shape [1, 6]"],
    ["rnn step --cell gru --units 2 0.5 -1 2", "a GRU of 2 units reads three numbers"],
    ["printf '1 0\\n0 1\\n' | rnn step --cell rnn -", "two steps; the second goes on from the state of the first"],
  ],
  handler: async ({ cell, units, inputs, steps, seed, json, ...engine }, { words, given }) => {
    const useless =
      words.length === 0 ? undefined : (["inputs", "steps"] as const).find((name) => given[name] !== undefined);
    if (useless !== undefined) throw new UsageError(`--${useless} is of no use here: the numbers are given`);
    const { terminal } = await import("../terminal/terminal.js");
    const { readInput } = await import("../terminal/input.js");
    const { startEngine } = await import("../../model/model.js");
    const { cellSteps, randomRows } = await import("../../network/cellSteps.js");
    const { stepLines, stepText } = await import("../../render/cellStepsText.js");
    const lines =
      words.join(" ") === "-"
        ? (await readInput()).split("\n").filter((line) => line.trim() !== "")
        : [words.join(" ")];
    if (lines.length === 0) throw new UserError("standard input holds no numbers: give a line of them for each step");
    const rows = words.length === 0 ? randomRows(steps, inputs, seed) : rowsOf(lines);
    await startEngine(engine);
    const taken = cellSteps(cell, { units, seed, rows });
    await terminal.write(json ? stepLines(taken) : stepText(taken, terminal.outputWidth()));
  },
});

/** @throws UserError for what is no number, and for lines of different lengths */
function rowsOf(lines: readonly string[]): number[][] {
  const rows = lines.map((line, index) =>
    line
      .trim()
      .split(/[\s,]+/)
      .map((word) => {
        if (word !== "" && Number.isFinite(Number(word))) return Number(word);
        throw new UserError(`line ${index + 1}: expected numbers with spaces between, got ${word}`);
      }),
  );
  const odd = rows.findIndex((row) => row.length !== rows[0]!.length);
  if (odd === -1) return rows;
  throw new UserError(
    `line ${odd + 1} has ${rows[odd]!.length} numbers and line 1 has ${rows[0]!.length}: each step reads as many`,
  );
}
