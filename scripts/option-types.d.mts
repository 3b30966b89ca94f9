import type { Option, Options } from "../src/options/option.js";

export function trainOptionTypes(options: Options, describeDefault: (option: Option) => string | undefined): string;
