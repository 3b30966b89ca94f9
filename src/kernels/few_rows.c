/** @file Matmul of few rows with an unpacked right operand: packing would cost more than it saves. */
#include "matmul.h"

#ifdef BF16_PRODUCTS
static void multiply_few_rows(int64_t rows, int64_t inner, const float* left, ptrdiff_t left_stride, const float* right,
                              ptrdiff_t right_stride, int64_t first, int64_t last, float* output,
                              ptrdiff_t output_stride, int worker) {
  (void)rows, (void)inner, (void)left, (void)left_stride, (void)right, (void)right_stride, (void)first, (void)last;
  (void)output, (void)output_stride, (void)worker;
  __builtin_trap(); /* FEW_ROWS is 0 */
}
#else

enum {
  DIRECT_ROWS = TILE_ROWS < 4 ? TILE_ROWS : 4,
  DIRECT_INNER = 16, /* rows of the right operand read at once: as many streams as processors prefetch */
};

/* Tiles of fewer rows are wider: as many independent sums, and longer runs of each row of the right operand. */
static void direct_tile(int64_t rows, int64_t inner, const float* left, ptrdiff_t left_stride, const float* right,
                        ptrdiff_t right_stride, struct target to) {
  switch (rows) {
    case 1: tile(1, WIDE_VECTORS, false, inner, left, left_stride, 1, right, right_stride, to); break;
    case 2: tile(2, WIDE_VECTORS / 2, false, inner, left, left_stride, 1, right, right_stride, to); break;
    case 3: tile(3, WIDE_VECTORS / 3, false, inner, left, left_stride, 1, right, right_stride, to); break;
    default: tile(4, WIDE_VECTORS / 4, false, inner, left, left_stride, 1, right, right_stride, to);
  }
}

/* The last columns, fewer than a vector; they are packed, since there is no memory to read past them. */
static void multiply_last_columns(int64_t rows, int64_t inner, const float* left, ptrdiff_t left_stride,
                                  const float* right, ptrdiff_t right_stride, int64_t columns, float* output,
                                  ptrdiff_t output_stride, int worker) {
  float* packed = scratch(worker, SCRATCH_PANELS_TILE, (size_t)(inner * LANES) * 4);
  for (int64_t k = 0; k < inner; k++) store(packed + k * LANES, load_some(right + k * right_stride, columns));
  run_tile(row_tiles, rows, columns, inner, left, left_stride, packed, LANES, 0, in_place(output, output_stride));
}

/* `inner` steps of up to DIRECT_ROWS rows, over all columns: each row of the right operand is read sequentially. */
static void multiply_direct_block(int64_t rows, int64_t inner, const float* left, ptrdiff_t left_stride,
                                  const float* right, ptrdiff_t right_stride, int64_t columns, float* output,
                                  ptrdiff_t output_stride, int worker) {
  int64_t wide = WIDE_VECTORS / rows * LANES, column = 0;
  for (; column + wide <= columns; column += wide)
    direct_tile(rows, inner, left, left_stride, right + column, right_stride, in_place(output + column, output_stride));
  for (; column + LANES <= columns; column += LANES)
    run_tile(row_tiles, rows, LANES, inner, left, left_stride, right + column, right_stride, 0,
             in_place(output + column, output_stride));
  if (column < columns)
    multiply_last_columns(rows, inner, left, left_stride, right + column, right_stride, columns - column,
                          output + column, output_stride, worker);
}

static void multiply_few_rows(int64_t rows, int64_t inner, const float* left, ptrdiff_t left_stride, const float* right,
                              ptrdiff_t right_stride, int64_t first, int64_t last, float* output,
                              ptrdiff_t output_stride, int worker) {
  for (int64_t start = 0; start < inner; start += DIRECT_INNER)
    for (int64_t row = 0; row < rows; row += DIRECT_ROWS)
      multiply_direct_block(min64(DIRECT_ROWS, rows - row), min64(DIRECT_INNER, inner - start),
                            left + row * left_stride + start, left_stride, right + start * right_stride + first,
                            right_stride, last - first, output + row * output_stride + first, output_stride, worker);
}

#endif
