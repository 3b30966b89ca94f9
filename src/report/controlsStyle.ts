/** @file The style of text areas, fields and buttons, in addition to the style of a page. */
import { Markup } from "../render/markup.js";

export const controlsStyle = new Markup(`
label { display: block; font-weight: 600; } main { margin-top: 20px; } small { display: block; font-weight: 400; font-size: 12px; }
textarea, input, button { font: inherit; color: inherit; } textarea { width: 100%; resize: vertical; padding: 8px 10px; }
textarea, input[type=number] { background: var(--ground); border: 1px solid var(--faint); border-radius: 6px; }
input { display: block; font-weight: 400; } input[type=number] { width: 100%; padding: 5px 8px; } input[type=range] { width: 100%; height: 33px; margin: 0; accent-color: var(--first); }
:focus-visible { outline: 2px solid var(--first); outline-offset: 1px; }
.fields { display: grid; grid-template-columns: repeat(auto-fit, minmax(120px, 1fr)); gap: 12px 18px; margin: 14px 0; }
.buttons { display: flex; align-items: center; gap: 10px; } button { padding: 7px 20px; border: 1px solid var(--first); border-radius: 6px; background: var(--ground); color: var(--first); cursor: pointer; }
button[type=submit] { background: var(--first); color: var(--shade-ink); font-weight: 600; } button:disabled { border-color: var(--line); color: var(--faint); cursor: default; }
`);
