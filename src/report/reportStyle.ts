/** @file The style sheet of a page, for light and dark screens and for paper. */
import { Markup } from "../render/markup.js";
import { plotColors, plotStyle } from "../render/plotFigure.js";

const lightColors = Object.entries(plotColors)
  .map(([name, value]) => `--${name}: ${value};`)
  .join(" ");

export const style = new Markup(`
:root { color-scheme: light dark; ${lightColors} --shade-ink: #fff; }
@media (prefers-color-scheme: dark) { :root { --ground: #14171c; --ink: #e4e7ec; --faint: #98a2b3; --line: #343a46; --first: #6ba6ff; --second: #f29a57; --shade-ink: #14171c; } }
@media print { :root { color-scheme: light; --ground: #fff; --ink: #000; --faint: #444; --line: #bbb; --first: #1f6feb; --second: #c4550b; --shade-ink: #fff; }
  figure, table, pre { break-inside: avoid; } h2 { break-after: avoid; } details::details-content { content-visibility: visible; block-size: auto; } summary { display: none; }
  * { print-color-adjust: exact; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 860px; padding: 24px 24px 64px; background: var(--ground); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
h1 { font-size: 26px; line-height: 1.25; margin: 8px 0 4px; overflow-wrap: anywhere; } h2 { font-size: 19px; margin: 40px 0 4px; } h3 { font-size: 15px; margin: 20px 0 4px; }
p { margin: 4px 0 10px; max-width: 68ch; } .faint, caption, small, summary { color: var(--faint); }
.wide { max-width: none; overflow-wrap: anywhere; }
figure { margin: 8px 0; } svg { display: block; width: 100%; height: auto; }
${plotStyle((name) => `var(--${name})`).text}.legend { margin: 0 0 0 62px; font-size: 13px; } .key-name { margin-right: 16px; } .key-name::before { content: ""; display: inline-block; width: 22px; margin-right: 6px; vertical-align: middle; border-top: 2px solid; border-color: inherit; } .key-2::before { border-top-style: dashed; }
.scroll { overflow-x: auto; } table { border-collapse: collapse; margin: 8px 0; font-variant-numeric: tabular-nums; } caption { text-align: left; font-size: 13px; white-space: nowrap; padding-bottom: 4px; }
th, td { padding: 3px 9px; border-bottom: 1px solid var(--line); text-align: right; white-space: nowrap; } th { font-weight: 600; } thead th { white-space: normal; } th:first-child { text-align: left; padding-left: 0; }
tbody th { font-weight: 400; } td.shaded { background: color-mix(in srgb, var(--first) var(--shade), transparent); } td.dark, td.dark small { color: var(--shade-ink); }
.left td { text-align: left; white-space: normal; overflow-wrap: anywhere; }
pre { margin: 4px 0 16px; padding: 10px 12px; border: 1px solid var(--line); border-radius: 6px; white-space: pre-wrap; overflow-wrap: anywhere; font: 13px/1.5 ui-monospace, monospace; }
summary { cursor: pointer; font-size: 13px; }
`);
