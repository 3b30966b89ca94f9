/** @file Every exporter once. */
import type { ExporterName } from "../names.js";
import type { Exporter } from "./exporter.js";
import { onnx } from "./onnx/exporter.js";
import { projector } from "./projector.js";
import { safetensors } from "./safetensors/exporter.js";
import { web } from "./web/exporter.js";

export const exporters: { [Name in ExporterName]: Exporter } = { projector, onnx, safetensors, web };
