/** @file The pool of threads: it uses the processors that the process may use, sleeps when idle, and works after forks and at exit. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { thorough } from "../support/thorough.js";
import { addonPath } from "./support.js";

/** A program that hangs is killed after this time. */
const timeoutMs = 600_000;

const kernels = fileURLToPath(new URL("../../src/kernels/", import.meta.url));

/** Runs a script with the addon and a function `work` that keeps all threads busy for a while. */
function run(script: string, prefix: string[] = []) {
  const beginning = `
    const addon = require(${JSON.stringify(addonPath)});
    const size = 256;
    const [a, b, output] = [1, 2, 3].map(() => new Float32Array(size * size));
    const shape = { rows: size, inner: size, columns: size, transposeA: false, transposeB: false };
    const work = () => addon.kernels.matmul({ ...shape, a, b, bias: null, output });`;
  const code = `${beginning}; const beginning = ${JSON.stringify(beginning)}; ${script}`;
  const [program, ...given] = [...prefix, process.execPath, "-e", code];
  return spawnSync(program, given, { encoding: "utf8", timeout: timeoutMs });
}

const has = (program: string) => spawnSync(program, ["--version"]).status === 0;

test.skipIf(!has("taskset") || availableParallelism() < 2)(
  "threads: the default is the number of processors that the process may use",
  () => {
    const script = "console.log(addon.threads())";
    expect(run(script, ["taskset", "-c", "0"]).stdout).toBe("1\n");
    expect(Number(run(script).stdout)).toBeGreaterThan(1);
  },
);

/** Makes a control group with half a processor; null without the permission. */
function limitedGroup(): string | null {
  const [old, unified] = ["/sys/fs/cgroup/cpu", "/sys/fs/cgroup"];
  const group = join(existsSync(old) ? old : unified, `rnn-test-${process.pid}`);
  try {
    mkdirSync(group);
    if (existsSync(old)) writeFileSync(join(group, "cpu.cfs_quota_us"), "50000");
    else writeFileSync(join(group, "cpu.max"), "50000 100000");
    return group;
  } catch {
    if (existsSync(group)) rmdirSync(group);
    return null;
  }
}

test("threads: the processor quota of a control group is respected, also in its subgroups", ({ skip }) => {
  const group = limitedGroup() ?? skip("no control group can be made here");
  const inside = join(group, "inside");
  try {
    mkdirSync(inside);
    const joining = (folder: string) => ["sh", "-c", `echo $$ > ${folder}/cgroup.procs && exec "$@"`, "sh"];
    expect(run("console.log(addon.threads())", joining(group)).stdout).toBe("1\n");
    expect(run("console.log(addon.threads())", joining(inside)).stdout).toBe("1\n");
  } finally {
    if (existsSync(inside)) rmdirSync(inside);
    rmdirSync(group);
  }
});

test("threads: idle threads sleep", () => {
  const { stdout } = run(`
    addon.setThreads(4);
    work();
    setTimeout(() => {
      const before = process.cpuUsage();
      setTimeout(() => {
        const { user, system } = process.cpuUsage(before);
        console.log((user + system) / 1000);
      }, 500);
    }, 100);`);
  expect(Number(stdout)).toBeLessThan(100); // milliseconds; polling threads would use 2,000
});

test("threads: a process exits while its threads work, and after a worker that used them ends", () => {
  const { status, signal } = run(`
    const { Worker } = require("node:worker_threads");
    addon.setThreads(3);
    work();
    new Worker(beginning + "work();", { eval: true }).on("exit", () => {
      work();
      new Worker(beginning + "for (;;) work();", { eval: true });
      setTimeout(() => process.exit(0), 200);
    });`);
  expect({ status, signal }).toEqual({ status: 0, signal: null });
});

const forking = `
#include "threads.h"
#include <stdatomic.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>
static _Atomic int done;
static void count(int64_t part, int worker, const void* context) { (void)part, (void)worker, (void)context; done++; }
static int works(void) { done = 0; run_parts(100, count, NULL); return done == 100; }
int main(void) {
  set_thread_count(3);
  if (!works()) return 1;
  pid_t child = fork();
  if (child == 0) _exit(works() && works() ? 0 : 2);
  int status;
  waitpid(child, &status, 0);
  return works() ? WEXITSTATUS(status) : 3;
}`;

const racing = `
#include "threads.h"
#include <pthread.h>
#include <stdlib.h>
enum { MOST_PARTS = 64, MOST_THREADS = 5, JOBS = 20000 };
static int runs[MOST_PARTS], workers[MOST_PARTS];
static void count(int64_t part, int worker, const void* context) {
  runs[part] += *(const int*)context;
  workers[part] = worker;
}
static void* call(void* seed) {
  unsigned state = (unsigned)(intptr_t)seed;
  for (int job = 0; job < JOBS; job++) {
    engine_lock();
    int threads = 1 + rand_r(&state) % MOST_THREADS, parts = rand_r(&state) % MOST_PARTS, one = 1;
    set_thread_count(threads);
    for (int part = 0; part < parts; part++) runs[part] = 0;
    run_parts(parts, count, &one);
    for (int part = 0; part < parts; part++)
      if (runs[part] != 1 || workers[part] >= threads) abort();
    engine_unlock();
  }
  return NULL;
}
int main(void) {
  pthread_t other;
  pthread_create(&other, NULL, call, (void*)2);
  call((void*)1);
  return pthread_join(other, NULL);
}`;

/** Compiles a C program with the pool and runs it; null if it does not compile with these flags. */
function outcome(source: string, flags: string[] = []) {
  const folder = mkdtempSync(join(tmpdir(), "rnn-threads-"));
  const { LD_PRELOAD: _, ...env } = process.env; // one sanitizer does not run under another
  try {
    const [file, program] = [join(folder, "program.c"), join(folder, "program")];
    writeFileSync(file, source);
    const common = ["-std=gnu11", "-O1", "-pthread", `-I${kernels}`, "-o", program];
    const linked = [file, join(kernels, "threads.c"), "-ldl"];
    if (spawnSync("cc", [...common, ...flags, ...linked], { env }).status !== 0) return null;
    const { status, signal, stderr } = spawnSync(program, { encoding: "utf8", timeout: timeoutMs, env });
    return { status, signal, stderr };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const success = { status: 0, signal: null, stderr: "" };

test.skipIf(!has("cc"))("threads: a forked child has its own threads", () => {
  expect(outcome(forking)).toEqual(success);
});

test.skipIf(!has("cc"))("threads: each part runs once, on one of the threads set last", () => {
  expect(outcome(racing)).toEqual(success);
});

test.skipIf(!thorough)("threads: no thread reads data that another thread is writing", ({ skip }) => {
  const sanitized = outcome(racing, ["-fsanitize=thread"]) ?? skip("no ThreadSanitizer here");
  expect(sanitized).toEqual(success);
});
