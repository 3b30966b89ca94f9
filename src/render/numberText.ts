/** @file Numbers as short text. */

const thousands = ["", "k", "M", "G", "T", "P"];

/**
 * A number without an exponent up to 10¹⁵: 1.62, 0.0123, 12300.
 * @param digits significant digits; the whole part is never cut
 */
export function decimal(value: number, digits = 3): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "NaN" : value < 0 ? "-∞" : "∞";
  if (Math.abs(value) >= 10 ** digits - 0.5) return String(Math.round(value));
  return value === 0 || Math.abs(value) >= 1e-6 ? value.toPrecision(digits) : value.toExponential(digits - 1);
}

/** 172345 is "172k", 1500 is "1.5k", 999 is "999". */
export function compact(value: number): string {
  let rest = Math.abs(value);
  let power = 0;
  while (rest >= 999.5 && power < thousands.length - 1) {
    rest /= 1000;
    power++;
  }
  const number = Number.isFinite(rest) ? String(Number(rest.toPrecision(3))) : decimal(rest);
  return `${value < 0 ? "-" : ""}${number}${Number.isFinite(rest) ? thousands[power]! : ""}`;
}

const two = (part: number): string => String(part).padStart(2, "0");

/** 41 is "0:41", 3723 is "1:02:03". */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds) || seconds < 0) return "?";
  const whole = Math.round(seconds);
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

/** 0.0123 is "12 ms", 41.3 is "41 s", 75 is "1 min 15 s", 3723 is "1 h 2 min". */
export function timeSpan(seconds: number): string {
  if (!Number.isFinite(seconds) || seconds < 0) return "?";
  if (seconds < 0.01) return `${Number((1000 * seconds).toPrecision(2))} ms`;
  if (seconds < 1) return `${Math.round(1000 * seconds)} ms`;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  return hours > 0 ? `${hours} h ${minutes} min` : `${minutes} min ${whole % 60} s`;
}

/** 0.4831 is "48%", and "48.3%" with one decimal. */
export const percent = (fraction: number, decimals = 0): string =>
  Number.isFinite(fraction) ? `${(fraction * 100).toFixed(decimals)}%` : "?";

/** 1536 is "1.54 kB". */
export const bytes = (count: number): string => compact(count).replace(/[kMGTP]?$/, " $&B");

const probabilitySteps = 10_000;
const probabilityTexts = Array<string | undefined>(probabilitySteps + 1).fill(undefined);
/** Of a step, from its middle on which rounding of the product may change the nearest step. */
const unsurePart = 1e-6;

/** A probability with four decimals: what `toFixed(4)` gives, in a fraction of its time. */
export function probabilityText(probability: number): string {
  const steps = probability * probabilitySteps;
  const nearest = Math.round(steps);
  if (!(nearest >= 0 && nearest <= probabilitySteps && Math.abs(steps - nearest) < 0.5 - unsurePart))
    return probability.toFixed(4);
  return (probabilityTexts[nearest] ??= (nearest / probabilitySteps).toFixed(4));
}
