/** @file Ends a text where given words would come, though they arrive in pieces. */

export class StopText {
  stopped = false;
  private held = "";

  /** @param stop absent: everything passes at once */
  constructor(private readonly stop: string | undefined) {}

  /** @returns what may be shown by now; what could be the beginning of the stop text is held back until it is known, or until the `last` piece */
  pass(text: string, last: boolean): string {
    if (!this.stop) return text;
    this.held += text;
    const found = this.held.indexOf(this.stop);
    if (found !== -1) {
      this.stopped = true;
      return this.held.slice(0, found);
    }
    const shown = last ? this.held.length : this.held.length - this.beginning(this.stop);
    const passed = this.held.slice(0, shown);
    this.held = this.held.slice(shown);
    return passed;
  }

  /** How much of the end of what is held is a beginning of the stop text. */
  private beginning(stop: string): number {
    let length = Math.min(this.held.length, stop.length - 1);
    while (length > 0 && !stop.startsWith(this.held.slice(-length))) length--;
    return length;
  }
}
