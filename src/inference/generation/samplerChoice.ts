/** @file Which samplers a draw applies, in which order: from numbers by name, checked against the table. */
import { UsageError, UserError } from "../../common/errors.js";
import { Registry } from "../../common/registry.js";
import { camelCase, kebabCase, type Option } from "../../options/option.js";
import { number, whole } from "../../options/optionKinds.js";
import type { Sampler, SamplerOfSettings, SamplerSetting } from "./sampler.js";
import { samplers, type SettingName } from "./samplers.js";

/** Numbers of samplers by name; `samplers` has the numbers of samplers that `defineSampler` added. */
export type SamplerValues = { [Name in SettingName]?: number | undefined } & {
  samplers?: Readonly<Record<string, number>> | undefined;
  /** The names of the samplers in the order of their application, as in `["top-k", "min-p", "temperature"]`: exactly those that have a number, and `temperature` if it is to be applied. By default the order of the table. */
  samplerOrder?: readonly string[] | undefined;
};

const registry = new Registry<SamplerOfSettings>("sampler", samplers);

/**
 * Adds a sampler for `generate(model, { samplers: { [name]: value } })`. Samplers are applied in the order of their definition.
 * @param name as an identifier, such as "lowestId"
 * @throws UserError if the name is taken
 */
export const defineSampler = (name: string, { apply, readsLogits = false, ...setting }: Sampler): void =>
  registry.define(name, {
    settings: { [name]: setting },
    readsLogits,
    apply: (candidates, values, context) => apply(candidates, values[name]!, context),
  });

/** Removes a sampler that `defineSampler` added. */
export const removeSampler = (name: string): void => registry.remove(name);

/** A sampler with its numbers. */
export type ChosenSampler = { name: string; values: Readonly<Record<string, number>>; sampler: SamplerOfSettings };

/**
 * The samplers that have a number, and the temperature, in the order in which they are applied.
 * @throws UserError for an unknown name and for a value out of range; UsageError for numbers that would have no effect, and for an order that does not name the samplers
 */
export function chosenSamplers({
  samplers: added = {},
  samplerOrder,
  ...fields
}: SamplerValues & { temperature: number }): ChosenSampler[] {
  for (const name of Object.keys(added)) registry.get(name); // throws for an unknown name
  const given: Readonly<Record<string, unknown>> = { ...added, ...fields };
  const temperature = checked("temperature", number({ from: 0 }), given["temperature"]);
  const chosen = registry.names().flatMap((name): ChosenSampler[] => {
    const sampler = registry.get(name);
    const values = valuesOf(sampler.settings, Object.hasOwn(samplers, name) ? fields : added);
    return values || name === "temperature" ? [{ name, sampler, values: { ...values, temperature } }] : [];
  });
  checkMirostat(chosen, samplerOrder);
  return samplerOrder ? inOrder(chosen, samplerOrder.map(orderName)) : chosen;
}

/** The numbers of a sampler; null if none of those that turn it on is given. */
function valuesOf(settings: SamplerOfSettings["settings"], given: object): Record<string, number> | null {
  const entries = Object.entries(settings);
  const valueOf = (name: string): unknown => (given as Record<string, unknown>)[name];
  const isOn = entries.some(([name, setting]) => setting.default === undefined && valueOf(name) !== undefined);
  if (!isOn) {
    const useless = entries.find(([name]) => valueOf(name) !== undefined);
    if (!useless) return null;
    const needed = entries.filter(([, setting]) => setting.default === undefined).map(([name]) => optionName(name));
    throw new UsageError(
      `${optionName(useless[0])} has no effect without ${needed.join(" or ")}; add one or remove it`,
    );
  }
  return Object.fromEntries(
    entries.map(([name, setting]) => {
      const value = valueOf(name) ?? setting.default;
      return [name, value === undefined ? Number.NaN : checked(name, optionOf(setting), value)];
    }),
  );
}

const optionName = (name: string): string => `--${kebabCase(name)}`;

/** Mirostat cuts the candidates itself, so that other cuts would change what it adapts to. */
function checkMirostat(chosen: readonly ChosenSampler[], order: readonly string[] | undefined): void {
  if (!chosen.some(({ name }) => name === "mirostat")) return;
  const cut = chosen.find(({ name, sampler }) => sampler.onlyRemoves && !sampler.isFirst && name !== "mirostat");
  if (cut)
    throw new UsageError(
      `${optionsOf(cut)} does not go with --mirostat, which removes tokens itself; remove one of them`,
    );
  if (order && orderName(order.at(-1) ?? "") !== "mirostat")
    throw new UsageError("mirostat adapts to the drawn token: it must be the last one of --samplers");
}

const optionsOf = ({ sampler, values }: ChosenSampler): string =>
  Object.entries(sampler.settings)
    .filter(([name, setting]) => setting.default === undefined && !Number.isNaN(values[name]))
    .map(([name]) => optionName(name))
    .join(", ");

/** Names of llama.cpp whose identifiers differ. */
const synonyms: Readonly<Record<string, string>> = {
  typP: "typicalP",
  typical: "typicalP",
  topNsigma: "topNSigma",
  temp: "temperature",
};

/** The identifier of a sampler that an order names: `top-k` and llama.cpp's `top_k` are `topK`. */
function orderName(name: string): string {
  const identifier = camelCase(name.trim().replaceAll("_", "-"));
  return Object.hasOwn(synonyms, identifier) ? synonyms[identifier]! : identifier;
}

/** @throws UsageError for a temperature that a given order does not apply */
export function checkTemperature({
  temperature,
  samplerOrder,
}: { temperature?: number | undefined } & SamplerValues): void {
  if (temperature === undefined || !samplerOrder || samplerOrder.map(orderName).includes("temperature")) return;
  throw new UsageError("--temperature has no effect: --samplers does not name temperature; add it");
}

/** @throws UsageError for an order that lacks a chosen sampler, or has one twice or without a number */
function inOrder(chosen: readonly ChosenSampler[], order: readonly string[]): ChosenSampler[] {
  const first = chosen.filter(({ sampler }) => sampler.isFirst);
  const ordered = order.map((name, index) => {
    const found = chosen.find((one) => one.name === name);
    const shown = kebabCase(name);
    if (registry.get(name).isFirst)
      throw new UsageError(`--samplers: ${shown} always comes first; remove it from the list`);
    if (order.indexOf(name) !== index) throw new UsageError(`--samplers names ${shown} twice; remove one of them`);
    if (found) return found;
    const [setting] = Object.keys(registry.get(name).settings);
    throw new UsageError(
      `--samplers names ${shown}, which has no value; give ${optionName(setting!)} or remove it from the list`,
    );
  });
  const left = chosen.find((one) => !one.sampler.isFirst && !ordered.includes(one) && one.name !== "temperature");
  if (left)
    throw new UsageError(`${optionsOf(left)} has no effect: --samplers does not name ${kebabCase(left.name)}; add it`);
  return [...first, ...ordered];
}

/** @throws UserError for a value that the option does not take */
export function checked<Value>(name: string, { parse }: Pick<Option<Value>, "parse">, value: unknown): Value {
  try {
    return parse(String(value));
  } catch (error) {
    throw new UserError(`${name}: ${(error as Error).message}`);
  }
}

const optionOf = ({ describe, range, integer = false, aliases = [] }: SamplerSetting): Option<number> => ({
  ...(integer ? whole({ from: -Infinity, ...range }) : number(range)),
  describe,
  ...(aliases.length > 0 && { aliases }),
});

type KebabCase<Name extends string> = Name extends `${infer Head}${infer Rest}`
  ? `${Head extends Lowercase<Head> ? Head : `-${Lowercase<Head>}`}${KebabCase<Rest>}`
  : Name;

/** Those that most people need; `--help-all` shows the others. */
const common: readonly string[] = ["topK", "topP", "minP", "repeatPenalty", "dryMultiplier"] satisfies SettingName[];

/** The command line's options for the samplers: `--top-k` for `topK`. */
export const samplerOptions = Object.fromEntries(
  Object.values<SamplerOfSettings>(samplers).flatMap(({ settings }) =>
    Object.entries(settings).map(([name, setting]) => [
      kebabCase(name),
      { ...optionOf(setting), ...(!common.includes(name) && { advanced: true }) },
    ]),
  ),
) as { [Name in SettingName as KebabCase<Name>]: Option<number> };
