/** @file The end of a distillation: the smaller network beside the one that it learned from. */
import { loadCheckpoint } from "../../checkpoint/checkpoint.js";
import type { Engine } from "../../model/model.js";
import type { FiguresOfTwo } from "./modelFigures.js";
import { figuresIn, quantizeInto } from "./quantize.js";

/** Size, scores and speed of the network that was learned from and of the smaller one. @param quantize whether the weights of the latter are stored as 8-bit integers first */
export async function distillationFigures(
  teacher: string,
  folder: string,
  { quantize, ...engine }: Engine & { quantize: boolean },
): Promise<FiguresOfTwo> {
  if (!quantize) return figuresIn(teacher, folder, engine);
  return quantizeInto(folder, await loadCheckpoint(folder, { training: false }), teacher, engine);
}
