/** @file The list of checkpoints as a table. */
import type { ListedCheckpoint } from "../checkpoint/checkpoint.js";
import { bytes, decimal, percent } from "./numberText.js";
import { formatTable } from "./textTable.js";

/** A row for each checkpoint. @param width columns of the screen */
export function checkpointsTable(checkpoints: readonly ListedCheckpoint[], width: number): string {
  const rows = checkpoints.map((one) => ({
    name: one.name,
    task: one.problem === undefined ? one.task : "damaged",
    corpus: one.corpus === "-" ? "standard input" : (one.corpus ?? ""),
    score: scoreText(one.score),
    size: bytes(one.bytes),
    date: one.bundled ? "bundled" : one.updated?.slice(0, 10),
  }));
  return formatTable(
    {
      columns: [
        { key: "name", title: "name" },
        { key: "task", title: "task" },
        { key: "corpus", title: "corpus", rank: 3 },
        { key: "score", title: "score" },
        { key: "size", title: "size", align: "right", rank: 2 },
        { key: "date", title: "date", rank: 1 },
      ],
      rows,
    },
    width,
  );
}

function scoreText(score: ListedCheckpoint["score"] = {}): string {
  const { accuracy, perplexity, meanAbsoluteError: error } = score;
  if (typeof accuracy === "number") return `accuracy ${percent(accuracy, 1)}`;
  if (typeof perplexity === "number") return `perplexity ${decimal(perplexity)}`;
  return typeof error === "number" ? `MAE ${decimal(error)}` : "";
}
