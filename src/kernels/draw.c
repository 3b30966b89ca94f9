/** @file Temperature, bans, top-k, top-p, min-p and the draw: what src/sampling/distribution.ts and draw.ts say, of
 * single-precision weights summed in double. */
#include "draw.h"
#include <float.h>
#include <math.h>
#include "exponential.h"
#include "matmul.h"

/* Sums that do not wait for each other; combined in a fixed order. */
static double sum_weights(const float* weights) {
  double sums[16] = {0}, sum = 0;
  for (int64_t place = 0; place < DRAW_BLOCK; place += 16)
    for (int64_t lane = 0; lane < 16; lane++) sums[lane] += weights[place + lane];
  for (int64_t lane = 0; lane < 16; lane++) sum += sums[lane];
  return sum;
}

/* Within what a float holds, so that no difference of zero becomes NaN. */
static float sharpness(double temperature) { return (float)fmin(fmax(1 / temperature, FLT_MIN), FLT_MAX); }

static void weigh_block(const struct draw_options* options, struct draw_row row, int64_t block) {
  int64_t first = block * DRAW_BLOCK, count = smaller(DRAW_BLOCK, options->vocabulary - first);
  const float* logits = row.logits + first;
  float* weights = row.weights + first;
  vector strays = {0}, maxima = broadcast(-INFINITY);
  memcpy(weights, logits, (size_t)count * 4);
  for (int64_t place = count; place < DRAW_BLOCK; place++) weights[place] = logits[0];
  for (int64_t place = 0; place < DRAW_BLOCK; place += LANES) {
    vector values = load(weights + place);
    strays += values - values; /* NaN of an infinity too */
  }
  for (int64_t place = count; place < DRAW_BLOCK; place++) weights[place] = -INFINITY;
  for (int64_t index = 0; index < options->bans; index++)
    if (options->banned[index] / DRAW_BLOCK == block) weights[options->banned[index] - first] = -INFINITY;
  for (int64_t place = 0; place < DRAW_BLOCK; place += LANES) {
    vector values = load(weights + place);
    maxima = choose(values > maxima, values, maxima);
  }
  float maximum = maxima[0];
  for (int lane = 1; lane < LANES; lane++) maximum = maxima[lane] > maximum ? maxima[lane] : maximum;
  bool finite = sum_of(strays) == 0;
  row.maxima[block] = finite ? maximum : NAN;
  row.sums[block] = 0;
  if (options->temperature == 0 || !finite) return;
  if (maximum == -INFINITY) { /* all of them banned */
    memset(weights, 0, DRAW_BLOCK * 4);
    return;
  }
  vector sharp = broadcast(sharpness(options->temperature)), most = broadcast(maximum);
  for (int64_t place = 0; place < DRAW_BLOCK; place += LANES)
    store(weights + place, exponential((load(weights + place) - most) * sharp));
  row.sums[block] = sum_weights(weights);
}

/* --- filters: each takes away the weights of the tokens that go --- */

/* Whole numbers in the order of the finite floats. */
static uint32_t rank_of(float logit) {
  uint32_t bits;
  float value = logit + 0.0f; /* one zero */
  memcpy(&bits, &value, 4);
  return bits >> 31 ? ~bits : bits | 1u << 31;
}

enum { DIGIT_BITS = 11, DIGITS = 1 << DIGIT_BITS };

/* Keeps the fewest likeliest tokens that reach the goal, by number or by weight; of equals the lower ids. A radix
 * selection by sums: the rank of the last token that stays is found digit by digit, and nothing is sorted. */
static void keep_likeliest(struct draw_row row, int64_t vocabulary, double goal, bool by_weight) {
  static const int shifts[] = {21, 10, 0}, bits[] = {11, 11, 10};
  uint32_t rank = 0, found = 0; /* the bits of the rank that are known */
  double reached = 0;           /* by what ranks higher */
  for (int digit = 0; digit < 3; digit++) {
    double measures[DIGITS] = {0};
    uint32_t mask = (1u << bits[digit]) - 1, value = mask;
    for (int64_t id = 0; id < vocabulary; id++) {
      if (row.weights[id] == 0) continue;
      uint32_t other = rank_of(row.logits[id]);
      if ((other & found) == rank) measures[other >> shifts[digit] & mask] += by_weight ? row.weights[id] : 1;
    }
    for (; value > 0 && reached + measures[value] < goal; value--) reached += measures[value];
    rank |= value << shifts[digit];
    found |= mask << shifts[digit];
  }
  for (int64_t id = 0; id < vocabulary; id++) {
    uint32_t other = rank_of(row.logits[id]);
    if (other < rank || (other == rank && reached >= goal)) row.weights[id] = 0;
    if (other == rank) reached += by_weight ? row.weights[id] : 1;
  }
}

static void filter(const struct draw_options* options, struct draw_row row) {
  int64_t vocabulary = options->vocabulary, blocks = draw_blocks(vocabulary);
  double total = 0;
  for (int64_t block = 0; block < blocks; block++) {
    for (int64_t place = 0; place < DRAW_BLOCK; place++) row.weights[block * DRAW_BLOCK + place] *= row.maxima[block];
    row.maxima[block] = 1;
  }
  if (options->top_k < vocabulary) keep_likeliest(row, vocabulary, (double)options->top_k, false);
  if (options->top_p < 1) {
    for (int64_t block = 0; block < blocks; block++) total += sum_weights(row.weights + block * DRAW_BLOCK);
    keep_likeliest(row, vocabulary, options->top_p * total, true);
  }
  for (int64_t id = 0; id < vocabulary; id++)
    if (row.weights[id] < options->min_p) row.weights[id] = 0; /* the likeliest has 1 */
  for (int64_t block = 0; block < blocks; block++) row.sums[block] = sum_weights(row.weights + block * DRAW_BLOCK);
}

/* --- the draw --- */

static int32_t likeliest_token(const struct draw_options* options, struct draw_row row, float maximum) {
  for (int64_t block = 0;; block++) {
    if (row.maxima[block] != maximum) continue;
    for (int64_t id = block * DRAW_BLOCK; id < smaller(options->vocabulary, (block + 1) * DRAW_BLOCK); id++)
      if (row.weights[id] == maximum) return (int32_t)id; /* a banned token's is -infinity */
  }
}

/* Puts the blocks' sums on one scale, on which the likeliest token has the weight 1; maxima become the factors that do
 * the same for the weights. */
static void rescale(const struct draw_options* options, struct draw_row row, float maximum) {
  for (int64_t block = 0; block < draw_blocks(options->vocabulary); block++) {
    vector difference = broadcast((row.maxima[block] - maximum) * sharpness(options->temperature));
    row.maxima[block] = exponential(difference)[0];
    row.sums[block] *= row.maxima[block];
  }
}

/* As np.random.choice: the first token whose cumulative sum exceeds the uniform number's part of the whole. */
static int32_t first_beyond(const struct draw_options* options, struct draw_row row, double uniform) {
  double total = 0, below = 0;
  int64_t blocks = draw_blocks(options->vocabulary), last = 0;
  for (int64_t block = 0; block < blocks; block++) total += row.sums[block];
  for (int64_t block = 0; block < blocks; block++) {
    if (row.sums[block] == 0) continue;
    last = block;
    if (below + row.sums[block] > uniform * total) break;
    below += row.sums[block];
  }
  int64_t token = last * DRAW_BLOCK;
  for (int64_t id = token; id < (last + 1) * DRAW_BLOCK && below <= uniform * total; id++) {
    if (row.weights[id] == 0) continue;
    below += (double)row.weights[id] * row.maxima[last];
    token = id; /* the last one of any weight where rounding leaves a sliver */
  }
  return (int32_t)token;
}

static int32_t draw_token(const struct draw_options* options, struct draw_row row, double uniform) {
  float maximum = -INFINITY;
  for (int64_t block = 0; block < draw_blocks(options->vocabulary); block++) {
    if (isnan(row.maxima[block])) return -1;
    maximum = row.maxima[block] > maximum ? row.maxima[block] : maximum;
  }
  if (maximum == -INFINITY) return -1; /* all tokens banned: the caller's to refuse */
  if (options->temperature == 0) return likeliest_token(options, row, maximum);
  rescale(options, row, maximum);
  if (options->top_k < options->vocabulary || options->top_p < 1 || options->min_p > 0) filter(options, row);
  return first_beyond(options, row, uniform);
}
