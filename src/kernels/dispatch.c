/** @file The choice between the kernels' variants for instruction sets. */
#define _GNU_SOURCE
#include "dispatch.h"
#include <string.h>

#if defined(__x86_64__)
#include <cpuid.h>
#if defined(__linux__)
#include <sys/syscall.h>
#include <unistd.h>
#endif

static const struct variant all[] = {
    {"baseline", &kernels_baseline, NULL},
    {"avx2", &kernels_avx2, NULL},
    {"avx512", &kernels_avx512, NULL},
#if defined(WITH_avx512_bf16)
    {"avx512bf16", &kernels_avx512, &kernels_avx512_bf16},
#endif
#if defined(WITH_amx_bf16)
    {"amx-bf16", &kernels_avx512, &kernels_amx_bf16},
#endif
};
static const struct variant emulated[] = {{"avx2-bf16", &kernels_avx2, &kernels_avx2_bf16},
                                          {"emulated-amx-bf16", &kernels_avx2, &kernels_emulated_amx_bf16}};

/* Reads cpuid directly, since not every compiler's library supports __builtin_cpu_supports. The operating system must
 * save the wide registers too (xgetbv). */
static int vector_variants(void) {
  const unsigned avx512 = bit_AVX512F | bit_AVX512DQ | bit_AVX512BW | bit_AVX512VL, ymm = 0x06, zmm = 0xe6;
  unsigned basic = 0, extended = 0, further = 0, kept, other, a, b, c;
  __get_cpuid(1, &a, &b, &basic, &c);
  __get_cpuid_count(7, 0, &a, &extended, &b, &c);
  if (!(basic & bit_FMA) || !(basic & bit_OSXSAVE) || !(extended & bit_AVX2)) return 1;
  __asm__("xgetbv" : "=a"(kept), "=d"(other) : "c"(0));
  if ((kept & ymm) != ymm) return 1;
  if ((extended & avx512) != avx512 || (kept & zmm) != zmm) return 2;
  __get_cpuid_count(7, 1, &further, &a, &b, &c);
  const unsigned avx512_bf16 = 1u << 5;
  return further & avx512_bf16 ? 4 : 3;
}

/* The tile registers of a processor that has AVX512-BF16 too. */
static bool has_tiles(void) {
  const unsigned amx_bf16 = 1u << 22, amx_tile = 1u << 24;
  unsigned features = 0, a, b, c;
  __get_cpuid_count(7, 0, &a, &b, &c, &features);
  return vector_variants() == 4 && (features & amx_bf16) && (features & amx_tile);
}

#if defined(WITH_amx_bf16)
static bool permission_refused;

static bool system_keeps_tiles(void) {
  const unsigned tiles = 3u << 17; /* their shapes and their data */
  unsigned kept, other;
  __asm__("xgetbv" : "=a"(kept), "=d"(other) : "c"(0));
  return (kept & tiles) == tiles;
}

/* Linux gives a process the memory for tile registers when it asks for it: arch_prctl(2). */
static bool request_permission(void) {
  enum { ARCH_REQ_XCOMP_PERM = 0x1023, XFEATURE_XTILEDATA = 18 };
  return syscall(SYS_arch_prctl, ARCH_REQ_XCOMP_PERM, XFEATURE_XTILEDATA) == 0;
}
#endif

const char* tiles_missing(void) {
  if (!has_tiles()) return NULL;
#if !defined(__linux__)
  return "this processor has AMX, which rnn uses on Linux only";
#elif !defined(WITH_amx_bf16)
  return "this processor has AMX, but the compiler that built the addon does not support it: install GCC 11 or Clang "
         "12, "
         "or a newer one, and run npm run build";
#else
  if (!system_keeps_tiles()) return "this processor has AMX, but the system does not support it: Linux 5.16 does";
  return permission_refused ? "this processor has AMX, but the system refused the permission to use it" : NULL;
#endif
}

static int supported_count(void) {
  int count = (int)(sizeof all / sizeof *all), without_tiles = vector_variants();
  bool tiles = has_tiles() && tiles_missing() == NULL;
  return tiles ? count : count < without_tiles ? count : without_tiles;
}

static int emulated_count(void) { return supported_count() > 1 ? 2 : 0; }

const struct variant* permitted_variant(const struct variant* wanted) {
#if defined(WITH_amx_bf16)
  static bool permitted;
  if (wanted->bf16 != &kernels_amx_bf16 || permitted) return wanted;
  permitted = request_permission();
  if (permitted) return wanted;
  permission_refused = true;
  return &all[supported_count() - 1];
#else
  return wanted;
#endif
}
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

#if !defined(__x86_64__)
const struct variant* permitted_variant(const struct variant* wanted) { return wanted; }
const char* tiles_missing(void) { return NULL; }
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
