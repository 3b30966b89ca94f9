/** @file The texts of a request that asks about texts, and the answers to them. */
import { quantity } from "../common/quantity.js";
import { RequestError } from "./requestError.js";
import type { ServerLimits } from "./serverLimits.js";

/** One text or several, as a list. @throws RequestError for more than a request may have */
export function inputsOf<Text>(input: Text | readonly Text[], { texts }: ServerLimits): readonly Text[] {
  const all = Array.isArray(input) ? (input as readonly Text[]) : [input as Text];
  if (all.length <= texts) return all;
  throw new RequestError(400, `input: ${quantity(all.length, "texts")}; at most ${texts} are read`);
}

/** The items of all batches. */
export async function collected<Item>(batches: AsyncIterable<Iterable<Item>>): Promise<Item[]> {
  const items: Item[] = [];
  for await (const batch of batches) items.push(...batch);
  return items;
}
