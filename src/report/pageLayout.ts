/** @file The document around the content of a page. */
import { version } from "../common/version.js";
import { type Content, Markup, markup } from "../render/markup.js";
import { style } from "./reportStyle.js";

/** The content security policy of a page without scripts: only its style sheet is allowed. */
const scriptlessPolicy = "default-src 'none'; style-src 'unsafe-inline'";

/** The mark of the pages that rnn wrote, before its version. */
export const pageMark = '<meta name="generator" content="rnn ';

/**
 * A self-contained HTML page.
 * @param body the content of the body
 * @param policy content security policy
 * @param look style sheet
 */
export const wholePage = (title: string, body: Markup, { policy = scriptlessPolicy, look = style } = {}): string =>
  markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${new Markup(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
${new Markup(pageMark)}${version}">
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
