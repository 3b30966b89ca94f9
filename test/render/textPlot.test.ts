/** @file Curves as text. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { type Point, plot } from "../../src/render/textPlot.js";

test("plot: a falling loss, with axis labels and marked validation losses", () => {
  const loss = Array.from({ length: 200 }, (_, step): Point => [step * 10, 1 + 3 * Math.exp(-step / 40)]);
  expect(
    plot(
      loss,
      [
        [1000, 1.5],
        [1990, 1.2],
      ],
      { width: 40, height: 8 },
    ),
  ).toMatchInlineSnapshot(`
    "4.00 ┤⠣⡀
         │ ⠱⡄
         │  ⠙⢆
    2.72 ┤    ⠳⣄
         │     ⠈⠳⣄
         │        ⠙⠢⢄⡀
         │           ⠉⠑⠲⠤⣄⣀⡀  ●
    1.02 ┤                 ⠉⠉⠙⠒⠒⠒⠦⠤⠤⠤⠤⠤⠤⣄⣀⣀⣀⣀⣀⣀⣀⣀●
         └────────────────────────────────────────
          0                                  1.99k"
  `);
});

test("plot: no finite points give an empty text, one point gives a dot", () => {
  expect(plot([])).toBe("");
  expect(
    plot([
      [NaN, 1],
      [1, Infinity],
    ]),
  ).toBe("");
  expect(plot([[3, 2]])).toMatch(/[\u2801-\u28FF]/);
});

test("plot: any points stay within the frame", () => {
  const number = fc.oneof(fc.double({ min: -1e9, max: 1e9 }), fc.constantFrom(0, NaN, Infinity));
  fc.assert(
    fc.property(fc.array(fc.tuple(number, number), { maxLength: 30 }), (points) => {
      const lines = plot(points, points.slice(0, 3)).split("\n");
      expect([1, 14]).toContain(lines.length);
      for (const line of lines) expect(line.length).toBeLessThanOrEqual(60 + 14);
    }),
  );
});
