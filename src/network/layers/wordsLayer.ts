/** @file Word embeddings with characters (Ling et al. 2015): a word's vector, concatenated with the last states of a small bidirectional LSTM over its characters. */
import { concat, type Tensor2D, type Tensor3D } from "../../engine/tfjs.js";
import type { CellWeights } from "../../engine/ops/cell.js";
import { dropout } from "../../engine/ops/dropout.js";
import { embedding } from "../../engine/ops/embedding.js";
import { recurrentLastStates } from "../../engine/ops/recurrent.js";
import { cells } from "../cells.js";
import { type SpecOf, type Weights, type WeightSpec, withoutState } from "./layer.js";

const directions = ["forward", "backward"] as const;
const cell = cells.lstm;

const cellOf = (weights: Weights, direction: string) =>
  ({
    kernel: weights[`characters/${direction}/kernel`],
    recurrent: weights[`characters/${direction}/recurrent`],
    bias: weights[`characters/${direction}/bias`],
  }) as CellWeights;

/** Its dropout drops whole rows of the word table, as in an embedding; characters are never dropped. */
export const wordsLayer = withoutState<SpecOf<"words">>({
  width: ({ units, characters }) => units + directions.length * characters.units,
  weights: ({ units, characters }, vocabulary, initialization) => {
    const columns = cell.gates * characters.units;
    const direction: Record<string, WeightSpec> = {
      kernel: { shape: [characters.embedding, columns], initialize: initialization.kernel },
      recurrent: { shape: [characters.units, columns], initialize: initialization.recurrent },
      bias: { shape: [columns], initialize: initialization.bias(cell.bias) },
    };
    return {
      table: { shape: [vocabulary, units], initialize: initialization.embedding },
      "characters/table": {
        shape: [characters.vocabulary, characters.embedding],
        initialize: initialization.embedding,
      },
      ...Object.fromEntries(
        directions.flatMap((name) =>
          Object.entries(direction).map(([weight, value]) => [`characters/${name}/${weight}`, value]),
        ),
      ),
    };
  },
  forward: ({ units, dropout: rate = 0 }, signal, weights, { training, dropping, seed }) => {
    const { characters, lengths, positions } = signal.spelling!;
    const all = weights["table"] as Tensor2D;
    const table = dropping ? dropout(all, rate, seed, { run: units }) : all;
    const word = embedding(table, signal.values as Tensor2D); // [time, batch, units]
    const read = { table: weights["characters/table"] as Tensor2D, tokens: characters };
    const each = directions.map((name) => ({ weights: cellOf(weights, name) }));
    const ends = recurrentLastStates(cell, read, lengths, each, { training }).map(([output]) => output);
    const byCharacters = embedding(concat(ends, 1), positions); // [time, batch, 2 · units of characters]
    return { ...signal, values: concat<Tensor3D>([word, byCharacters], 2) };
  },
});
