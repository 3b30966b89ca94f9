/** @file csv: cells between commas, in double quotes where need be (RFC 4180). */
import { delimited } from "./delimited.js";

export const csv = delimited({ describe: "a table, cells between commas", extensions: ["csv"] }, { delimiter: "," });
