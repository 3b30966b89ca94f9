/** @file All of TF.js, for cells and poolings that a user defines. */
import { type Tfjs, tfjs } from "./tfjs.js";

export const tf: Tfjs = tfjs();
