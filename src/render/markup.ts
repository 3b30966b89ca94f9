/** @file HTML and SVG from template literals; inserted text is escaped. */

/** Escaped markup, which can be inserted as it is. */
export class Markup {
  constructor(readonly text: string) {}
}

export type Content = Markup | string | number | null | undefined | false | readonly Content[];

const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

/** Control characters are invalid in markup; bidirectional ones would reorder the surrounding text. */
const forbidden = /(?![\n\t])[\p{Cc}\u202A-\u202E\u2066-\u2069]/gu;

const textOf = (content: Content): string => {
  if (content === null || content === undefined || content === false) return "";
  if (content instanceof Markup) return content.text;
  if (typeof content === "object") return content.map(textOf).join("");
  return String(content)
    .replaceAll(forbidden, "\uFFFD")
    .replaceAll(/[&<>"']/g, (character) => entities[character]!);
};

/** For example markup`<p>${text}</p>`. */
export const markup = (parts: TemplateStringsArray, ...contents: Content[]): Markup =>
  new Markup(parts.map((part, index) => part + textOf(contents[index])).join(""));
