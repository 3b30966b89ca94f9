/** @file How a page looks: on a light screen, a dark one and on paper. */
import { Markup } from "../render/markup.js";

export const style = new Markup(`
:root { color-scheme: light dark; --ground: #fff; --ink: #1d2129; --faint: #667085; --line: #d9dde5; --first: #1f6feb; --second: #c4550b; --shade-ink: #fff; }
@media (prefers-color-scheme: dark) { :root { --ground: #14171c; --ink: #e4e7ec; --faint: #98a2b3; --line: #343a46; --first: #6ba6ff; --second: #f29a57; --shade-ink: #14171c; } }
@media print { :root { color-scheme: light; --ground: #fff; --ink: #000; --faint: #444; --line: #bbb; --first: #1f6feb; --second: #c4550b; --shade-ink: #fff; }
  figure, table, pre { break-inside: avoid; } h2 { break-after: avoid; } details::details-content { content-visibility: visible; block-size: auto; } summary { display: none; }
  * { print-color-adjust: exact; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 860px; padding: 24px 24px 64px; background: var(--ground); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
h1 { font-size: 26px; line-height: 1.25; margin: 8px 0 4px; overflow-wrap: anywhere; } h2 { font-size: 19px; margin: 40px 0 4px; } h3 { font-size: 15px; margin: 20px 0 4px; }
p { margin: 4px 0 10px; max-width: 68ch; } .faint, caption, small, summary { color: var(--faint); }
.wide { max-width: none; overflow-wrap: anywhere; }
figure { margin: 8px 0; } svg { display: block; width: 100%; height: auto; font: 12px system-ui, sans-serif; }
svg text { fill: var(--ink); } .frame { fill: none; stroke: var(--line); } .grid { stroke: var(--line); stroke-dasharray: 2 3; }
.row { text-anchor: end; dominant-baseline: middle; } .row.right { text-anchor: start; } .column, .title { text-anchor: middle; } svg .row, svg .column { fill: var(--faint); }
.line path { fill: none; stroke-width: 2; } .line-1 path { stroke: var(--first); } .line-2 path { stroke: var(--second); stroke-dasharray: 6 3; } .line-1 circle { fill: var(--first); } .line-2 circle { fill: var(--second); }
.legend { margin: 0 0 0 62px; font-size: 13px; } .key { margin-right: 16px; } .key::before { content: ""; display: inline-block; width: 22px; margin-right: 6px; vertical-align: middle; border-top: 2px solid var(--first); } .key-2::before { border-top: 2px dashed var(--second); }
.line-3 path { stroke: #2b9348; } .line-3 circle { fill: #2b9348; } .key-3::before { border-top-color: #2b9348; } .line-4 path { stroke: #9d4edd; } .line-4 circle { fill: #9d4edd; } .key-4::before { border-top-color: #9d4edd; } .line-5 path { stroke: #b8860b; } .line-5 circle { fill: #b8860b; } .key-5::before { border-top-color: #b8860b; } .line-6 path { stroke: #0a9396; } .line-6 circle { fill: #0a9396; } .key-6::before { border-top-color: #0a9396; } .line-7 path { stroke: #d6336c; } .line-7 circle { fill: #d6336c; } .key-7::before { border-top-color: #d6336c; } .line-8 path { stroke: #7a8699; } .line-8 circle { fill: #7a8699; } .key-8::before { border-top-color: #7a8699; }
.bar { fill: var(--first); opacity: 0.45; } .mean { fill: var(--second); } .diagonal { stroke: var(--faint); stroke-dasharray: 4 4; }
.token circle { fill: var(--first); opacity: 0.7; } .token text { dominant-baseline: middle; font-size: 11px; }
.scroll { overflow-x: auto; } table { border-collapse: collapse; margin: 8px 0; font-variant-numeric: tabular-nums; } caption { text-align: left; font-size: 13px; white-space: nowrap; padding-bottom: 4px; }
th, td { padding: 3px 9px; border-bottom: 1px solid var(--line); text-align: right; white-space: nowrap; } th { font-weight: 600; } thead th { white-space: normal; } th:first-child { text-align: left; padding-left: 0; }
tbody th { font-weight: 400; } td.shaded { background: color-mix(in srgb, var(--first) var(--shade), transparent); } td.dark, td.dark small { color: var(--shade-ink); }
.left td { text-align: left; white-space: normal; overflow-wrap: anywhere; }
pre { margin: 4px 0 16px; padding: 10px 12px; border: 1px solid var(--line); border-radius: 6px; white-space: pre-wrap; overflow-wrap: anywhere; font: 13px/1.5 ui-monospace, monospace; }
summary { cursor: pointer; font-size: 13px; }
`);
