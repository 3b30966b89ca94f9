/** @file Learning rate schedules: pure functions of the training step, so that a resumed run has the same rates. */

import type { ScheduleName } from "../common/names.js";

/** The position in a run: `step` of `steps` from 0, `epoch` from 0. */
export type SchedulePosition = { step: number; steps: number; epoch: number };

export type Decay = {
  /** Factor on the rate after each epoch past `lrDecayAfter`. */
  lrDecay: number;
  /** Epochs at the full rate. */
  lrDecayAfter: number;
};

/** The factor of the learning rate in a warm-up: it rises linearly over some steps. @param step from 0 @param steps 0 for no warm-up */
export const warmUpFactor = (step: number, steps: number): number => Math.min(1, (step + 1) / steps);

/** Each returns the factor of the learning rate. */
export const schedules = {
  constant: () => 1,
  /** Half a cosine, from 1 to 0 (Loshchilov & Hutter 2017). */
  cosine: ({ step, steps }) => 0.5 * (1 + Math.cos((Math.PI * step) / steps)),
  linear: ({ step, steps }) => 1 - step / steps,
  /** 1 for some epochs, then multiplied by a factor after each epoch (Zaremba 2014). */
  decay: ({ epoch }, { lrDecay, lrDecayAfter }) => lrDecay ** Math.max(0, epoch + 1 - lrDecayAfter),
} satisfies Record<ScheduleName, (position: SchedulePosition, decay: Decay) => number>;
