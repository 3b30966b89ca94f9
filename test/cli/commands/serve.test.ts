/** @file `rnn serve` as a process: the URL on stdout, and its end at a signal. */
import { once } from "node:events";
import { expect, test } from "vitest";
import { finished, rnn, start } from "../../support/bin.js";
import { folderWith } from "../../support/folder.js";

const cwd = folderWith({});

test("serve: SIGTERM lets the answer under way end, refuses new ones, and exits with 0", async () => {
  const running = start(["serve", "-c", "storyteller", "--token", "one-for-the-test"], { cwd });
  const done = finished(running);
  const [line] = (await once(running.stdout, "data")) as [Buffer];
  expect(String(line)).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/\?token=one-for-the-test\n$/);
  const { origin } = new URL(String(line));
  const complete = (max_tokens: number) =>
    fetch(`${origin}/v1/completions`, {
      method: "POST",
      headers: { Authorization: "Bearer one-for-the-test" },
      body: JSON.stringify({ prompt: "Once", max_tokens, stream: true, seed: 1 }),
    });
  const response = await complete(6000);
  running.kill("SIGTERM");
  const text = await response.text();
  expect(text).toMatch(/"finish_reason":"(length|stop)"}\]}\n\ndata: \[DONE\]\n\n$/);
  const { code, stdout, stderr } = await done;
  expect({ code, stdout }).toEqual({ code: 0, stdout: String(line) });
  expect(stderr).toMatch(/^the API is at http:.*\/v1, .*\nstopping when the answers under way have ended.*\n$/);
  await expect(complete(1)).rejects.toThrow("fetch failed");
});

test("serve: what it cannot serve is an error of one line", async () => {
  const run = (...argv: string[]) => rnn(["serve", ...argv], { cwd });
  expect(await run("-c", "nosuch")).toMatchObject({ code: 1, stdout: "" });
  expect(await run("--host", "0.0.0.0")).toMatchObject({ code: 2, stderr: expect.stringContaining("127.0.0.1") });
  expect(await run("--token", "a b")).toMatchObject({ code: 2, stderr: expect.stringContaining("--token must have") });
  expect(await run("-c", "critic", "-c", "critic")).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("have one name"),
  });
});
