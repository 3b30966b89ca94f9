/** @file The states that are carried from batch to batch: one for the corpus of a run, one for the corpus that it replays. */
import { dispose } from "../engine/tfjs.js";
import type { Batch } from "../examples/batch.js";
import type { NetworkState } from "../network/network.js";

/** The state after the last batch of the corpus, and after the last one of the replayed corpus; null before the first. */
export type CarriedStates = { own: NetworkState | null; replayed: NetworkState | null };

const sourceOf = ({ replayed }: Batch): keyof CarriedStates => (replayed ? "replayed" : "own");

/** Frees the state that a new one replaces. */
export class CarriedState {
  /** @param states from which it goes on; it frees them */
  constructor(readonly states: CarriedStates = { own: null, replayed: null }) {}

  /** The state from which a batch is read; null for the initial state. */
  before(batch: Batch): NetworkState | null {
    return batch.continues ? this.states[sourceOf(batch)] : null;
  }

  keep(batch: Batch, state: NetworkState): void {
    const source = sourceOf(batch);
    const former = this.states[source];
    this.states[source] = state;
    if (former) dispose(former);
  }

  dispose(): void {
    for (const state of Object.values(this.states)) if (state) dispose(state);
    this.states.own = this.states.replayed = null;
  }
}
