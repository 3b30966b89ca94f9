/** @file `rnn step`: computes the equations of a cell step by step. */
import { UsageError, UserError } from "../../common/errors.js";
import { formatOptions } from "../../options/optionKinds.js";
import { engineOptions, stepOptions } from "../../options/options.js";
import { command } from "./command.js";

export default command({
  usage: "step [numbers..]",
  reads: "the numbers of one input, or with - a line of numbers per time step; by default random numbers",
  writes: "a table for each time step: input, state, gates, candidate and new state",
  options: { ...stepOptions, ...formatOptions("text", "jsonl"), ...engineOptions },
  examples: [
    ["rnn step", "an LSTM of 4 units, an input of shape [1, 6]"],
    ["rnn step --cell gru --units 2 0.5 -1 2", "a GRU of 2 units, three numbers"],
    ["printf '1 0\\n0 1\\n' | rnn step --cell rnn -", "two time steps"],
  ],
  handler: async ({ cell, units, inputs, steps, seed, format, ...engine }, { words, given }) => {
    const useless =
      words.length === 0 ? undefined : (["inputs", "steps"] as const).find((name) => given[name] !== undefined);
    if (useless !== undefined) throw new UsageError(`--${useless} has no effect on given numbers; remove one of them`);
    const { terminal } = await import("../terminal/terminal.js");
    const { readInput } = await import("../terminal/input.js");
    const { step } = await import("../../library/cellTools.js");
    const { stepLines, stepText } = await import("../../render/cellStepsText.js");
    const lines =
      words.join(" ") === "-"
        ? (await readInput()).split("\n").filter((line) => line.trim() !== "")
        : [words.join(" ")];
    if (lines.length === 0) throw new UserError("standard input has no numbers; give a line of numbers for each step");
    const rows = words.length === 0 ? undefined : rowsOf(lines);
    const taken = await step({ cell, units, inputs, steps, seed, rows, ...engine });
    await terminal.write(format === "jsonl" ? stepLines(taken) : stepText(taken, terminal.outputWidth()));
  },
});

/** @throws UserError for a word that is not a number, and for lines of different lengths */
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
