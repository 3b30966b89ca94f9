/** @file Every exporter once. */
import type { ExporterName } from "../common/names.js";
import type { Exporter } from "./exporter.js";
import { keras } from "./keras/kerasExporter.js";
import { onnx } from "./onnx/onnxExporter.js";
import { projector } from "./projector/projectorExporter.js";
import { safetensors } from "./pytorch/safetensorsExporter.js";
import { tfjs } from "./tfjs/tfjsExporter.js";
import { web } from "./web/webExporter.js";

export const exporters: { [Name in ExporterName]: Exporter } = { projector, onnx, safetensors, tfjs, keras, web };
