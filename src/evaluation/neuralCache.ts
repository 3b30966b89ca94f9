/** @file The continuous cache of a language model (Grave, Joulin & Usunier 2017): tokens that followed similar states become more probable. */

/** p_cache(token) is proportional to the sum of exp(theta · state · stored state) over the stored states that the token followed. */
export class NeuralCache {
  private readonly states: Float32Array; // [size, width], a ring
  private readonly tokens: Int32Array; // [size]
  private readonly similarities: Float64Array; // [size]
  private stored = 0;

  /** @param size the states that are kept, the last ones @param width of a state */
  constructor(
    private readonly size: number,
    private readonly width: number,
  ) {
    this.states = new Float32Array(size * width);
    this.tokens = new Int32Array(size);
    this.similarities = new Float64Array(size);
  }

  /** The number of states that are kept. */
  get length(): number {
    return Math.min(this.stored, this.size);
  }

  /** The probabilities of a token after a state, one for each theta; 0 from an empty cache. */
  probabilities(state: Float32Array, token: number, thetas: readonly number[]): number[] {
    const { length, width, states, tokens, similarities } = this;
    let largest = -Infinity;
    for (let entry = 0; entry < length; entry++) {
      let similarity = 0;
      for (let unit = 0, at = entry * width; unit < width; unit++, at++) similarity += state[unit]! * states[at]!;
      similarities[entry] = similarity;
      largest = Math.max(largest, similarity);
    }
    return thetas.map((theta) => {
      let [all, ofToken] = [0, 0];
      for (let entry = 0; entry < length; entry++) {
        const weight = Math.exp(theta * (similarities[entry]! - largest));
        all += weight;
        if (tokens[entry] === token) ofToken += weight;
      }
      return length === 0 ? 0 : ofToken / all;
    });
  }

  /** Keeps a state and the token that followed it. */
  add(state: Float32Array, token: number): void {
    const entry = this.stored % this.size;
    this.states.set(state, entry * this.width);
    this.tokens[entry] = token;
    this.stored++;
  }
}
