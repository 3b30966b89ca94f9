/** @file Types of check-addon.mjs, for its test. */
export function checkAddon(bytes: Buffer, system: string): void;
