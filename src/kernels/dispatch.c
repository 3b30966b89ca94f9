/** @file The choice between the kernels' variants for instruction sets. */
#include "dispatch.h"
#include <string.h>

#if defined(__x86_64__)
#include <cpuid.h>

static const struct variant all[] = {
    {"baseline", &kernels_baseline, NULL},
    {"avx2", &kernels_avx2, NULL},
    {"avx512", &kernels_avx512, NULL},
    {"avx512bf16", &kernels_avx512, &kernels_avx512_bf16},
};
static const struct variant emulated[] = {{"avx2-bf16", &kernels_avx2, &kernels_avx2_bf16}};

/* Reads cpuid directly, since not every compiler's library supports __builtin_cpu_supports. The operating system must
 * save the wide registers too (xgetbv). */
static int supported_count(void) {
  const unsigned avx512 = bit_AVX512F | bit_AVX512DQ | bit_AVX512BW | bit_AVX512VL, ymm = 0x06, zmm = 0xe6;
  unsigned basic = 0, extended = 0, further = 0, kept, other, a, b, c;
  __get_cpuid(1, &a, &b, &basic, &c);
  __get_cpuid_count(7, 0, &a, &extended, &b, &c);
  if (!(basic & bit_FMA) || !(basic & bit_OSXSAVE) || !(extended & bit_AVX2)) return 1;
  __asm__("xgetbv" : "=a"(kept), "=d"(other) : "c"(0));
  if ((kept & ymm) != ymm) return 1;
  if ((extended & avx512) != avx512 || (kept & zmm) != zmm) return 2;
  __get_cpuid_count(7, 1, &further, &a, &b, &c);
  return further & bit_AVX512BF16 ? 4 : 3;
}
static int emulated_count(void) { return supported_count() > 1 ? 1 : 0; }
#elif defined(__aarch64__)
static const struct variant all[] = {{"neon", &kernels_neon, NULL}}, *const emulated = NULL;
static int supported_count(void) { return 1; }
static int emulated_count(void) { return 0; }
#elif defined(__wasm__)
static const struct variant all[] = {{"simd128", &kernels_simd128, NULL}}, *const emulated = NULL;
static int supported_count(void) { return 1; }
static int emulated_count(void) { return 0; }
#else
static const struct variant all[] = {{"baseline", &kernels_baseline, NULL}}, *const emulated = NULL;
static int supported_count(void) { return 1; }
static int emulated_count(void) { return 0; }
#endif

int supported_variants(const struct variant** variants) {
  *variants = all;
  return supported_count();
}

static const struct variant* find_among(const struct variant* variants, int count, const char* isa) {
  for (int index = 0; index < count; index++)
    if (strcmp(variants[index].isa, isa) == 0) return &variants[index];
  return NULL;
}

const struct variant* find_variant(const char* isa) {
  const struct variant* found = find_among(all, supported_count(), isa);
  return found != NULL ? found : find_among(emulated, emulated_count(), isa);
}
