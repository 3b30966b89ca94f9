/** @file The learning rate over a run: pure functions of steps alone, so that a resumed run sees the rates it would have seen. */

import type { ScheduleName } from "../common/names.js";

/** Where a run is: `step` of `steps` from 0, `epoch` from 0. */
export type Place = { step: number; steps: number; epoch: number };

export type Decay = {
  /** Factor on the rate after each epoch past `lrDecayAfter`. */
  lrDecay: number;
  /** Epochs at the full rate. */
  lrDecayAfter: number;
};

/** Each gives a factor on the learning rate. */
export const schedules = {
  constant: () => 1,
  /** Half a cosine, from 1 to 0 (Loshchilov & Hutter 2017). */
  cosine: ({ step, steps }) => 0.5 * (1 + Math.cos((Math.PI * step) / steps)),
  linear: ({ step, steps }) => 1 - step / steps,
  /** Whole for some epochs, then smaller by a factor at each (Zaremba 2014). */
  decay: ({ epoch }, { lrDecay, lrDecayAfter }) => lrDecay ** Math.max(0, epoch + 1 - lrDecayAfter),
} satisfies Record<ScheduleName, (place: Place, decay: Decay) => number>;
