export function signaturesOf(text: string): Record<string, Record<string, string>>;
export function signaturesSource(): Promise<string>;
