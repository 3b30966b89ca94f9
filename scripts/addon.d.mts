/** The variants that the compiler supports, each with all of its flags. */
export function compilableVariants(compiler: string[], platform: string, arch: string): Promise<[string, string[]][]>;
