/** @file `POST /v1/completions`: text after prompts, in the form of OpenAI's interface, whole or as it is generated. */
import { randomUUID } from "node:crypto";
import * as v from "valibot";
import { quantity } from "../common/quantity.js";
import { generate, type GenerationOptions, type Piece } from "../inference/generation/generate.js";
import { samplers } from "../inference/generation/samplers.js";
import type { TextModel } from "../model/model.js";
import { kebabCase } from "../options/option.js";
import { RequestError } from "./requestError.js";
import { route } from "./route.js";
import type { ServerLimits } from "./serverLimits.js";

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const atLeastOne = v.pipe(v.number(), v.integer(), v.minValue(1));
const stopText = v.pipe(v.string(), v.nonEmpty());

/** OpenAI's biases are by the ids of tokens, which `rnn tokenize --ids` prints. */
const tokenId = v.pipe(v.string(), v.regex(/^\d{1,9}$/, "expected the id of a token"));

const snakeCase = (name: string): string => kebabCase(name).replaceAll("-", "_");

/** The numbers of the samplers: `top_k` for `topK`. */
const samplerNames = Object.values(samplers).flatMap(({ settings }) => Object.keys(settings));
const samplerFields = Object.fromEntries(samplerNames.map((name) => [snakeCase(name), v.nullish(v.number())]));

/** OpenAI's numbers that change nothing; clients send them always. */
const neutral: Readonly<Record<string, number>> = { topP: 1, presencePenalty: 0, frequencyPenalty: 0 };

const body = v.strictObject({
  ...samplerFields,
  model: v.nullish(v.string()),
  prompt: v.nullish(v.union([v.string(), v.array(v.string())]), ""),
  max_tokens: v.nullish(count, 16),
  temperature: v.nullish(v.number(), 1),
  n: v.nullish(atLeastOne, 1),
  stop: v.nullish(v.union([stopText, v.pipe(v.array(stopText), v.maxLength(16))])),
  seed: v.nullish(count),
  lines: v.nullish(atLeastOne),
  sentences: v.nullish(atLeastOne),
  words: v.nullish(v.union([v.string(), v.number()])),
  echo: v.nullish(v.boolean(), false),
  stream: v.nullish(v.boolean(), false),
  stream_options: v.nullish(v.object({ include_usage: v.nullish(v.boolean(), false) })),
  logit_bias: v.nullish(v.record(tokenId, v.pipe(v.number(), v.minValue(-100), v.maxValue(100))), {}),
  ban: v.nullish(v.union([v.string(), v.array(v.string())])),
  user: v.nullish(v.string()),
  // without effect, so that clients can send them
  best_of: v.nullish(v.literal(1)),
  logprobs: v.nullish(v.never()),
  suffix: v.nullish(v.never()),
});
type Body = v.InferOutput<typeof body>;

/** A piece of one of the texts. */
type Part = { index: number; text: string; tokens: number; end: Piece["end"] };

/** `tokens` are those of the prompts. */
type Prompts = { texts: readonly string[]; tokens: number };

export const completionsRoute = route({
  method: "POST",
  path: "/v1/completions",
  body,
  answer: async (asked, context) => {
    const [name, model] = context.models.find(asked.model, "generator");
    const prompts = promptsOf(model, asked, context.limits);
    const head = {
      id: `cmpl-${randomUUID()}`,
      object: "text_completion",
      created: Math.floor(Date.now() / 1000),
      model: name,
    };
    const parts = context.turns.inTurns(partsOf(model, prompts.texts, asked), context.signal);
    if (!asked.stream) return { json: { ...head, ...(await wholeTexts(parts, prompts, asked)) } };
    return { events: eventsOf(parts, head, prompts, asked) };
  },
});

/** @throws RequestError for more texts or tokens than a request may have */
function promptsOf({ tokenizer }: TextModel, { prompt, n, max_tokens, echo }: Body, limits: ServerLimits): Prompts {
  const texts = typeof prompt === "string" ? [prompt] : prompt;
  if (texts.length === 0) throw new RequestError(400, "prompt: the list is empty; give a text, which may be empty");
  const wanted = texts.length * n;
  if (wanted > limits.texts)
    throw new RequestError(400, `the request has ${quantity(wanted, "texts")}; at most ${limits.texts} are generated`);
  if (wanted * max_tokens > limits.newTokens)
    throw new RequestError(
      400,
      `max_tokens: ${quantity(wanted, "texts")} of ${max_tokens} tokens; at most ${limits.newTokens} tokens in all are generated`,
    );
  const tokens = texts.reduce((sum, text) => sum + tokenizer.encode(text).length, 0);
  if (tokens > limits.promptTokens)
    throw new RequestError(400, `prompt: ${quantity(tokens, "tokens")}; at most ${limits.promptTokens} are read`);
  const echoed = echo ? n * texts.reduce((sum, { length }) => sum + length, 0) : 0;
  if (echoed > limits.bodyBytes)
    throw new RequestError(400, `echo: ${echoed} characters; at most ${limits.bodyBytes} are repeated`);
  return { texts, tokens };
}

/** The texts of each prompt in turn, each without the prompt unless it is to be repeated. */
async function* partsOf(model: TextModel, prompts: readonly string[], asked: Body): AsyncGenerator<Part> {
  const options = generationOptions(asked, model);
  for (const [place, prompt] of prompts.entries()) {
    const begun = new Set<number>();
    for await (const { sample, text, tokens, end } of generate(model, { ...options, prompt })) {
      const isPrompt = !begun.has(sample);
      begun.add(sample);
      yield { index: place * asked.n + sample, text: isPrompt && !asked.echo ? "" : text, tokens, end };
    }
  }
}

function generationOptions(asked: Body, model: TextModel): GenerationOptions {
  const given = asked as Readonly<Record<string, unknown>>;
  const numbers = samplerNames.flatMap((name) => {
    const value = given[snakeCase(name)] ?? neutral[name];
    return value === neutral[name] ? [] : [[name, value]];
  });
  const { max_tokens: maxTokens, temperature, n: numSamples } = asked;
  const { stop, seed, lines, sentences, words, ban } = asked;
  const others = Object.entries({ stop, seed, lines, sentences, words, ban }).filter(([, value]) => value != null);
  const logitBias = biasesOf(model, asked);
  return { maxTokens, temperature, numSamples, logitBias, ...Object.fromEntries([...others, ...numbers]) };
}

/** Biases by the texts of tokens. @throws RequestError for an id that is not in the vocabulary */
function biasesOf({ tokenizer }: TextModel, { logit_bias }: Body): Record<string, number> {
  const { vocabulary } = tokenizer;
  const biases = Object.entries(logit_bias).map(([id, bias]) => {
    const text = vocabulary[Number(id)];
    if (text === undefined)
      throw new RequestError(
        400,
        `logit_bias: token ${id} is not in the vocabulary: ids are 0 … ${vocabulary.length - 1}`,
      );
    return [text, bias] as const;
  });
  return Object.fromEntries(biases);
}

const finishReason = (end: Part["end"]): "length" | "stop" | null =>
  end === undefined ? null : end === "max-tokens" ? "length" : "stop";

const choiceOf = ({ index, text, end }: Part) => ({ text, index, logprobs: null, finish_reason: finishReason(end) });

const usageOf = ({ tokens }: Prompts, generated: number) => ({
  prompt_tokens: tokens,
  completion_tokens: generated,
  total_tokens: tokens + generated,
});

async function wholeTexts(parts: AsyncIterable<Part>, prompts: Prompts, { n }: Body): Promise<object> {
  const whole = Array.from({ length: prompts.texts.length * n }, (_, index): Part => ({
    index,
    text: "",
    tokens: 0,
    end: undefined,
  }));
  for await (const { index, text, tokens, end } of parts) {
    const one = whole[index]!;
    one.text += text;
    one.tokens += tokens;
    one.end ??= end;
  }
  const generated = whole.reduce((sum, { tokens }) => sum + tokens, 0);
  return { choices: whole.map(choiceOf), usage: usageOf(prompts, generated) };
}

async function* eventsOf(
  parts: AsyncIterable<Part>,
  head: object,
  prompts: Prompts,
  { stream_options }: Body,
): AsyncGenerator<object> {
  let generated = 0;
  for await (const part of parts) {
    generated += part.tokens;
    if (part.text !== "" || part.end !== undefined) yield { ...head, choices: [choiceOf(part)] };
  }
  if (stream_options?.include_usage) yield { ...head, choices: [], usage: usageOf(prompts, generated) };
}
