/** @file How much of what a generator writes is copied from its training text, beside what held-out text shares with it. */
import { CopyFinder } from "../../copying/copyFinder.js";
import { type CopyUnits, copyUnitsOf, unitsOf } from "../../copying/copyUnits.js";
import { sequencePieces } from "../../examples/tokenStore.js";
import type { TextModel } from "../../model/model.js";
import { generate } from "../generation/generate.js";
import { MarkedText } from "./markedText.js";
import { readGeneratorText } from "./generatorText.js";

/** The copied runs of one text. Lengths are in words or characters. */
export type CopiedShare = {
  /** "generated", or the part of the corpus. */
  text: "generated" | "test" | "validation";
  /** Of a generated text. */
  temperature?: number;
  /** Of the text itself. */
  length: number;
  longest: number;
  /** Of the runs that end at each word or character. */
  mean: number;
  /** The longest run. */
  example: string;
};

export type Memorization = { unit: CopyUnits["name"]; rows: CopiedShare[] };

const temperatures = [0.5, 0.8, 1];
const numSamples = 4;
const maxTokens = 500;
const defaultSeed = 1;

/**
 * Compares generated texts at several temperatures, and as much held-out text, with the training part of the corpus.
 * @throws UserError if the corpus cannot be read, or differs from what the model was trained on
 */
export async function memorizationOf(
  model: TextModel,
  { seed = defaultSeed, tokenCache }: { seed?: number | undefined; tokenCache?: string | undefined } = {},
): Promise<Memorization> {
  const text = await readGeneratorText(model, tokenCache);
  try {
    const units = copyUnitsOf(model.tokenizer);
    const marked = (texts: readonly (readonly number[])[]): MarkedText => new MarkedText(model.tokenizer, units, texts);
    const compared: { row: Pick<CopiedShare, "text" | "temperature">; marked: MarkedText }[] = [];
    for (const temperature of temperatures) {
      const texts = await generatedTexts(model, temperature, seed);
      compared.push({ row: { text: "generated", temperature }, marked: marked(texts) });
    }
    const { heldOut } = text;
    if (heldOut) {
      const size = Math.min(numSamples * maxTokens, heldOut.tokens.length);
      compared.push({ row: { text: heldOut.part }, marked: marked([Array.from(heldOut.tokens.slice(0, size))]) });
    }
    const finders = compared.map((one) => new CopyFinder(one.marked.units));
    for (const piece of sequencePieces(text.training)) {
      const read = unitsOf(units, piece);
      for (const finder of finders) finder.read(read);
    }
    const rows = compared.map(({ row, marked: own }, index): CopiedShare => {
      const finder = finders[index]!;
      const example = own.longestRun(finder)?.text ?? "";
      return { ...row, length: own.counted, ...own.measure(finder.runs()), example };
    });
    return { unit: units.name, rows };
  } finally {
    text.dispose();
  }
}

/** The tokens of generated texts, without a prompt. */
async function generatedTexts(model: TextModel, temperature: number, seed: number): Promise<number[][]> {
  const texts = Array.from({ length: numSamples }, () => "");
  for await (const { sample, text } of generate(model, { temperature, seed, numSamples, maxTokens }))
    texts[sample] += text;
  return texts.map((text) => model.tokenizer.encode(text));
}
