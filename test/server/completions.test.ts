/** @file `/v1/completions` and `/v1/models`: what a client gets is what the library computes. */
import { expect, test } from "vitest";
import { generate } from "../../src/inference/generation/generate.js";
import type { GenerationOptions } from "../../src/inference/generation/generate.js";
import { OpenAI } from "../support/openaiClient.mjs";
import { ask, refused, serve, storyteller, token } from "./served.js";

/** The texts of the library, without the prompt. */
async function generated(options: GenerationOptions): Promise<string[]> {
  const texts: string[] = [];
  for await (const { sample, text } of generate(storyteller, options)) texts[sample] = (texts[sample] ?? "") + text;
  return texts.map((text) => text.slice(options.prompt?.length ?? 0));
}

const clientOf = (origin: string) => new OpenAI({ baseURL: `${origin}/v1`, apiKey: token, maxRetries: 0 });

test("serve: OpenAI's client lists the models and retrieves one", async () => {
  const { models } = clientOf((await serve()).origin);
  expect((await models.list()).data.map(({ id }: { id: string }) => id)).toEqual(["storyteller", "critic"]);
  expect(await models.retrieve("critic")).toMatchObject({ id: "critic", object: "model", task: "classifier" });
  await expect(models.retrieve("nobody")).rejects.toMatchObject({ status: 404, type: "not_found_error" });
});

test("serve: OpenAI's client gets the texts that the library generates", async () => {
  const { completions } = clientOf((await serve()).origin);
  const answer = await completions.create({
    model: "storyteller",
    prompt: ["Once", "The fox"],
    max_tokens: 30,
    temperature: 0.7,
    top_p: 0.9,
    n: 2,
    seed: 7,
  });
  const options = { maxTokens: 30, temperature: 0.7, topP: 0.9, numSamples: 2, seed: 7 };
  const texts = [
    ...(await generated({ ...options, prompt: "Once" })),
    ...(await generated({ ...options, prompt: "The fox" })),
  ];
  expect(answer.choices).toEqual(
    texts.map((text, index) => ({ text, index, logprobs: null, finish_reason: "length" })),
  );
  expect(answer.usage).toMatchObject({ completion_tokens: 120 });
  expect(answer).toMatchObject({ object: "text_completion", model: "storyteller" });
});

test("serve: OpenAI's client streams the same texts piece by piece, with their ends and the usage", async () => {
  const { completions } = clientOf((await serve()).origin);
  const asked = { model: "storyteller", prompt: "Once", max_tokens: 400, temperature: 0.7, n: 2, seed: 3, stop: "fox" };
  const whole = await completions.create(asked);
  const texts = ["", ""];
  const reasons: string[] = [];
  let pieces = 0;
  let usage: unknown;
  const stream = await completions.create({ ...asked, stream: true, stream_options: { include_usage: true } });
  for await (const { choices, usage: counted } of stream) {
    for (const { index, text, finish_reason } of choices) {
      texts[index] += text;
      pieces++;
      if (finish_reason) reasons[index] = finish_reason;
    }
    usage = counted ?? usage;
  }
  expect(texts).toEqual(whole.choices.map(({ text }: { text: string }) => text));
  expect(reasons).toEqual(whole.choices.map(({ finish_reason }: { finish_reason: string }) => finish_reason));
  expect(usage).toEqual(whole.usage);
  expect(pieces).toBeGreaterThan(4);
});

test("serve: a client that leaves its stream ends the work", async () => {
  const server = await serve({ answers: 1 });
  const { completions } = clientOf(server.origin);
  const stream = await completions.create({ model: "storyteller", prompt: "Once", max_tokens: 60_000, stream: true });
  for await (const _ of stream) break; // closes the connection
  const second = { prompt: "Once", max_tokens: 5 };
  await expect.poll(() => ask(server, "/v1/completions", second), { timeout: 5000 }).toMatchObject({ status: 200 });
});

test("serve: the model is the first generator, and the samplers of rnn have their own names", async () => {
  const server = await serve();
  const asked = {
    prompt: "Once",
    max_tokens: 40,
    temperature: 0.9,
    top_k: 5,
    repeat_penalty: 1.2,
    seed: 1,
    echo: true,
  };
  const { body } = await ask(server, "/v1/completions", asked);
  const [text] = await generated({
    prompt: "Once",
    maxTokens: 40,
    temperature: 0.9,
    topK: 5,
    repeatPenalty: 1.2,
    seed: 1,
  });
  expect(body).toMatchObject({ model: "storyteller", choices: [{ text: `Once${text}` }] });
});

test("serve: logit_bias is by the ids of tokens, and ban by texts", async () => {
  const server = await serve();
  const asked = { prompt: "Once", max_tokens: 100, temperature: 0 };
  const textOf = async (more: object): Promise<string> => {
    const { body } = await ask(server, "/v1/completions", { ...asked, ...more });
    return (body as { choices: { text: string }[] }).choices[0]!.text;
  };
  expect(await textOf({})).toContain("e");
  const id = storyteller.tokenizer.vocabulary.indexOf("e");
  const without = await textOf({ logit_bias: { [id]: -100 } });
  expect(without).not.toContain("e");
  expect(await textOf({ ban: "e" })).toBe(without);
  expect(await ask(server, "/v1/completions", { logit_bias: { 99999: 1 } })).toEqual(refused(400, /token 99999/));
  expect(await ask(server, "/v1/completions", { logit_bias: { e: 1 } })).toEqual(refused(400, /id of a token/));
});

test("serve: a stream that takes too long ends with an error, which OpenAI's client throws", async () => {
  const { completions } = clientOf((await serve({ answerMs: 300 })).origin);
  const readAll = async (): Promise<void> => {
    const stream = await completions.create({ model: "storyteller", prompt: "Once", max_tokens: 60_000, stream: true });
    for await (const _ of stream);
  };
  await expect(readAll()).rejects.toThrow("took too long");
});

test("serve: a request that cannot be answered gets an error with its reason", async () => {
  const server = await serve({ texts: 4, newTokens: 100, promptTokens: 50, bodyBytes: 1000 });
  const complete = (body: unknown) => ask(server, "/v1/completions", body);
  expect(await complete({ prompt: "a", model: "nobody" })).toEqual(refused(404, /no model "nobody"/));
  expect(await complete({ prompt: "a", model: "critic" })).toEqual(refused(400, /critic" is a classifier/));
  expect(await complete({ prompt: 7 })).toEqual(refused(400, /prompt: expected/));
  expect(await complete({ prompt: "a", tempreature: 1 })).toEqual(refused(400, /tempreature: unknown key/));
  expect(await complete({ prompt: "a", top_k: 0.5 })).toEqual(refused(400, /topK: expected a whole number/));
  expect(await complete({ prompt: "a", n: 5 })).toEqual(refused(400, /5 texts; at most 4/));
  expect(await complete({ prompt: "a", max_tokens: 101 })).toEqual(refused(400, /at most 100 tokens/));
  expect(await complete({ prompt: "a word ".repeat(60) })).toEqual(refused(400, /prompt: .* tokens; at most 50/));
  const echoed = { prompt: "a".repeat(300), n: 4, echo: true };
  expect(await complete(echoed)).toEqual(refused(400, /prompt: .* tokens; at most 50|echo: 1200 characters/));
  expect(await complete('{"prompt": ')).toEqual(refused(400, /not JSON/));
  expect(await ask(server, "/v1/completions")).toEqual(refused(405, /takes POST/));
  expect(await ask(server, "/v1/nothing")).toEqual(refused(404, /nothing at/));
});
