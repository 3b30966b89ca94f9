/** @file Options that have no effect together with the others: giving one is an error. */
import { UsageError } from "../common/errors.js";
import { camelCase, type Condition, type Option, type Options, show } from "./option.js";

type Values = Record<string, unknown>;

function holds(name: string, wanted: Condition[string], values: Values): boolean {
  const value = values[camelCase(name)];
  if (wanted === "given") return value !== undefined;
  return "not" in wanted ? show(value) !== wanted.not : wanted.includes(show(value));
}

/** The setting that keeps an option from having an effect, as in "with --schedule cosine". */
function obstacle(name: string, wanted: Condition[string], values: Values): string {
  if (name === "task") return `on a ${show(values["task"])}`;
  if (name === "inputs") return "on rows of numbers";
  return wanted === "given" || isFlag(wanted) ? `without --${name}` : `with --${name} ${show(values[camelCase(name)])}`;
}

/** Whether a flag must be given. */
const isFlag = (wanted: Condition[string]): boolean => Array.isArray(wanted) && wanted.join() === "true";

function remedy(name: string, wanted: Condition[string]): string | [] {
  if (name === "inputs") return [];
  if (wanted === "given" || isFlag(wanted)) return `add --${name}`;
  return "not" in wanted ? `choose another --${name}` : `choose --${name} ${wanted.join(" or ")}`;
}

/**
 * The end of a sentence about an option without effect: "with --schedule cosine; remove it or choose --schedule decay".
 * @param values of all options, by their camelCase names, and the task
 * @param own the name of the option, if its conditions name values of its own
 * @returns null if the option has an effect
 */
export function whyNoEffect({ needs = [] }: Option, values: Values, own?: string): string | null {
  const unmet = needs.map((condition) =>
    Object.entries(condition).filter(([name, wanted]) => !holds(name, wanted, values)),
  );
  if (unmet.length === 0 || unmet.some((entries) => entries.length === 0)) return null;
  const failing = unmet.map((entries) => entries.filter(([name]) => name !== own));
  const obstacles = failing.flatMap((entries) => entries.map(([name, wanted]) => obstacle(name, wanted, values)));
  const remedies = failing.map((entries) => entries.flatMap(([name, wanted]) => remedy(name, wanted)).join(" and "));
  const choices = ["remove it", ...remedies.filter((text) => text !== "")];
  return `${[...new Set(obstacles)].join(" ")}; ${[...new Set(choices)].join(" or ")}`;
}

/**
 * @param values of all options, by their camelCase names, and the task
 * @throws UsageError for an option of the group that was given and has no effect
 */
export function refuseWithoutEffect(group: Options, given: Values, values: Values): void {
  for (const [name, option] of Object.entries(group)) {
    const why = given[camelCase(name)] === undefined ? null : whyNoEffect(option, values, name);
    if (why !== null) throw new UsageError(`--${name} has no effect ${why}`);
  }
}
