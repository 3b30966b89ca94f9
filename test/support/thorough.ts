/** @file The number of random cases: a quarter under `npm test`, all under `npm run test:all`. */

/** Set by `npm run test:all`: all random cases, each command line as a process, and comparisons with Python's frameworks and in Chromium. */
export const thorough = process.env["RNN_TEST_THOROUGH"] === "1";

/** The number of random cases to try. */
export const casesOf = (all: number): number => (thorough ? all : Math.ceil(all / 4));
