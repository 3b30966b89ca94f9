/** @file Markup made of text: what is put in is escaped, unless it is markup itself. */

/** Markup that is safe to put into a page. */
export class Markup {
  constructor(readonly text: string) {}
}

export type Content = Markup | string | number | null | undefined | false | readonly Content[];

const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

/** Control characters have no place in markup, and bidirectional ones would turn what stands around them. */
const forbidden = /(?![\n\t])[\p{Cc}\u202A-\u202E\u2066-\u2069]/gu;

const textOf = (content: Content): string => {
  if (content === null || content === undefined || content === false) return "";
  if (content instanceof Markup) return content.text;
  if (typeof content === "object") return content.map(textOf).join("");
  return String(content)
    .replaceAll(forbidden, "\uFFFD")
    .replaceAll(/[&<>"']/g, (character) => entities[character]!);
};

/** As in markup`<p>${words}</p>`: HTML, or SVG. */
export const markup = (parts: TemplateStringsArray, ...contents: Content[]): Markup =>
  new Markup(parts.map((part, index) => part + textOf(contents[index])).join(""));
