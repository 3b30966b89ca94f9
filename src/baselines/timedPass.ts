/** @file Passes over examples that end when their time is over. */
import { spreadNumbers } from "../examples/sampledExamples.js";

/** How many of all examples were read. */
export type Share = { count: number; of: number };

const checkedEvery = 64; // examples

/** The numbers 0 … count − 1, until a time in milliseconds of `performance.now`. With a time they come in spread order, so that those that were reached are a sample. */
export class TimedPass implements Iterable<number> {
  /** How many were reached. */
  reached = 0;

  constructor(
    private readonly count: number,
    private readonly until: number | undefined,
  ) {}

  get share(): Share {
    return { count: this.reached, of: this.count };
  }

  *[Symbol.iterator](): Generator<number> {
    const { count, until } = this;
    this.reached = 0;
    for (const index of until === undefined ? ascending(count) : spreadNumbers(count)) {
      if (until !== undefined && this.reached > 0 && this.reached % checkedEvery === 0 && performance.now() >= until)
        return;
      this.reached++;
      yield index;
    }
  }
}

function* ascending(count: number): Generator<number> {
  for (let index = 0; index < count; index++) yield index;
}

/** If not all was read: how many of how many tokens or documents of the training part a baseline was fitted on, and of the part it was scored on. */
export type Sampled = { sample?: { unit: string; training: Share; heldOut: Share } };

/** The shares of two passes; nothing if all was read. @param unit of which they are counts, in the plural */
export const sampleOfPasses = (unit: string, training: Share, heldOut: Share): Sampled =>
  training.count < training.of || heldOut.count < heldOut.of ? { sample: { unit, training, heldOut } } : {};

/** The part of the time that fitting takes; scoring takes the rest. */
const fittingShare = 0.7;

/** When fitting ends so that scoring ends in time. */
export const fittingUntil = (until: number | undefined): number | undefined =>
  until === undefined ? undefined : performance.now() + fittingShare * Math.max(0, until - performance.now());
