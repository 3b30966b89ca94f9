/** @file `npm run build`, and `prepare` after an install: TypeScript to dist/, then the native addon if there is a C compiler. */
import { buildAddon } from "./build-addon.mjs";
import { buildScripts } from "./build-scripts.mjs";

if (!(await buildScripts()))
  console.error("src/ was not compiled, because the development packages are missing; run npm ci");
await buildAddon();
