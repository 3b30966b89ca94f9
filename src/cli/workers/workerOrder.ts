/** @file The order for the workers of a command. */
import type { Engine, Model } from "../../model/model.js";
import type { JobName, JobOrder } from "./workerJobs.js";

/** One thread each, unless the options say otherwise. */
export const workerOrder = <Name extends JobName>(
  job: Name,
  { folder }: Pick<Model, "folder">,
  { backend = "auto", threads = 1 }: Engine,
): JobOrder & { job: Name } => ({ job, folder, backend, threads });
