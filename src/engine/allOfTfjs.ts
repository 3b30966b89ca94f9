/** @file All of TF.js, for cells and poolings that a user defines: importing this file loads it. */
import { type Tfjs, tfjs } from "./tfjs.js";

/** All of TF.js, for cells and poolings that a user defines. */
export const tf: Tfjs = tfjs();
