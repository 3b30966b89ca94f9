/** @file The choice between the kernels' variants for instruction sets. */
#include "dispatch.h"
#include <string.h>

#if defined(__x86_64__)
static const struct variant all[] = {
    {"baseline", &kernels_baseline, NULL},
    {"avx2", &kernels_avx2, NULL},
    {"avx512", &kernels_avx512, NULL},
    {"avx512bf16", &kernels_avx512, &kernels_avx512_bf16},
};
static const struct variant emulated[] = {{"avx2-bf16", &kernels_avx2, &kernels_avx2_bf16}};

static int supported_count(void) {
  __builtin_cpu_init();
  if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma")) return 1;
  bool wide = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
              __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl");
  if (!wide) return 2;
  return __builtin_cpu_supports("avx512bf16") ? 4 : 3;
}
static int emulated_count(void) { return supported_count() > 1 ? 1 : 0; }
#elif defined(__aarch64__)
static const struct variant all[] = {{"neon", &kernels_neon, NULL}}, *const emulated = NULL;
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
