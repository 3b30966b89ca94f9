/** @file The output of `rnn score`: scores or misspelled words of lines, alone or in the tables of the lines. */
import { rounded, scoreCells, scoreText, suspectsIn, tokensJson } from "../../render/lineScoresText.js";
import type { AnswerForm, AnswerTable } from "../tables/answerTable.js";
import { JsonPieces, type TableAnswer, type TableLayout } from "../tables/tableAnswer.js";
import type { CheckedLine } from "./misspellings.js";
import type { LineScore, ScoredTokens } from "./scoreLines.js";

type Score = LineScore<ScoredTokens>;
type Columns = Pick<TableLayout, "columns" | "lineColumns">;

const numbers = ["perplexity", "nats", "tokens"];

export const scoreColumns: Columns = {
  columns: { names: numbers, prefix: "score" },
  lineColumns: { names: [...numbers, "text"], prefix: "score" },
};

/** The members of a score but for its text. */
const membersOf = ({ nats, perplexity, tokens }: Score): Record<string, unknown> => ({
  perplexity: rounded(perplexity),
  nats: rounded(nats),
  tokens: new JsonPieces(() => tokensJson(tokens)),
});

/** @param json whether lines that are in no table are objects */
export const scoreForm = (tables: AnswerTable | undefined, json: boolean): AnswerForm<Score> => ({
  tables,
  inTable: (score) => ({ cells: scoreCells(score), members: membersOf(score) }),
  toLine: (score) => ({ cells: [...scoreCells(score), score.text], members: {} }),
  alone: (score) => scoreText(score, { json }),
});

export const suspectColumns: Columns = { columns: { names: ["suspects", "spellings"], prefix: "score" } };

/** The misspelled words of a text, and the best spelling of each, with spaces between them. */
export const suspectAnswer = (line: CheckedLine): TableAnswer => ({
  cells: [
    line.misspellings.map(({ text }) => text).join(" "),
    line.misspellings.map(({ suggestions }) => suggestions[0]!.text).join(" "),
  ],
  members: { suspects: suspectsIn(line) },
});
