/** @file What every page has around its content. */
import { version } from "../version.js";
import { type Content, type Markup, markup } from "./markup.js";
import { style } from "./style.js";

/** A page that needs nothing else. The policy in it keeps a browser from asking for anything. */
export const wholePage = (title: string, body: Markup): string =>
  markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="rnn ${version}">
<title>${title}</title>
<style>${style}</style>
</head>
<body>
${body}
</body>
</html>
`.text;

export const section = (title: string, words: Content, body: Content): Markup =>
  markup`<section><h2>${title}</h2><p class="faint">${words}</p>${body}</section>`;
