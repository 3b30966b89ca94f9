/** @file Where the package lies: src/, dist/ and bundle/ are folders of it. */
import { fileURLToPath } from "node:url";

export const packageFolder = fileURLToPath(new URL("..", import.meta.url));
