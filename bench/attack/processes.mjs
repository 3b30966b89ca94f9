/** @file Runs that are killed and resumed, and two runs on one checkpoint at the same time. */
import { spawn } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { atOnce, below, distUrl, eachAtOnce, firstLine, rnn, runNode, wrongEnd } from "./tools.mjs";

const given = { units: [12], embedding: 8, batchSize: 4, sequenceLength: 16, epochs: 6, dropout: 0.2, seed: 5 };
const script = `
  import { resume, train } from ${JSON.stringify(distUrl("training/run.js"))};
  const [how, corpus, out] = process.argv.slice(2);
  const options = { backend: "auto", threads: 1, stop: new AbortController().signal, saveEvery: 0.002 };
  const run = how === "train"
    ? train(corpus, { ...options, out, given: ${JSON.stringify(given)} })
    : resume(out, { ...options, given: {} });
  for await (const { type } of run) if (type === "step") process.stdout.write(".");
`;
const tale = Array.from(
  { length: 160 },
  (_, line) => `In year ${line} the ${["fox", "owl", "hen"][line % 3]} went on.`,
).join("\n");

function prepare(folder) {
  const place = (name) => join(folder, name);
  writeFileSync(place("run.mjs"), script);
  writeFileSync(place("tale.txt"), tale);
  return { place, argv: (how, out) => [place("run.mjs"), how, place("tale.txt"), place(out)] };
}

/** The trained weights of a checkpoint, and the state of its training. */
function contentOf(folder) {
  const { files } = JSON.parse(readFileSync(join(folder, "checkpoint.json"), "utf8"));
  return `${files.weights.sha256} ${files.training.sha256}`;
}

/** Kills a run after a number of steps. @returns whether it was killed before its end */
function killed(argv, steps, folder) {
  const child = spawn(process.execPath, argv, { cwd: folder, stdio: ["ignore", "pipe", "ignore"] });
  let seen = 0;
  child.stdout.on("data", (chunk) => {
    seen += chunk.length;
    if (seen >= steps) child.kill("SIGKILL");
  });
  return new Promise((resolve) => child.on("close", (_code, signal) => resolve(signal === "SIGKILL")));
}

export async function kills({ count, folder, stream }) {
  const { place, argv } = prepare(folder);
  const whole = await runNode(argv("train", "whole"), { cwd: folder });
  if (whole.code !== 0) return { tried: 0, failures: [`the run without kills failed: ${whole.stderr}`] };
  const steps = whole.stdout.length;
  const wanted = contentOf(place("whole"));
  const failures = [];
  let tried = 0;
  /** Kills runs in one folder, as many as its share. */
  const killInto = async (chain) => {
    const out = `parts-${chain}`;
    const random = stream(chain);
    const share = Math.floor((count + chain) / atOnce);
    let done = 0;
    while (done < share) {
      rmSync(place(out), { recursive: true, force: true });
      let how = "train";
      for (let unfinished = true; unfinished && done < share; how = "resume") {
        unfinished = await killed(argv(how, out), 1 + below(random, steps / 2), folder);
        if (unfinished) done++;
      }
      const last = await runNode(argv("resume", out), { cwd: folder });
      const finished = last.code === 0 || last.stderr.includes("has finished");
      const where = `${out} after kill ${done}`;
      if (!finished) failures.push(`${where}: ${last.stderr.trim().slice(0, 300)}`);
      else if (contentOf(place(out)) !== wanted) failures.push(`${where}: other bits`);
    }
    tried += done;
  };
  await Promise.all(Array.from({ length: atOnce }, (_, chain) => killInto(chain)));
  return { tried, failures };
}

export async function pairs({ count, folder }) {
  const { place, argv } = prepare(folder);
  await runNode(argv("train", "start"), { cwd: folder });
  const failures = [];
  await eachAtOnce(Array.from({ length: count }), async (_, attack) => {
    const shared = `shared-${attack}`;
    cpSync(place("start"), place(shared), { recursive: true });
    const resume = ["train", "--resume", shared, "--epochs", "8", "--threads", "1"];
    const ends = await Promise.all([rnn(resume, { cwd: folder }), rnn(resume, { cwd: folder })]);
    const wrong = ends.map(wrongEnd).find((found) => found !== undefined);
    if (wrong) failures.push(`pair ${attack}: ${wrong}`);
    else if (ends.every(({ code }) => code !== 0))
      failures.push(`pair ${attack}: both failed: ${ends[0].stderr.trim()}`);
    const after = await rnn(["generate", "-c", shared, "--max-tokens", "5"], { cwd: folder });
    if (after.code !== 0) failures.push(`pair ${attack}: ${after.stderr.trim().slice(0, 300)}`);
  });
  return { tried: count, failures };
}

/** Takes the lock again and again; ends each time by releasing it or by starting anew without, as a killed process does. */
const lockScript = `
  import { mkdirSync, rmdirSync } from "node:fs";
  import { lockFolder } from ${JSON.stringify(distUrl("checkpoint/folderLock.js"))};
  const [folder, rounds, dies] = process.argv.slice(2);
  for (let round = 0; round < Number(rounds); ) {
    let lock;
    try {
      lock = await lockFolder(folder);
    } catch (error) {
      if (!error.message.includes("in use")) throw error;
      await new Promise((resolve) => setTimeout(resolve, 1));
      continue;
    }
    mkdirSync(folder + "/held"); // fails if another process is here
    await new Promise((resolve) => setTimeout(resolve, 1));
    rmdirSync(folder + "/held");
    process.stdout.write(".");
    round++;
    if (round === Number(dies)) process.kill(process.pid, "SIGKILL");
    await lock.release();
  }
`;

/** Four processes take one lock; three of them are killed while they hold it. */
export async function locks({ count, folder, stream }) {
  const random = stream();
  const program = join(folder, "lock.mjs");
  writeFileSync(program, lockScript);
  const failures = [];
  let tried = 0;
  for (let attack = 0; tried < count; attack++) {
    const shared = join(folder, `shared-${attack}`);
    mkdirSync(shared);
    const dies = [1, 2, 3].map(() => 1 + below(random, 5));
    const ends = await Promise.all(
      [...dies, 0].map((round) => runNode([program, shared, "6", String(round)], { cwd: folder, seconds: 30 })),
    );
    tried += ends.reduce((sum, { stdout }) => sum + stdout.length, 0);
    for (const [at, { code, signal, stdout, stderr }] of ends.entries()) {
      const isRight = at < 3 ? signal === "SIGKILL" && stdout.length === dies[at] : code === 0;
      if (!isRight) failures.push(`attack ${attack}: ${signal ?? code}: ${firstLine(stderr)}`);
    }
  }
  return { tried, failures };
}
