/** @file What labels are for, where nobody says: names of classes, or numbers to predict. */
import { numberOf } from "./encode.js";

/** A few numbers are classes, as the stars of a review are. */
const mostClasses = 20;

/** To predict only what looks measured: more different numbers than classes commonly are, and not all of them whole. */
export function labelTask(labels: readonly string[]): "classifier" | "regressor" {
  const numbers = labels.map(numberOf);
  const measured = numbers.every((number) => number !== undefined) && !numbers.every(Number.isInteger);
  return measured && labels.length > mostClasses ? "regressor" : "classifier";
}
