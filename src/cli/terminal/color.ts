/** @file Colours for stderr: none where it is no terminal, or where NO_COLOR asks for none (https://no-color.org). */
import { Chalk, chalkStderr } from "chalk";

export const colour = process.env["NO_COLOR"] ? new Chalk({ level: 0 }) : chalkStderr;
