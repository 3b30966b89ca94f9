/** @file `npm run build`, and `prepare` after an install: TypeScript to dist/, then the native addon where a C compiler is there. */
import { buildAddon } from "./build-addon.mjs";
import { buildScripts } from "./build-scripts.mjs";

if (!(await buildScripts())) console.error("src/ was not compiled: that takes the development packages (npm ci)");
await buildAddon();
