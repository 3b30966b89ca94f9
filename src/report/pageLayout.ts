/** @file What every page has around its content. */
import { version } from "../common/version.js";
import { type Content, Markup, markup } from "../render/markup.js";
import { style } from "./reportStyle.js";

/** What a page may do: nothing but look as it does. */
const stillPolicy = "default-src 'none'; style-src 'unsafe-inline'";

/**
 * A page that needs nothing else.
 * @param policy keeps a browser from asking for anything
 * @param body the element with its content, where it has more than that
 */
export const wholePage = (title: string, body: Markup, { policy = stillPolicy, look = style } = {}): string =>
  markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${new Markup(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="rnn ${version}">
<title>${title}</title>
<style>${look}</style>
</head>
<body>
${body}
</body>
</html>
`.text;

export const section = (title: string, words: Content, body: Content): Markup =>
  markup`<section><h2>${title}</h2><p class="faint">${words}</p>${body}</section>`;
