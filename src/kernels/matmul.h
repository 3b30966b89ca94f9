/** @file The matrix product at the bottom of all kernels. */

/* Each output element is summed over the inner dimension one by one (or pair by pair: operands.h), in order, starting
 * from the value that is there: so its bits depend on no tile, no neighbour and no thread. */
#ifndef RNN_MATMUL_H
#define RNN_MATMUL_H
#include "operands.h"
#include "scratch.h"
#include "threads.h"
#include "vectors.h"
#include <stdbool.h>
#include <stddef.h>

enum {
  PANEL = 2 * LANES, /* columns that are packed side by side */
  /* The largest tile, TILE_ROWS × PANEL, keeps its sums in registers, beside two vectors of a panel and a broadcast. */
  TILE_ROWS = VECTOR_REGISTERS == 32 ? 12 : VECTOR_REGISTERS == 16 ? 6 : 2,
  INNER_BLOCK = 256, /* a panel's block, 256 × PANEL floats, and a tile's rows stay in the first-level cache */
  LEAST_WEIGHTS = 1
      << 14,    /* a thread's share of a product with few rows, below which it costs more to share than it saves */
  /* Up to here, packing would cost more than it saves. In bf16 all products are packed: a row has the same bits whether
   * it is alone with a thread or not. */
  FEW_ROWS = DEPTH == 1 ? 8 : 0,
};

/* values[row * row_stride + column * column_stride]: either transposition of a matrix. */
struct matrix_view {
  const float* values;
  int64_t rows, columns;
  ptrdiff_t row_stride, column_stride;
};

/* A right operand as panels of PANEL columns, each [elements(inner), PANEL], zero past the last column. */
struct panels {
  const float* values;
  int64_t inner, columns;
};

static inline int64_t smaller(int64_t a, int64_t b) { return a < b ? a : b; }
static inline int64_t divide_up(int64_t a, int64_t b) { return (a + b - 1) / b; }

/* Packs in parallel; the result stays in the caller's scratch of this purpose. */
static struct panels pack_panels(struct matrix_view right, enum scratch_purpose purpose);

/* output [rows, columns] += left [rows, inner] · panels. */
static void multiply_panels(int64_t rows, const float* left, ptrdiff_t left_stride, struct panels right, float* output,
                            ptrdiff_t output_stride);

/* Where sums start and where they go: the same place, or all rows start from one of biases (a stride of zero), or from
 * zeros (null, likewise). */
struct target {
  const float* start;
  ptrdiff_t start_stride;
  float* output;
  ptrdiff_t output_stride;
};

/* The same with another start. */
static void multiply_panels_from(int64_t rows, const float* left, ptrdiff_t left_stride, struct panels right,
                                 struct target to);

/* The same for `inner` ≤ INNER_BLOCK steps of the inner dimension, from `start`, a multiple of DEPTH; left begins there.
 * Blocks in order make the whole. */
static void multiply_block(int64_t rows, const float* left, ptrdiff_t left_stride, struct panels right, int64_t start,
                           int64_t inner, struct target to);

/* Columns first … first + columns - 1 alone; first is a multiple of PANEL. */
static inline struct panels some_panels(struct panels all, int64_t first, int64_t columns) {
  return (struct panels){all.values + first * elements(all.inner), all.inner, columns};
}

/* output += left · right for columns first … last - 1 of a row-major right [inner, right_stride] as it stands: for few rows. */
static void multiply_few_rows(int64_t rows, int64_t inner, const float* left, ptrdiff_t left_stride, const float* right,
                              ptrdiff_t right_stride, int64_t first, int64_t last, float* output,
                              ptrdiff_t output_stride, int worker);

/* Left sides of outer products, `width` columns of `count` rows, as tiles [elements(count), TILE_ROWS], tile_stride
 * floats apart. */
static void pack_left(const float* const* rows, int64_t count, int64_t first, int64_t width, float* to,
                      int64_t tile_stride);

/* Right sides, `width` columns of `count` rows that are `stride` apart, as rows of elements equally far apart: where
 * they stand, if elements are floats. */
static const float* right_elements(const float* rows, int64_t count, int64_t width, ptrdiff_t stride, int worker);

/* output [rows, columns] = start + Σ left[i] ⊗ right[i]; right has its rows of elements right_stride apart, and at least
 * a vector's end of room past the last. */
static void add_packed_products(int64_t rows, int64_t columns, int64_t count, const float* left, int64_t tile_stride,
                                const float* right, ptrdiff_t right_stride, struct target to);

/* A weight matrix's gradient: output [width, columns] = or += Σ left[i] ⊗ right[i], i ascending. */
struct weight_gradient {
  const float* const* left; /* rows of `width` */
  int64_t first, width;     /* rows first … width - 1 of the output are computed */
  float* output;            /* null where nobody asks for it */
};

/* Gradients of weights whose products were added up: they have the same right sides, which are packed once. */
struct outer_products {
  int64_t count, columns;
  const float* const* right; /* rows of `columns` */
  bool fresh;                /* outputs start from zero */
  struct weight_gradient gradients[3];
};
static void add_outer_products(const struct outer_products* products); /* in parallel, over the columns */

#endif
