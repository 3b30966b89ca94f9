/** @file Numbers for texts or sequences of numbers, as a regressor says them: as many as items, in their order. */
import { unscaled } from "../../examples/scaling.js";
import type { Model } from "../../model/model.js";
import { arriving } from "./arriving.js";
import { type Item, itemsAtOnce, outputsOf } from "./outputs.js";

/** Predicts for items as they arrive: one waits for others only as long as they are already there. @param model a regressor */
export async function* predict(model: Model, items: AsyncIterable<Item>): AsyncGenerator<number> {
  for await (const batch of arriving(items, itemsAtOnce)) yield* predictBatch(model, batch);
}

/** An item's number does not depend on the items beside it, to the bit. @param model a regressor */
export const predictBatch = (model: Model, items: readonly Item[]): number[] =>
  outputsOf(model, items).map(([output]) => unscaled(output!, model.target!));
