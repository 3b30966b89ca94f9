/** @file How the page's controls look, beside what every page has. */
import { Markup } from "../../render/markup.js";

export const pageStyle = new Markup(`
label { display: block; font-weight: 600; } main { margin-top: 20px; } small { display: block; font-weight: 400; font-size: 12px; }
textarea, input, button { font: inherit; color: inherit; } textarea { width: 100%; resize: vertical; padding: 8px 10px; }
textarea, input[type=number] { background: var(--ground); border: 1px solid var(--faint); border-radius: 6px; }
input { display: block; font-weight: 400; } input[type=number] { width: 100%; padding: 5px 8px; } input[type=range] { width: 100%; height: 33px; margin: 0; accent-color: var(--first); }
:focus-visible { outline: 2px solid var(--first); outline-offset: 1px; }
.fields { display: grid; grid-template-columns: repeat(auto-fit, minmax(120px, 1fr)); gap: 12px 18px; margin: 14px 0; }
.buttons { display: flex; align-items: center; gap: 10px; } button { padding: 7px 20px; border: 1px solid var(--first); border-radius: 6px; background: var(--ground); color: var(--first); cursor: pointer; }
button[type=submit] { background: var(--first); color: var(--shade-ink); font-weight: 600; } button:disabled { border-color: var(--line); color: var(--faint); cursor: default; }
#text { min-height: 9em; max-height: 50vh; overflow-y: auto; margin-top: 16px; font-size: 15px; line-height: 1.55; } #state { min-height: 1.5em; font-size: 13px; }
#labels { list-style: none; margin: 14px 0; padding: 0; } #labels label { display: grid; grid-template-columns: auto minmax(80px, 24%) 1fr 64px; align-items: center; gap: 10px; padding: 3px 0; font-weight: 400; }
#labels input { margin: 0; accent-color: var(--first); } .name { overflow-wrap: anywhere; } .share { text-align: right; font-variant-numeric: tabular-nums; }
#labels .bar { height: 10px; border-radius: 5px; opacity: 1; background: linear-gradient(var(--first) 0 0) 0 / calc(100% * var(--share)) no-repeat var(--line); }
#number { font-size: 26px; font-variant-numeric: tabular-nums; } #number:empty, #labels:empty, #tagged:empty { display: none; }
#weighed { max-width: none; font-size: 17px; line-height: 2; white-space: pre-wrap; overflow-wrap: anywhere; }
.for, .against { --tone: var(--first); border-radius: 3px; padding: 2px 0; background: color-mix(in srgb, var(--tone) calc(55% * var(--shade)), transparent); border-bottom: 2px solid color-mix(in srgb, var(--tone) calc(100% * var(--shade)), transparent); }
.against { --tone: var(--second); border-bottom-style: dashed; }
.scale { display: flex; gap: 8px; font-size: 13px; } .scale span { --shade: 0.75; padding: 0 8px; }
#tagged p { max-width: none; line-height: 1.3; } .tagged { display: inline-block; margin: 4px 6px 4px 0; text-align: center; } .tagged small { color: var(--first); }
footer { margin-top: 40px; border-top: 1px solid var(--line); padding-top: 12px; } footer h2 { margin-top: 24px; } footer summary { font-size: 15px; } footer .left :is(th, td) { vertical-align: top; }
`);
