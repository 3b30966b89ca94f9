/** @file A contender's process: it is started once per row, runs a repetition on request, and is suspended between repetitions. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";

/** Without variables that would change the peers' matrix products. */
const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("OPENBLAS_")));

/** Of the times in /proc; Linux uses 100 on all its processors. */
const ticksPerSecond = 100;

export class ContenderProcess {
  /** @param {string[]} command a program and its arguments */
  constructor([program, ...programArguments]) {
    this.child = spawn(program, programArguments, { env: environment, stdio: ["pipe", "pipe", "pipe"] });
    this.lines = createInterface({ input: this.child.stdout })[Symbol.asyncIterator]();
    this.errorOutput = "";
    this.child.stderr.on("data", (text) => (this.errorOutput = (this.errorOutput + text).slice(-2000)));
    this.child.stdin.on("error", () => {}); // the process has ended: `nextLine` throws
    const end = () => this.child.kill("SIGKILL");
    process.once("exit", end);
    this.child.once("close", () => process.off("exit", end));
    this.closed = once(this.child, "close").catch((error) => (this.errorOutput = error.message));
  }

  /** Waits until it is ready. @returns its version @throws {Error} with the last error that it printed */
  async ready() {
    for (;;) {
      const line = await this.nextLine();
      if (!line.startsWith("ready")) continue;
      this.child.kill("SIGSTOP"); // threads that poll for work would slow the others
      return line.slice("ready ".length);
    }
  }

  /** Runs one repetition. @returns units per second */
  async repeat() {
    const speed = Number(await this.answer());
    if (!(speed > 0)) throw new Error("its output is not a positive number");
    return speed;
  }

  /** Requests one repetition. @returns the line that the program prints after it */
  async answer() {
    this.child.kill("SIGCONT");
    this.child.stdin.write("go\n");
    const line = await this.nextLine();
    this.child.kill("SIGSTOP");
    return line;
  }

  /** Seconds of processor time that the process and its ended children have used; null where the system does not tell. */
  processorSeconds() {
    try {
      const fields = readFileSync(`/proc/${this.child.pid}/stat`, "utf8").split(") ").at(-1).split(" ");
      return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) / ticksPerSecond;
    } catch {
      return null;
    }
  }

  async stop() {
    this.child.kill("SIGKILL");
    await this.closed;
  }

  async nextLine() {
    const { done, value } = await this.lines.next();
    if (!done) return value;
    await this.closed;
    const lines = this.errorOutput
      .trim()
      .split("\n")
      .filter((line) => /error/i.test(line));
    throw new Error(lines.at(-1) ?? this.errorOutput.trim().split("\n").at(-1) ?? "the process ended");
  }
}
