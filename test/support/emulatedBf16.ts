/** @file bf16 on any processor with AVX2: the variant of the addon's kernels, of which a test chooses another with `useIsa`, is restored after each test. */
import { afterEach } from "vitest";
import { type Addon, loadAddon } from "../../src/engine/backends/native/addon.js";

const addon = loadAddon();

/** Whether the emulation is here; without it the tests are skipped. */
export const emulatesBf16 = !("missing" in addon) && addon.isas().includes("avx2");

/** The kernels, if `emulatesBf16`. Call it outside of a test. */
export function emulatedKernels(): Addon {
  const kernels = addon as Addon;
  const usual = emulatesBf16 ? kernels.isa() : null;
  afterEach(() => {
    if (usual) kernels.useIsa(usual);
  });
  return kernels;
}
