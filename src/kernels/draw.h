/** @file Draws from rows of logits, in blocks of the vocabulary: each block's share of the softmax while its logits are in
 * the cache, then one draw a row. */
#ifndef RNN_DRAW_H
#define RNN_DRAW_H
#include <stdbool.h>
#include <stdint.h>

enum { DRAW_BLOCK = 256 }; /* tokens */

/* How to draw; the same for all rows. */
struct draw_options {
  int64_t vocabulary;
  double temperature; /* 0: the likeliest */
  int64_t top_k;
  double top_p, min_p;
  int64_t bans;
  const int32_t* banned;
};

/* Whether tokens are drawn from less than the whole distribution. */
static inline bool filters(const struct draw_options* options) {
  return options->temperature > 0 &&
         (options->top_k < options->vocabulary || options->top_p < 1 || options->min_p > 0);
}

/* One row. maxima and sums have an element a block. */
struct draw_row {
  float* logits;  /* [vocabulary] */
  float* weights; /* [blocks · DRAW_BLOCK]: exp((logit - the block's maximum) / temperature); 0 for a banned token and past
                     the last one. Null unless a filter asks for them */
  float* maxima;  /* of what is not banned; NaN where a logit is not finite */
  double* sums;   /* of the weights */
};

static inline int64_t draw_blocks(int64_t vocabulary) { return (vocabulary + DRAW_BLOCK - 1) / DRAW_BLOCK; }

/* Takes a block's logits, DRAW_BLOCK floats that are used up, into the row. Blocks may be weighed at the same time. */
static void weigh_block(const struct draw_options* options, struct draw_row row, int64_t block, float* logits);

/* The token whose share of the row's distribution the uniform number falls in, once all blocks are weighed; -1 where a
 * logit is not finite. Uses up all but the logits. */
static int32_t draw_token(const struct draw_options* options, struct draw_row row, double uniform);

#endif
