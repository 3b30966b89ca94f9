/** @file An answer of a classifier or a regressor as cells of a table, or as members of a JSON object, and the names of these columns. */
import type { Model } from "../../model/model.js";
import { strongestWords } from "../../render/explanationText.js";
import { probabilityText } from "../../render/numberText.js";
import type { AnswerColumns, TableAnswer, TableFormat } from "../tables/tableAnswer.js";
import type { ItemAnswer, LabelAnswer, Prediction } from "./classify.js";
import type { Explanation } from "./explainedAnswers.js";
import { labelSetAnswer } from "./labelSetAnswer.js";

/** top: number of labels; deviation: of the numbers of a regressor, 1 for labels. */
export type WrittenForm = { top: number; format: TableFormat; deviation: number };

/** @param sets whether answers have label sets @param words whether they have explanations */
export function answerColumns(
  { task, recipe }: Model,
  { top, sets, words }: { top: number; sets: boolean; words: boolean },
): AnswerColumns {
  const names = task === "regressor" ? ["number"] : labelColumns(Boolean(recipe.multilabel) && top === 1, top);
  return { names: [...names, ...(sets ? ["label_set"] : []), ...(words ? ["words"] : [])], prefix: "predicted" };
}

function labelColumns(inSet: boolean, top: number): string[] {
  if (inSet) return ["labels", "probabilities"];
  const numbers = Array.from({ length: top }, (_, index) => (index === 0 ? "" : `_${index + 1}`));
  return numbers.flatMap((number) => [`label${number}`, `probability${number}`]);
}

const round = (probability: number): number => Number(probabilityText(probability));

/** As many digits as 32-bit floats hold. */
const float32Digits = (number: number): number => Number(number.toPrecision(7));

/** Between the labels of a set in one cell. */
const setSeparator = "|";

function cellsOf(predictions: readonly Prediction[], { set, abstention }: LabelAnswer): string[] {
  const cells: string[] = [];
  for (const { label, probability } of predictions) cells.push(label, probabilityText(probability));
  if (abstention !== undefined) cells[0] = abstention;
  if (set) cells.push(set.join(setSeparator));
  return cells;
}

const labelMembers = (
  [best, ...others]: readonly Prediction[],
  { set, abstention, hasNoKnownWord }: LabelAnswer,
): Record<string, unknown> => ({
  label: abstention ?? best!.label,
  probability: round(best!.probability),
  ...(abstention !== undefined && { mostLikely: best!.label }),
  ...(others.length > 0 && {
    others: others.map(({ label, probability }) => ({ label, probability: round(probability) })),
  }),
  ...(set && { set }),
  ...(hasNoKnownWord && { noKnownWord: true }),
});

/** The cells of an answer, or its members, as the format needs them; without an explanation. */
export function answerAlone(answer: ItemAnswer, { top, format }: Pick<WrittenForm, "top" | "format">): TableAnswer {
  if ("error" in answer) return answer;
  if ("number" in answer) {
    const number = float32Digits(answer.number);
    return { cells: [String(number)], members: { number } };
  }
  if (top === 1 && answer.predictions[0]?.applies !== undefined) return labelSetAnswer(answer.predictions);
  const predictions = answer.predictions.slice(0, top);
  return format === "jsonl"
    ? { cells: [], members: labelMembers(predictions, answer) }
    : { cells: cellsOf(predictions, answer), members: {} };
}

/** `answerAlone`, with the words that moved it if they are known. */
export function tableAnswer(answer: ItemAnswer, written: WrittenForm): TableAnswer {
  const found = answerAlone(answer, written);
  if ("error" in answer || "error" in found || !answer.explanation) return found;
  const { explanation } = answer;
  return written.format === "jsonl"
    ? { cells: [], members: { ...found.members, words: wordMembers(explanation) } }
    : { cells: [...found.cells, strongestWords(explanation, written.deviation)], members: {} };
}

const wordMembers = ({ text, words }: Explanation): { word: string; contribution: number }[] =>
  words.map(({ start, end, contribution }) => ({
    word: text.slice(start, end),
    contribution: Number(contribution.toPrecision(contributionDigits)),
  }));

/** Significant digits in JSON. */
const contributionDigits = 4;
