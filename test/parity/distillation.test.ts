/** @file The loss of knowledge distillation and its gradient against PyTorch. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { distillationLoss } from "../../src/engine/ops/distillationLoss.js";
import { ones, type Rank, tensor1d, tensor2d, type Tensor2D } from "../support/tfjs.js";
import { backendsHere, evaluate } from "../engine/support.js";

type Case = { temperature: number; alpha: number; loss: number; gradient: number[] };
const { logits, teacher, targets, cases } = JSON.parse(
  readFileSync(new URL("distillation.json", import.meta.url), "utf8"),
) as { logits: number[][]; teacher: number[][]; targets: number[]; cases: Case[] };
const classes = logits[0]!.length;

test.each(backendsHere.flatMap((backend) => cases.map((one) => ({ backend, ...one }))))(
  "distillation: loss and gradient on $backend are PyTorch's with temperature $temperature and alpha $alpha",
  async ({ backend, temperature, alpha, loss, gradient }) => {
    const given = [{ shape: [logits.length, classes], values: Float32Array.from(logits.flat()) }];
    const { outputs, gradients } = await evaluate(backend, given, ([values]) => [
      distillationLoss(values as Tensor2D, tensor2d(teacher), tensor1d(targets, "int32"), {
        temperature,
        alpha,
        weights: ones<Rank.R1>([classes]),
        smoothing: 0,
      }),
    ]);
    expect(outputs[0]![0]).toBeCloseTo(loss, 5);
    // The support's loss is cos(1) times the output.
    for (const [index, value] of gradient.entries()) expect(gradients[0]![index]! / Math.cos(1)).toBeCloseTo(value, 5);
  },
);
