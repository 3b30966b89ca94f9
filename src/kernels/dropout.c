/** @file Dropout whose mask is a hash of seed and position: it is not stored, and is the same on any number of threads.
 */
#include "kernels.h"
#include "matmul.h"

enum { DROPOUT_IN_PART = 1 << 14 };

typedef uint32_t bits_vector __attribute__((vector_size(LANES * 4)));

/* MurmurHash3's finalizer: each bit of the input changes each bit of the result half the time. */
static inline uint32_t mix(uint32_t bits) {
  bits = (bits ^ bits >> 16) * 0x85ebca6bu;
  bits = (bits ^ bits >> 13) * 0xc2b2ae35u;
  return bits ^ bits >> 16;
}

static inline bits_vector mix_vector(bits_vector bits) {
  bits = (bits ^ bits >> 16) * 0x85ebca6bu;
  bits = (bits ^ bits >> 13) * 0xc2b2ae35u;
  return bits ^ bits >> 16;
}

/* `run` neighbors share a draw, and after `period` draws these repeat. */
static inline bits_vector positions_from(int64_t index, const struct dropout* a) {
  bits_vector positions;
  for (int lane = 0; lane < LANES; lane++) positions[lane] = (uint32_t)((index + lane) / a->run % a->period);
  return positions;
}

static void dropout_part(int64_t part, int worker, const void* context) {
  (void)worker;
  const struct dropout* a = context;
  const float scale = (float)(1 / (1 - a->rate));
  const int32_t threshold = (int32_t)(a->rate * 16777216);
  const uint32_t key = mix(a->seed ^ 0x9e3779b9u), other_key = mix(key + a->seed);
  const float* input = a->input;
  float* output = a->output;
  int64_t index = part * DROPOUT_IN_PART, last = min64(a->count, index + DROPOUT_IN_PART);
  const int each_its_own = a->run == 1 && a->period >= a->count;
  bits_vector positions = positions_from(index, a);
  for (; index < last; index += LANES) {
    /* Mixed twice, so that the draws of one seed are not a permutation of another's. */
    bits_vector draws = mix_vector(mix_vector(positions ^ key) + other_key) >> 8;
    vector kept = load_up_to(input + index, last - index) * scale;
    store_up_to(output + index, select_lanes((integer_vector)draws >= threshold, kept, (vector){0}), last - index);
    positions = each_its_own ? positions + LANES : positions_from(index + LANES, a);
  }
}

static void dropout(const struct dropout* arguments) {
  run_parts(ceil_div(arguments->count, DROPOUT_IN_PART), dropout_part, arguments);
}
