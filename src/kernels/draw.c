/** @file Temperature, banned tokens, top-k, top-p, min-p and the draw, as in src/inference/generation/distribution.ts,
 * with single-precision weights summed in double. */
#include "draw.h"
#include <float.h>
#include <math.h>
#include "exponential.h"
#include "matmul.h"

enum { DRAW_LANES = 16 };

/* Independent sums of DRAW_LANES, combined in a fixed order. */
static double sum_weights(const float* weights, int64_t count) {
  double sums[DRAW_LANES] = {0}, sum = 0;
  for (int64_t index = 0; index < count; index += DRAW_LANES)
    for (int64_t lane = 0; lane < DRAW_LANES; lane++) sums[lane] += weights[index + lane];
  for (int64_t lane = 0; lane < DRAW_LANES; lane++) sum += sums[lane];
  return sum;
}

/* Limited to a finite float, so that 0 · scale is never NaN. */
static float sharpness(double temperature) { return (float)fmin(fmax(1 / temperature, FLT_MIN), FLT_MAX); }

/* The number of tokens in a block. */
static int64_t block_tokens(const struct draw_options* options, int64_t block) {
  return min64(DRAW_BLOCK, options->vocabulary - block * DRAW_BLOCK);
}

static int64_t whole_lanes(int64_t tokens) { return ceil_div(tokens, DRAW_LANES) * DRAW_LANES; }

/* Sets the logits of banned tokens, and those past the last token up to whole_lanes, to -∞: their weight becomes 0. */
static void ban(const struct draw_options* options, int64_t block, float* logits) {
  int64_t tokens = block_tokens(options, block);
  for (int64_t index = tokens; index < whole_lanes(tokens); index++) logits[index] = -INFINITY;
  for (int64_t index = 0; index < options->bans; index++)
    if (options->banned[index] / DRAW_BLOCK == block) logits[options->banned[index] % DRAW_BLOCK] = -INFINITY;
}

static float largest(const float* values, int64_t count) {
  vector maxima = load(values);
  for (int64_t index = LANES; index < count; index += LANES) maxima = max_lanes(maxima, load(values + index));
  float maximum = maxima[0];
  for (int lane = 1; lane < LANES; lane++) maximum = maxima[lane] > maximum ? maxima[lane] : maximum;
  return maximum;
}

static bool all_finite(const float* values, int64_t count) {
  vector strays = {0};
  int64_t index = 0;
  for (; index + LANES <= count; index += LANES) {
    vector some = load(values + index);
    strays += some - some; /* ∞ - ∞ is NaN */
  }
  float sum = sum_of(strays);
  for (; index < count; index++) sum += values[index] - values[index];
  return sum == 0;
}

/* Overwrites `count` logits, whole lanes, with their weights. */
static void soften(const struct draw_options* options, float maximum, int64_t count, float* values) {
  vector sharp = broadcast(sharpness(options->temperature)), most = broadcast(maximum);
  for (int64_t index = 0; index < count; index += LANES)
    store(values + index, exponential((load(values + index) - most) * sharp));
}

static void weigh_block(const struct draw_options* options, struct draw_row row, int64_t block, float* logits) {
  int64_t tokens = block_tokens(options, block), count = whole_lanes(tokens);
  memcpy(row.logits + block * DRAW_BLOCK, logits, (size_t)tokens * 4);
  bool finite = all_finite(logits, tokens);
  ban(options, block, logits);
  float maximum = largest(logits, count);
  row.maxima[block] = finite ? maximum : NAN;
  row.sums[block] = 0;
  if (options->temperature == 0 || !finite) return;
  if (maximum > -INFINITY)
    soften(options, maximum, count, logits);
  else /* all tokens are banned */
    memset(logits, 0, (size_t)count * 4);
  row.sums[block] = sum_weights(logits, count);
  if (row.weights == NULL) return;
  memcpy(row.weights + block * DRAW_BLOCK, logits, (size_t)count * 4);
  memset(row.weights + block * DRAW_BLOCK + count, 0, (size_t)(DRAW_BLOCK - count) * 4);
}

/* --- filters: each sets the weights of the removed tokens to 0 --- */

/* Maps finite floats to integers in the same order. */
static uint32_t rank_of(float logit) {
  uint32_t bits;
  float value = logit + 0.0f; /* -0 equals 0 */
  memcpy(&bits, &value, 4);
  return bits >> 31 ? ~bits : bits | 1u << 31;
}

enum { DIGIT_BITS = 11, DIGITS = 1 << DIGIT_BITS };

/* Keeps the fewest most probable tokens that reach the goal, a count or a sum of weights; among equals those of lower
 * ids. A radix selection by sums finds the rank of the last kept token digit by digit, without sorting. */
static void keep_likeliest(struct draw_row row, int64_t vocabulary, double goal, bool by_weight) {
  static const int shifts[] = {21, 10, 0}, bits[] = {11, 11, 10};
  uint32_t rank = 0, found = 0; /* the bits of the rank found so far */
  double reached = 0;           /* by tokens of higher rank */
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
  if (options->top_k < vocabulary) keep_likeliest(row, vocabulary, (double)options->top_k, false);
  if (options->top_p < 1) {
    for (int64_t block = 0; block < blocks; block++) total += sum_weights(row.weights + block * DRAW_BLOCK, DRAW_BLOCK);
    keep_likeliest(row, vocabulary, options->top_p * total, true);
  }
  for (int64_t id = 0; id < vocabulary; id++)
    if (row.weights[id] < options->min_p) row.weights[id] = 0; /* the most probable token has weight 1 */
  for (int64_t block = 0; block < blocks; block++)
    row.sums[block] = sum_weights(row.weights + block * DRAW_BLOCK, DRAW_BLOCK);
}

/* --- the draw --- */

static bool is_banned(const struct draw_options* options, int64_t token) {
  for (int64_t index = 0; index < options->bans; index++)
    if (options->banned[index] == token) return true;
  return false;
}

static int32_t likeliest_token(const struct draw_options* options, struct draw_row row, float maximum) {
  int64_t block = 0;
  while (row.maxima[block] != maximum) block++;
  int64_t token = block * DRAW_BLOCK;
  while (row.logits[token] != maximum || is_banned(options, token)) token++;
  return (int32_t)token;
}

/* Scales the blocks' sums, and the weights if a filter needs them, so that the most probable token has weight 1. */
static void rescale(const struct draw_options* options, struct draw_row row, float maximum) {
  for (int64_t block = 0; block < draw_blocks(options->vocabulary); block++) {
    float factor = exponential(broadcast((row.maxima[block] - maximum) * sharpness(options->temperature)))[0];
    row.sums[block] *= factor;
    for (int64_t index = 0; index < DRAW_BLOCK && row.weights != NULL; index++)
      row.weights[block * DRAW_BLOCK + index] *= factor;
  }
}

/* A block's weights up to a factor; without filters they are computed again, as in weigh_block. */
static const float* weights_of(const struct draw_options* options, struct draw_row row, int64_t block, float* memory) {
  int64_t first = block * DRAW_BLOCK, tokens = block_tokens(options, block);
  if (row.weights != NULL) return row.weights + first;
  memcpy(memory, row.logits + first, (size_t)tokens * 4);
  ban(options, block, memory);
  soften(options, row.maxima[block], whole_lanes(tokens), memory);
  return memory;
}

/* As np.random.choice: the first token whose cumulative sum exceeds uniform · total. */
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
  float memory[DRAW_BLOCK];
  const float* weights = weights_of(options, row, last, memory);
  int64_t tokens = block_tokens(options, last), chosen = 0;
  double goal = uniform * total - below, scale = row.sums[last] / sum_weights(weights, whole_lanes(tokens));
  below = 0;
  for (int64_t token = 0; token < tokens && below <= goal; token++) {
    if (weights[token] == 0) continue;
    below += weights[token] * scale;
    chosen = token; /* rounding may leave no such token: the last one of positive weight */
  }
  return (int32_t)(last * DRAW_BLOCK + chosen);
}

static int32_t draw_token(const struct draw_options* options, struct draw_row row, double uniform) {
  float maximum = -INFINITY;
  for (int64_t block = 0; block < draw_blocks(options->vocabulary); block++) {
    if (isnan(row.maxima[block])) return -1;
    maximum = row.maxima[block] > maximum ? row.maxima[block] : maximum;
  }
  if (maximum == -INFINITY) return -1; /* all tokens are banned: the caller checks for that */
  if (options->temperature == 0) return likeliest_token(options, row, maximum);
  rescale(options, row, maximum);
  if (filters(options)) filter(options, row);
  return first_beyond(options, row, uniform);
}
