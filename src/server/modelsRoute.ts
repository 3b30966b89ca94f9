/** @file `GET /v1/models` and `GET /v1/models/NAME`: the models that are served. */
import type { Model } from "../model/model.js";
import { RequestError } from "./requestError.js";
import { route } from "./route.js";

/** As OpenAI's clients read it, with the task beside it. */
const shown = ([id, { task, document }]: [string, Model]) => ({
  id,
  object: "model",
  created: Math.floor(Date.parse(document.created) / 1000) || 0, // seconds
  owned_by: "rnn",
  task,
});

export const modelsRoute = route({
  method: "GET",
  path: "/v1/models",
  answer: (_, { models }) => ({ json: { object: "list", data: models.all.map(shown) } }),
});

export const modelRoute = route({
  method: "GET",
  path: "/v1/models/",
  answer: (_, { models, rest }) => {
    const found = models.all.find(([name]) => name === rest);
    if (!found)
      throw new RequestError(404, `there is no model ${JSON.stringify(rest.slice(0, 80))}; GET /v1/models lists them`);
    return { json: shown(found) };
  },
});
