/** @file Ends a text after a whole word; the text may arrive in pieces. */
import { clusterCharacters, patterns } from "../../tokenizers/codeUnits.js";

/** Scripts without spaces have no half words. */
const dense = `${patterns.unspacedScripts}${clusterCharacters}`;
const lastWord = new RegExp(String.raw`\s*[^\s${dense}]*$`, "u");
const endsInWord = new RegExp(String.raw`(?![${dense}])[\p{L}\p{M}\p{N}]['’_-]?$`, "u");
const startsInWord = new RegExp(String.raw`^['’_-]?(?![${dense}])[\p{L}\p{M}\p{N}]`, "u");

/** Holds back the last word with the white space before it, since the rest of the word may follow. */
export class WholeWords {
  private pending = "";

  /** Takes the next piece of the text. @returns text that can be shown */
  pass(text: string): string {
    this.pending += text;
    return this.take(lastWord.exec(this.pending)!.index);
  }

  /** The end of the text. @param next the text that would follow: the last word is left out if it goes on there */
  end(next: string): string {
    const isCut = endsInWord.test(this.pending) && (next === "" || startsInWord.test(next));
    return isCut ? "" : this.take(this.pending.length);
  }

  private take(length: number): string {
    const passed = this.pending.slice(0, length);
    this.pending = this.pending.slice(length);
    return passed;
  }
}
