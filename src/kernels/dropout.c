/** @file Dropout whose mask is a hash of seed and position: nothing to store, the same on any number of threads. */
#include "kernels.h"
#include "matmul.h"

enum { DROPOUT_IN_PART = 1 << 14 };

/* MurmurHash3's finalizer: each bit of the input changes each bit of the result half the time. */
static inline uint32_t mix(uint32_t bits) {
  bits = (bits ^ bits >> 16) * 0x85ebca6bu;
  bits = (bits ^ bits >> 13) * 0xc2b2ae35u;
  return bits ^ bits >> 16;
}

static void dropout_part(int64_t part, int worker, const void* context) {
  (void)worker;
  const struct dropout* a = context;
  const float scale = (float)(1 / (1 - a->rate));
  const uint32_t threshold = (uint32_t)(a->rate * 16777216), key = mix(a->seed ^ 0x9e3779b9u),
                 other_key = mix(key + a->seed);
  int64_t last = smaller(a->count, (part + 1) * DROPOUT_IN_PART);
  for (int64_t index = part * DROPOUT_IN_PART; index < last; index++) {
    uint32_t draw =
        mix(mix((uint32_t)index ^ key) + other_key) >> 8; /* twice: one seed's draws are no permutation of another's */
    float kept = a->input[index] * scale;
    a->output[index] = draw >= threshold ? kept : 0;
  }
}

static void dropout(const struct dropout* arguments) {
  run_parts(divide_up(arguments->count, DROPOUT_IN_PART), dropout_part, arguments);
}
