/** @file All of TF.js, with its CPU backend and the selected one, for tests of tensors. */
import { tfjs } from "../../src/engine/tfjs.js";

tfjs();

export * from "@tensorflow/tfjs-core";
