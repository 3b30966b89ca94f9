/** @file Types of prebuilt.mjs, for its test. */
export const systems: Record<string, string>;
export function findZig(): string[] | null;
