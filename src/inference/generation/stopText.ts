/** @file Ends a text before a stop text; both may arrive in pieces. */

/** Of several stop texts, the one that is complete first ends the text; of two that end together, the longer one. */
export class StopText {
  /** Whether a stop text was found. */
  stopped = false;
  private pending = "";
  private readonly stops: readonly string[];

  /** @param stop none, or only empty ones: everything passes at once */
  constructor(stop: string | readonly string[] = []) {
    this.stops = [stop].flat().filter((text) => text !== "");
  }

  /**
   * Takes the next piece of the text.
   * @param last whether it is the last one
   * @returns text that can be shown; the possible start of a stop text is returned by a later call, or with the last piece
   */
  pass(text: string, last: boolean): string {
    if (this.stops.length === 0) return text;
    this.pending += text;
    const offset = this.stopOffset();
    if (offset !== -1) {
      this.stopped = true;
      return this.pending.slice(0, offset);
    }
    const shown = this.pending.length - (last ? 0 : Math.max(...this.stops.map((stop) => this.overlap(stop))));
    const passed = this.pending.slice(0, shown);
    this.pending = this.pending.slice(shown);
    return passed;
  }

  /** The offset in the pending text of the stop text that is complete first; -1 if there is none. */
  private stopOffset(): number {
    let [offset, end] = [-1, Infinity];
    for (const stop of this.stops) {
      const found = this.pending.indexOf(stop);
      if (found === -1) continue;
      const foundEnd = found + stop.length;
      if (foundEnd < end || (foundEnd === end && found < offset)) [offset, end] = [found, foundEnd];
    }
    return offset;
  }

  /** The length of the longest suffix of the pending text that is a prefix of a stop text. */
  private overlap(stop: string): number {
    let length = Math.min(this.pending.length, stop.length - 1);
    while (length > 0 && !stop.startsWith(this.pending.slice(-length))) length--;
    return length;
  }
}
