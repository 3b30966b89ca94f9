/** @file Ends a text before a stop text, though both arrive in pieces. */

/** Of several stop texts, the one that is complete first ends the text; of two that end together, the longer one. */
export class StopText {
  /** Whether a stop text has come. */
  stopped = false;
  private held = "";
  private readonly stops: readonly string[];

  /** @param stop none, or only empty ones: everything passes at once */
  constructor(stop: string | readonly string[] = []) {
    this.stops = [stop].flat().filter((text) => text !== "");
  }

  /**
   * Takes the next piece of the text.
   * @param last whether it is the last one
   * @returns text that can be shown: a possible beginning of a stop text is held back until more has come, or until the last piece
   */
  pass(text: string, last: boolean): string {
    if (this.stops.length === 0) return text;
    this.held += text;
    const offset = this.stopOffset();
    if (offset !== -1) {
      this.stopped = true;
      return this.held.slice(0, offset);
    }
    const shown = this.held.length - (last ? 0 : Math.max(...this.stops.map((stop) => this.overlap(stop))));
    const passed = this.held.slice(0, shown);
    this.held = this.held.slice(shown);
    return passed;
  }

  /** Where the stop text that is complete first begins in the held text; -1 if there is none. */
  private stopOffset(): number {
    let [offset, end] = [-1, Infinity];
    for (const stop of this.stops) {
      const found = this.held.indexOf(stop);
      if (found === -1) continue;
      const foundEnd = found + stop.length;
      if (foundEnd < end || (foundEnd === end && found < offset)) [offset, end] = [found, foundEnd];
    }
    return offset;
  }

  /** Length of the longest end of the held text that a stop text begins with. */
  private overlap(stop: string): number {
    let length = Math.min(this.held.length, stop.length - 1);
    while (length > 0 && !stop.startsWith(this.held.slice(-length))) length--;
    return length;
  }
}
