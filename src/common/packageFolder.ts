/** @file The folder of the package: the nearest one above this file that has a package.json. The program runs from src/, dist/ or bundle/. */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

function nearestPackage(url: URL): string {
  return existsSync(new URL("package.json", url)) ? fileURLToPath(url) : nearestPackage(new URL("..", url));
}

export const packageFolder = nearestPackage(new URL("..", import.meta.url));
