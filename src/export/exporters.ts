/** @file Every exporter once. */
import type { ExporterName } from "../names.js";
import type { Exporter } from "./exporter.js";
import { projector } from "./projector.js";

export const exporters: { [Name in ExporterName]: Exporter } = { projector };
