/** @file The choice between the kernels' variants for instruction sets. */
#include "dispatch.h"
#include <string.h>

#if defined(__x86_64__)
static const struct variant all[] = {
    {"baseline", &kernels_baseline}, {"avx2", &kernels_avx2}, {"avx512", &kernels_avx512}};

static int supported_count(void) {
  __builtin_cpu_init();
  if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma")) return 1;
  bool wide = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
              __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl");
  return wide ? 3 : 2;
}
#elif defined(__aarch64__)
static const struct variant all[] = {{"neon", &kernels_neon}};
static int supported_count(void) { return 1; }
#else
static const struct variant all[] = {{"baseline", &kernels_baseline}};
static int supported_count(void) { return 1; }
#endif

int supported_variants(const struct variant** variants) {
  *variants = all;
  return supported_count();
}

const struct variant* find_variant(const char* isa) {
  for (int index = 0; index < supported_count(); index++)
    if (strcmp(all[index].isa, isa) == 0) return &all[index];
  return NULL;
}
