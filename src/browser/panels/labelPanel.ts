/** @file Labels with their probabilities, of which one is chosen. */
import type { Prediction } from "../../inference/classification/classify.js";
import { made } from "../elements.js";

/** Labels that are shown. */
const most = 8;

/** Best first, the best one chosen. @param choose is told which one a person chooses instead */
export function labelRows(labels: readonly Prediction[], choose: (label: string) => void): HTMLElement[] {
  const rows = labels.slice(0, most).map(({ label, probability }, index) => {
    const radio = made("input", "");
    Object.assign(radio, { type: "radio", name: "label", value: label, checked: index === 0 });
    radio.addEventListener("change", () => choose(label));
    const bar = made("span", "bar");
    bar.style.setProperty("--share", String(probability));
    const share = made("span", "share", `${(100 * probability).toFixed(1)}%`);
    share.title = String(probability);
    return made("li", "", made("label", "", radio, made("span", "name", label), bar, share));
  });
  const left = labels.length - rows.length;
  return left > 0 ? [...rows, made("li", "faint", `and ${left} more`)] : rows;
}
