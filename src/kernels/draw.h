/** @file Draws tokens from rows of logits, in blocks of the vocabulary: softmax weights of each block while its logits
 * are in the cache, then one draw for each row. */
#ifndef RNN_DRAW_H
#define RNN_DRAW_H
#include <stdbool.h>
#include <stdint.h>

enum { DRAW_BLOCK = 256 }; /* tokens */

/* How to draw; the same for all rows. */
struct draw_options {
  int64_t vocabulary;
  double temperature; /* 0: argmax */
  int64_t top_k;
  double top_p, min_p;
  int64_t bans;
  const int32_t* banned;
};

/* Whether a filter removes tokens from the distribution. */
static inline bool filters(const struct draw_options* options) {
  return options->temperature > 0 && (options->top_k < options->vocabulary || options->top_p < 1 || options->min_p > 0);
}

/* One row; maxima and sums have an element for each block. */
struct draw_row {
  float* logits;  /* [vocabulary] */
  float* weights; /* [blocks · DRAW_BLOCK]: exp((logit - the block's maximum) / temperature); 0 for banned tokens and
                     past the last one. Null if no filter needs them */
  float* maxima;  /* of the tokens that are not banned; NaN if a logit is not finite */
  double* sums;   /* of the weights */
};

static inline int64_t draw_blocks(int64_t vocabulary) { return (vocabulary + DRAW_BLOCK - 1) / DRAW_BLOCK; }

/* Adds a block to the row; overwrites its logits, DRAW_BLOCK floats. Threads may run different blocks of a row at the
 * same time. */
static void weigh_block(const struct draw_options* options, struct draw_row row, int64_t block, float* logits);

/* Draws the row's token by a uniform number, after all blocks were weighed; -1 if a logit is not finite. Overwrites all
 * but the logits. */
static int32_t draw_token(const struct draw_options* options, struct draw_row row, double uniform);

#endif
