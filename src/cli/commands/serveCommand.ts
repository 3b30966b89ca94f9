/** @file `rnn serve`: models for the programs and browsers of this machine. */
import { randomBytes } from "node:crypto";
import { UsageError } from "../../common/errors.js";
import type { Task } from "../../common/names.js";
import type { Engine, Model } from "../../model/model.js";
import { engineOptions, serveOptions } from "../../options/options.js";
import { command } from "./command.js";

export default command({
  usage: "serve",
  reads: "checkpoints of generators, classifiers and regressors; requests over HTTP, from this machine only",
  writes:
    "the URL of the page, with the token; answers as JSON: /v1/completions, /v1/models, /classify, /score, /suggestions",
  options: { ...serveOptions, ...engineOptions },
  examples: [
    ["rnn serve", "with the newest models, else the bundled ones; open the printed URL"],
    ["rnn serve -c fables -c critic --port 8080", "two models at a fixed port"],
    ["rnn serve --port 8080 --token $TOKEN", "for a script, whose requests have Authorization: Bearer $TOKEN"],
  ],
  handler: async ({ checkpoint, port, host, token: givenToken, ...engine }) => {
    const token = givenToken ?? randomBytes(24).toString("base64url");
    if (!/^[\w.~-]{8,256}$/.test(token))
      throw new UsageError(
        "--token must have 8 to 256 letters, digits or the characters . _ ~ -; leave it out for a random one",
      );
    const { Interruption } = await import("../terminal/input.js");
    const { terminal } = await import("../terminal/terminal.js");
    const models = await modelsOf(checkpoint, engine);
    const { startServer } = await import("../../server/httpServer.js");
    const interruption = new Interruption(
      "stopping when the answers under way have ended; press Ctrl-C again to stop at once",
    );
    const onFault = (error: unknown): void =>
      terminal.fail(`this is a bug, please report it: ${error instanceof Error ? error.stack : String(error)}`);
    const server = await startServer({ models, host, port, token, onFault });
    interruption.begin();
    terminal.note(`the API is at ${server.origin}/v1, with the token as its key; Ctrl-C stops the server`);
    await terminal.write(`${server.origin}/?token=${token}\n`);
    await interrupted(interruption.signal);
    await server.stop();
  },
});

/** The given models, or a generator and a classifier. */
async function modelsOf(names: readonly string[] | undefined, engine: Engine): Promise<Model[]> {
  const { openModel } = await import("../openModel.js");
  const { servedTasks } = await import("../../server/servedModels.js");
  const wanted: [name: string | undefined, tasks: readonly Task[]][] = names
    ? names.map((name) => [name, servedTasks])
    : [
        [undefined, ["generator"]],
        [undefined, ["classifier"]],
      ];
  const models: Model[] = [];
  for (const [name, tasks] of wanted) models.push(await openModel(name, tasks, engine));
  return models;
}

const interrupted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve());
  });
