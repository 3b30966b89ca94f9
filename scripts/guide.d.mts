/** @file Types of guide.mjs, for its test. */
export const pages: string[];
export function refreshed(page: string): Promise<string>;
