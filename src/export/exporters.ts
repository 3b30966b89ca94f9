/** @file Every exporter once. */
import type { ExporterName } from "../common/names.js";
import type { Exporter } from "./exporter.js";
import { keras } from "./keras/exporter.js";
import { onnx } from "./onnx/exporter.js";
import { projector } from "./projector.js";
import { safetensors } from "./safetensors/exporter.js";
import { tfjs } from "./tfjs/exporter.js";
import { web } from "./web/exporter.js";

export const exporters: { [Name in ExporterName]: Exporter } = { projector, onnx, safetensors, tfjs, keras, web };
