/** @file Random texts of characters that tokenizers treat specially. */
import { array, constantFrom, oneof } from "fast-check";

const parts = ["a", "Well", "known", "é", "e\u0301", "Ω", "1", "٣", "²", " ", "  ", "\t", "\n", "\r\n", ".", ",", ":"];
const marks = ["'", "’", "-", "_", '"', "(", ")", "“", "”", "—", "…", "$", "/"];
const rare = [
  "漢",
  "の",
  "カ",
  "ー",
  "々",
  "、",
  "👍🏽",
  "👩‍🚀",
  "💡",
  "\u200D",
  "\u0301",
  "𝓱",
  "\u3000",
  "\u00A0",
  "zebra",
  "น้ำ",
  "ย",
  "๓",
  "ำ",
  "ែ",
];

/** Pieces of a text. */
export const oddTexts = array(
  oneof({ weight: 2, arbitrary: constantFrom(...parts, ...marks) }, constantFrom(...rare)),
  { maxLength: 50 },
);
