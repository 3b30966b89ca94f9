/** @file A contender's process, from the benchmark's end: it starts once for a row, is asked for a repetition now and then, and is stopped in between. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

/** What others set to tune their own runs would slow the peers. */
const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("OPENBLAS_")));

export class ContenderProcess {
  /** @param {string[]} command a program and its arguments */
  constructor([program, ...others]) {
    this.child = spawn(program, others, { env: environment, stdio: ["pipe", "pipe", "pipe"] });
    this.lines = createInterface({ input: this.child.stdout })[Symbol.asyncIterator]();
    this.complaints = "";
    this.child.stderr.on("data", (text) => (this.complaints = (this.complaints + text).slice(-2000)));
    this.child.stdin.on("error", () => {}); // it has ended: `answer` says so
    const end = () => this.child.kill("SIGKILL");
    process.once("exit", end);
    this.child.once("close", () => process.off("exit", end));
    this.closed = once(this.child, "close").catch((error) => (this.complaints = error.message));
  }

  /** Its version, once it is ready. @throws {Error} with the last line of its complaints */
  async ready() {
    for (;;) {
      const line = await this.answer();
      if (!line.startsWith("ready")) continue;
      this.child.kill("SIGSTOP"); // threads that poll for work would slow the others
      return line.slice("ready ".length);
    }
  }

  /** One repetition: units a second. */
  async repeat() {
    this.child.kill("SIGCONT");
    this.child.stdin.write("go\n");
    const speed = Number(await this.answer());
    this.child.kill("SIGSTOP");
    if (!(speed > 0)) throw new Error("it answers with something that is no speed");
    return speed;
  }

  async stop() {
    this.child.kill("SIGKILL");
    await this.closed;
  }

  async answer() {
    const { done, value } = await this.lines.next();
    if (!done) return value;
    await this.closed;
    const lines = this.complaints
      .trim()
      .split("\n")
      .filter((line) => /error/i.test(line));
    throw new Error(lines.at(-1) ?? this.complaints.trim().split("\n").at(-1) ?? "it ended");
  }
}
