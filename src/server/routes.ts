/** @file The routes of the server. */
import { classifyRoute } from "./classifyRoute.js";
import { completionsRoute } from "./completionsRoute.js";
import { modelRoute, modelsRoute } from "./modelsRoute.js";
import { RequestError } from "./requestError.js";
import type { Route } from "./route.js";
import { scoreRoute } from "./scoreRoute.js";
import { suggestionsRoute } from "./suggestionsRoute.js";
import { pageRoute } from "./writingPage.js";

const routes: readonly Route[] = [
  pageRoute,
  modelsRoute,
  modelRoute,
  completionsRoute,
  classifyRoute,
  scoreRoute,
  suggestionsRoute,
];

/** The end of a path after a route's path that ends with a slash; empty for the path itself, undefined for another path. */
function restOf(path: string, route: Route): string | undefined {
  if (path === route.path) return route.path.length > 1 && route.path.endsWith("/") ? undefined : "";
  return route.path.length > 1 && route.path.endsWith("/") && path.startsWith(route.path)
    ? decoded(path.slice(route.path.length))
    : undefined;
}

/**
 * The route of a request, and the end of its path.
 * @throws RequestError with status 404 for an unknown path, with 405 for another method
 */
export function findRoute(method: string | undefined, path: string): { route: Route; rest: string } {
  const fitting = routes.flatMap((route) => {
    const rest = restOf(path, route);
    return rest === undefined ? [] : [{ route, rest }];
  });
  const found = fitting.find(({ route }) => route.method === method);
  if (found) return found;
  if (fitting.length === 0) {
    const known = routes.map((route) => `${route.method} ${route.path}`).join(", ");
    throw new RequestError(404, `there is nothing at ${path.slice(0, 80)}; known: ${known}`);
  }
  throw new RequestError(405, `${path} takes ${fitting.map(({ route }) => route.method).join(" or ")}`);
}

/** @throws RequestError for a path that is not encoded as a URL's */
function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    throw new RequestError(400, `the path is not encoded as that of a URL: ${path.slice(0, 80)}`);
  }
}
