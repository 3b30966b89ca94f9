/** @file The models of a server by name, each loaded once. */
import { UsageError } from "../common/errors.js";
import type { Task } from "../common/names.js";
import type { Model, ModelOf } from "../model/model.js";
import { nameOf } from "../report/aboutSection.js";
import { RequestError } from "./requestError.js";

/** The tasks of models that can be served. */
export const servedTasks = ["generator", "classifier", "regressor"] as const satisfies readonly Task[];

export class ServedModels {
  private readonly byName = new Map<string, Model>();

  /** @throws UsageError for two models of one name */
  constructor(models: readonly Model[]) {
    for (const model of models) {
      const name = nameOf(model);
      const other = this.byName.get(name);
      if (other)
        throw new UsageError(
          `${other.folder} and ${model.folder} have one name; rename one of the folders, or serve one`,
        );
      this.byName.set(name, model);
    }
  }

  /** Names and models, in the order in which they were given. */
  get all(): [name: string, model: Model][] {
    return [...this.byName];
  }

  /**
   * @param name null or undefined for the first model of these tasks
   * @throws RequestError with status 404 if there is none, with 400 if the named one has another task
   */
  find<Kind extends Task>(name: string | null | undefined, ...tasks: Kind[]): [name: string, model: ModelOf<Kind>] {
    const fits = (model: Model): model is ModelOf<Kind> => (tasks as Task[]).includes(model.task);
    const wanted = tasks.join(" or ");
    const shown = name == null ? undefined : JSON.stringify(name.slice(0, 80));
    const found = this.all.find(([one, model]) => (name == null ? fits(model) : one === name));
    if (!found)
      throw new RequestError(
        404,
        `there is no ${shown === undefined ? wanted : `model ${shown}`}; GET /v1/models lists them`,
      );
    const [own, model] = found;
    if (fits(model)) return [own, model];
    throw new RequestError(400, `the model ${shown} is a ${model.task}; this needs a ${wanted}`);
  }
}
