/** @file Matmul, which all other kernels are built on. */

/* Each output element is summed over the inner dimension in order, one product (or one pair, or 16 pairs: operands.h)
 * at a time, starting from the value in the output. So its bits depend neither on tiles nor on other rows nor on
 * threads. */
#ifndef RNN_MATMUL_H
#define RNN_MATMUL_H
#include "operands.h"
#include "scratch.h"
#include "threads.h"
#include "vectors.h"
#include <stdbool.h>
#include <stddef.h>

/* PANEL: columns of a panel. The largest tile, TILE_ROWS × PANEL, holds its sums in registers, beside two vectors of a
 * panel and a broadcast value. */
#ifdef TILE_PRODUCTS
enum { PANEL = 32, TILE_ROWS = 32 };
#else
enum {
  PANEL = 2 * LANES,
  TILE_ROWS = VECTOR_REGISTERS == 32 ? 12
  : VECTOR_REGISTERS == 16           ? 6
                                     : 2,
};
#endif

enum {
  INNER_BLOCK = 256 * DEPTH, /* a panel's block, 256 × PANEL elements, and a tile's rows fit in the L1 cache */
  MIN_WEIGHTS = 1
      << 14, /* multiplications for a thread in a matmul of few rows: with fewer, threads cost more than they save */
  /* With at most this number of rows, packing costs more than it saves. In bf16 all matmuls are packed: a row has the
     same bits with any number of rows and threads. */
  FEW_ROWS = DEPTH == 1 ? 8 : 0,
};

/* values[row * row_stride + column * column_stride]: a matrix or its transpose. */
struct matrix_view {
  const float* values;
  int64_t rows, columns;
  ptrdiff_t row_stride, column_stride;
};

/* A right operand in panels of PANEL columns, each [elements(inner), PANEL], zero past the last column. */
struct panels {
  const float* values;
  int64_t inner, columns;
};

enum { CACHE_LINE = 16 }; /* floats */

/* Prefetches `count` floats into the L2 cache. Inlined: GCC removes calls of functions that only prefetch. */
#define PREFETCHING static inline __attribute__((always_inline))
PREFETCHING void fetch_floats(const float* from, int64_t count) {
  for (int64_t j = 0; j < count; j += CACHE_LINE) __builtin_prefetch(from + j, 0, 2);
}

static inline int64_t min64(int64_t a, int64_t b) { return a < b ? a : b; }
static inline int64_t ceil_div(int64_t a, int64_t b) { return (a + b - 1) / b; }

/* Packs on all threads; the result is in the caller's scratch of this purpose. */
static struct panels pack_panels(struct matrix_view right, enum scratch_purpose purpose);

/* output [rows, columns] += left [rows, inner] · panels. */
static void multiply_panels(int64_t rows, const float* left, ptrdiff_t left_stride, struct panels right, float* output,
                            ptrdiff_t output_stride);

/* The start values and the destination of sums. They may be the same; a start_stride of 0 starts all rows from one
 * bias, a null start from zeros. */
struct target {
  const float* start;
  ptrdiff_t start_stride;
  float* output;
  ptrdiff_t output_stride;
};

/* The same with other start values. */
static void multiply_panels_from(int64_t rows, const float* left, ptrdiff_t left_stride, struct panels right,
                                 struct target to);

/* The same for `inner` ≤ INNER_BLOCK steps of the inner dimension from `start`, by inner_start, where left begins.
 * All blocks in order give the whole matmul. */
static void multiply_block(int64_t rows, const float* left, ptrdiff_t left_stride, struct panels right, int64_t start,
                           int64_t inner, struct target to);

/* The panels of the columns first … first + columns - 1; first is a multiple of PANEL. */
static inline struct panels some_panels(struct panels all, int64_t first, int64_t columns) {
  return (struct panels){all.values + first * elements(all.inner), all.inner, columns};
}

/* output += left · right for the columns first … last - 1 of an unpacked, row-major right [inner, right_stride]: for
 * few rows. */
static void multiply_few_rows(int64_t rows, int64_t inner, const float* left, ptrdiff_t left_stride, const float* right,
                              ptrdiff_t right_stride, int64_t first, int64_t last, float* output,
                              ptrdiff_t output_stride, int worker);

/* Packs left sides of outer products, `width` columns of `count` rows, into tiles of TILE_ROWS columns with a distance
 * of tile_stride floats, which left_tile gives for the rows of a whole sum. */
static void pack_left(const float* const* rows, int64_t count, int64_t first, int64_t width, float* to,
                      int64_t tile_stride);

/* The floats of a tile of packed left sides: [elements(count), TILE_ROWS], or with tile registers [TILE_ROWS, …]. */
static inline int64_t left_tile(int64_t count) {
#ifdef TILE_PRODUCTS
  return (elements(count) + 16) * TILE_ROWS; /* not a power of two: rows do not map to the same cache lines */
#else
  return elements(count) * TILE_ROWS;
#endif
}

/* The place of a row in a tile of packed left sides; the row is one of inner_start. */
static inline int64_t left_place(int64_t row) {
#ifdef TILE_PRODUCTS
  return row / DEPTH;
#else
  return row / DEPTH * TILE_ROWS;
#endif
}

/* Packs right sides, `width` columns of `count` rows, into elements(count) rows with the same stride; in place if
 * elements are floats. */
static const float* right_elements(const float* rows, int64_t count, int64_t width, ptrdiff_t stride, int worker);

/* output [rows, columns] = start + Σ left[i] ⊗ right[i]; right_stride is the distance between right's rows of elements,
 * and memory for a whole vector follows the last one. */
static void add_packed_products(int64_t rows, int64_t columns, int64_t count, const float* left, int64_t tile_stride,
                                const float* right, ptrdiff_t right_stride, struct target to);

/* The gradient of a weight matrix: output [width, columns] = or += Σ left[i] ⊗ right[i], i ascending. */
struct weight_gradient {
  const float* const* left; /* rows of `width` */
  int64_t first, width;     /* rows first … width - 1 of the output are computed */
  float* output;            /* null if it is not wanted */
};

/* Gradients of weights whose matmuls were added up: they have the same right sides, which are packed once. */
struct outer_products {
  int64_t count, columns;
  const float* const* right; /* rows of `columns` */
  bool fresh;                /* outputs start from zero */
  struct weight_gradient gradients[3];
};
static void add_outer_products(const struct outer_products* products); /* on all threads, over the columns */

static inline struct target in_place(float* output, ptrdiff_t stride) {
  return (struct target){output, stride, output, stride};
}

static inline struct target target_at(struct target to, int64_t row, int64_t column) {
  return (struct target){to.start == NULL ? NULL : to.start + row * to.start_stride + column, to.start_stride,
                         to.output + row * to.output_stride + column, to.output_stride};
}

/* Prefetches the output rows of the next tile, which are not contiguous. */
static inline void prefetch_tile(struct target to, int64_t rows, int64_t columns) {
  for (int64_t row = 0; row < rows; row++) {
    __builtin_prefetch(to.output + row * to.output_stride, 1);
    __builtin_prefetch(to.output + row * to.output_stride + columns - 1, 1);
  }
}

/* Rows are split into tiles of nearly equal height: 25 rows into 9, 8 and 8, not 12, 12 and 1. */
static inline int64_t part_start(int64_t whole, int64_t part, int64_t parts) { return whole * part / parts; }

/* The inner dimension is split between products. */
static inline int64_t inner_start(int64_t inner, int64_t part, int64_t parts) {
  return min64(inner, part_start(elements(inner) / TILE_DEPTH, part, parts) * (TILE_DEPTH * DEPTH));
}

#endif
