/** @file The speed of matrix products on the active backend. */
import { dispose, matMul, ones } from "./tfjs.js";

/** As large as the products of a small network. */
const [rows, inputs, outputs] = [512, 256, 1024];

/** Floating-point operations per second of matrix products, with the load of the machine as it is. @param seconds that the measurement takes about */
export function productSpeed(seconds: number): number {
  const left = ones([rows, inputs]);
  const right = ones([inputs, outputs]);
  const product = (): void => matMul(left, right).dispose();
  product(); // starts threads and allocates memory
  const started = performance.now();
  let [count, elapsed] = [0, 0];
  for (; elapsed < seconds; elapsed = (performance.now() - started) / 1000) {
    product();
    count++;
  }
  dispose([left, right]);
  return (count * 2 * rows * inputs * outputs) / elapsed;
}
