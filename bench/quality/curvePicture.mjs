/** @file The learning curves as an SVG: validation loss by seconds of training, a line per contender and seed. */
import { number, picture } from "../picture.mjs";
import { range } from "../table.mjs";

const size = { width: 720, height: 416, left: 56, right: 24, top: 82, bottom: 44 };
const series = { ours: "rnn", pytorch: "PyTorch" };
/** Losses above it are not drawn: the first seconds would flatten the rest. */
const highestLoss = 2.4;
const tickStep = { seconds: 10, loss: 0.2 };

const ticks = (low, high, step) =>
  Array.from({ length: Math.round((high - low) / step) + 1 }, (_, index) => low + index * step);

/** The seconds after which a curve reaches a loss, interpolated between its points; null if it does not. @param {import("./curve.mjs").Point[]} points @param {number} wanted */
export function secondsUntil(points, wanted) {
  const index = points.findIndex(({ loss }) => loss <= wanted);
  if (index < 0) return null;
  const [before, after] = [points[index - 1], points[index]];
  if (!before) return after.seconds;
  const fraction = (before.loss - wanted) / (before.loss - after.loss);
  return before.seconds + fraction * (after.seconds - before.seconds);
}

/** As in "rnn reaches PyTorch's loss after 60 s in 41 to 43 s". @param {import("./curve.mjs").Run[]} runs */
export function advantage(runs) {
  const needed = runs.map(({ points }) => secondsUntil(points.ours, points.pytorch.at(-1).loss));
  const total = Math.round(Math.max(...runs.map(({ points }) => points.pytorch.at(-1).seconds)));
  if (needed.includes(null)) return `rnn does not reach the loss of PyTorch after ${total} s in every run`;
  return `rnn reaches the loss of PyTorch after ${total} s in ${range(needed.map(Math.round))} s`;
}

/** @param {import("./curve.mjs").Curves} curves @returns {string} the SVG */
export function curvePicture({ processor, runs }) {
  const all = runs.flatMap(({ points }) => Object.values(points).flat());
  const lastSecond = Math.ceil(Math.max(...all.map(({ seconds }) => seconds)) / tickStep.seconds) * tickStep.seconds;
  const lowest = Math.floor(Math.min(...all.map(({ loss }) => loss)) / tickStep.loss) * tickStep.loss;
  const { width, height, left, right, top, bottom } = size;
  const x = (seconds) => left + (seconds / lastSecond) * (width - left - right);
  const y = (loss) => top + ((highestLoss - loss) / (highestLoss - lowest)) * (height - top - bottom);
  const grid = ticks(lowest, highestLoss, tickStep.loss).flatMap((loss) => [
    `<line class="grid" x1="${left}" x2="${width - right}" y1="${number(y(loss))}" y2="${number(y(loss))}"/>`,
    `<text class="small" x="${left - 8}" y="${number(y(loss) + 3)}" text-anchor="end">${loss.toFixed(1)}</text>`,
  ]);
  const seconds = ticks(0, lastSecond, tickStep.seconds).map(
    (tick) =>
      `<text class="small" x="${number(x(tick))}" y="${height - bottom + 16}" text-anchor="middle">${tick}</text>`,
  );
  const lines = runs.flatMap(({ points }) =>
    Object.keys(series).flatMap((contender) => {
      const shown = points[contender].filter(({ loss }) => loss <= highestLoss);
      const positions = shown.map((point) => `${number(x(point.seconds))},${number(y(point.loss))}`);
      return [
        `<polyline class="line ${contender}" points="${positions.join(" ")}"/>`,
        ...shown.map(
          (point) =>
            `<circle class="${contender}" cx="${number(x(point.seconds))}" cy="${number(y(point.loss))}" r="3"/>`,
        ),
      ];
    }),
  );
  const legend = Object.entries(series).map(
    ([contender, label], index) =>
      `<line class="line ${contender}" x1="${width - 130}" x2="${width - 106}" y1="${top + 16 + 20 * index}" y2="${top + 16 + 20 * index}"/>` +
      `<text class="label ${contender}" x="${width - 98}" y="${top + 20 + 20 * index}">${label}</text>`,
  );
  const { threads } = runs[0];
  return picture(width, height, [
    `<text x="16" y="26" font-size="16" font-weight="600">Validation loss by training time, tiny-shakespeare</text>`,
    `<text class="small" x="16" y="42">2 × 256 LSTM, batch 64, length 64, Adam; ${processor}, ${threads} threads, ${range(runs.map(({ date }) => date))}</text>`,
    `<text class="small" x="16" y="56">${advantage(runs)}</text>`,
    ...grid,
    ...seconds,
    `<text class="small" x="${number((left + width - right) / 2)}" y="${height - 10}" text-anchor="middle">seconds of training, without evaluation</text>`,
    `<text class="small" x="${left - 40}" y="${top - 10}">nats per character</text>`,
    ...lines,
    ...legend,
  ]);
}
