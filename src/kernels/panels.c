/** @file A right operand packed as panels of columns, and products with it. */
#include "matmul.h"

enum {
  LEFT_BLOCK = 20 * TILE_ROWS, /* rows whose part of the left operand stays in the second-level cache */
  LEFT_NEAR = 1 << 15,         /* floats of a left operand that stays there as a whole */
  PACKED_TOGETHER = 16,        /* panels: longer runs of memory */
};

/* A block of rows of a left operand as elements, row_stride apart: where they stand, if elements are floats. */
struct left_block {
  const float* values;
  ptrdiff_t row_stride;
};

#ifdef BF16_PRODUCTS
static struct left_block left_elements(int64_t rows, int64_t inner, const float* left, ptrdiff_t left_stride) {
  enum { ROW = INNER_BLOCK / DEPTH + 16 }; /* off a power of two: rows do not fall on the same lines of the cache */
  static _Thread_local float packed[LEFT_BLOCK * ROW];
  for (int64_t row = 0; row < rows; row++) pack_run(left + row * left_stride, inner, packed + row * ROW);
  return (struct left_block){packed, ROW};
}
#else
static struct left_block left_elements(int64_t rows, int64_t inner, const float* left, ptrdiff_t left_stride) {
  (void)rows, (void)inner;
  return (struct left_block){left, left_stride};
}
#endif

/* Blocks begin with whole tiles. */
static inline int64_t block_start(int64_t rows, int64_t block, int64_t blocks) {
  return smaller(rows, part_start(divide_up(rows, TILE_ROWS), block, blocks) * TILE_ROWS);
}

static void multiply_block(int64_t rows, const float* left, ptrdiff_t left_stride, struct panels right, int64_t start,
                           int64_t inner, struct target to) {
  int64_t blocks = divide_up(rows, LEFT_BLOCK);
  for (int64_t block = 0; block < blocks; block++) {
    int64_t first_row = block_start(rows, block, blocks), block_rows = block_start(rows, block + 1, blocks) - first_row;
    int64_t tiles = divide_up(block_rows, TILE_ROWS);
    struct left_block from = left_elements(block_rows, inner, left + first_row * left_stride, left_stride);
    for (int64_t column = 0; column < right.columns; column += PANEL) {
      const float* values = right.values + column * elements(right.inner) + start / DEPTH * PANEL;
      int64_t columns = smaller(PANEL, right.columns - column);
      for (int64_t index = 0; index < tiles; index++) {
        int64_t row = first_row + part_start(block_rows, index, tiles);
        int64_t next = first_row + part_start(block_rows, index + 1, tiles);
        if (index + 1 < tiles) prefetch_tile(target_at(to, next, column), next - row, columns);
        run_tile(index == 0 ? first_tiles : row_tiles, next - row, columns, elements(inner),
                 from.values + (row - first_row) * from.row_stride, from.row_stride, values, PANEL,
                 target_at(to, row, column));
      }
    }
  }
}

/* Where the left operand stays in the cache, panel by panel, as they lie in memory; else block by block of it, as also
 * where a block is packed. */
static void multiply_panels_from(int64_t rows, const float* left, ptrdiff_t left_stride, struct panels right,
                                 struct target to) {
  int64_t blocks = divide_up(right.inner, INNER_BLOCK);
  if (blocks == 0) blocks = 1; /* a sum of nothing is its start */
  int64_t together = DEPTH == 1 && rows * right.inner <= LEFT_NEAR ? PANEL : right.columns;
  for (int64_t column = 0; column < right.columns; column += together) {
    struct panels panels = some_panels(right, column, smaller(together, right.columns - column));
    struct target from = target_at(to, 0, column);
    for (int64_t block = 0; block < blocks; block++) {
      int64_t start = inner_start(right.inner, block, blocks), end = inner_start(right.inner, block + 1, blocks);
      multiply_block(rows, left + start, left_stride, panels, start, end - start, from);
      from = in_place(from.output, from.output_stride);
    }
  }
}

static void multiply_panels(int64_t rows, const float* left, ptrdiff_t left_stride, struct panels right, float* output,
                            ptrdiff_t output_stride) {
  multiply_panels_from(rows, left, left_stride, right, in_place(output, output_stride));
}

/* Panels first … last - 1 of a matrix whose rows lie together in memory. */
static void pack_from_rows(struct matrix_view right, int64_t first, int64_t last, float* to) {
  int64_t whole = smaller(last, right.columns / PANEL);
  int64_t count = elements(right.rows);
  for (int64_t k = 0; k < count; k++) {
    const float* from = right.values + k * DEPTH * right.row_stride;
    ptrdiff_t second = (DEPTH - 1) * right.row_stride;
    bool pairs = k * DEPTH + DEPTH - 1 < right.rows;
    for (int64_t panel = first; panel < whole; panel++) {
      const float* columns = from + panel * PANEL;
      pack_rows(columns, pairs ? columns + second : NULL, PANEL, to + (panel * count + k) * PANEL);
    }
    if (whole < last) {
      float* cut = to + (whole * count + k) * PANEL;
      int64_t columns = right.columns - whole * PANEL;
      pack_rows(from + whole * PANEL, pairs ? from + whole * PANEL + second : NULL, columns, cut);
      memset(cut + columns, 0, (size_t)(PANEL - columns) * 4);
    }
  }
}

/* `width` columns of elements to [rows, PANEL]: four by four are transposed in registers. */
static void transpose_columns(int64_t rows, int64_t width, const float* from, ptrdiff_t column_stride, float* to) {
  int64_t whole_rows = rows / 4 * 4, whole_columns = width / 4 * 4;
  for (int64_t k = 0; k < whole_rows; k += 4)
    for (int64_t column = 0; column < whole_columns; column += 4)
      transpose_quads(from + column * column_stride + k, column_stride, to + k * PANEL + column, PANEL);
  for (int64_t column = 0; column < width; column++)
    for (int64_t k = column < whole_columns ? whole_rows : 0; k < rows; k++)
      to[k * PANEL + column] = from[column * column_stride + k];
}

/* One panel of a matrix whose columns lie together. */
static void pack_from_columns(struct matrix_view right, int64_t panel, float* to) {
  int64_t width = smaller(PANEL, right.columns - panel * PANEL), count = elements(right.rows);
  const float* from = right.values + panel * PANEL * right.column_stride;
  to += panel * count * PANEL;
  if (width < PANEL) memset(to, 0, (size_t)(count * PANEL) * 4);
#ifdef BF16_PRODUCTS
  enum { RUN = 64 };
  float runs[PANEL * RUN / DEPTH];
  for (int64_t k = 0; k < right.rows; k += RUN) {
    int64_t rows = smaller(RUN, right.rows - k);
    for (int64_t column = 0; column < width; column++)
      pack_run(from + column * right.column_stride + k, rows, runs + column * (RUN / DEPTH));
    transpose_columns(elements(rows), width, runs, RUN / DEPTH, to + k / DEPTH * PANEL);
  }
#else
  transpose_columns(count, width, from, right.column_stride, to);
#endif
}

/* All panels, by this thread alone. */
static struct panels pack_alone(struct matrix_view right, float* to) {
  int64_t count = divide_up(right.columns, PANEL);
  if (right.column_stride == 1) pack_from_rows(right, 0, count, to);
  for (int64_t panel = 0; panel < count && right.column_stride != 1; panel++) pack_from_columns(right, panel, to);
  return (struct panels){to, right.rows, right.columns};
}

struct packing {
  struct matrix_view right;
  float* to;
};

static void pack_part(int64_t part, int worker, const void* context) {
  (void)worker;
  const struct packing* packing = context;
  struct matrix_view right = packing->right;
  if (right.column_stride == 1)
    pack_from_rows(right, part * PACKED_TOGETHER,
                   smaller((part + 1) * PACKED_TOGETHER, divide_up(right.columns, PANEL)), packing->to);
  else
    pack_from_columns(right, part, packing->to);
}

static struct panels pack_panels(struct matrix_view right, enum scratch_purpose purpose) {
  int64_t count = divide_up(right.columns, PANEL);
  struct packing packing = {right, scratch(0, purpose, (size_t)(count * elements(right.rows) * PANEL) * 4)};
  run_parts(right.column_stride == 1 ? divide_up(count, PACKED_TOGETHER) : count, pack_part, &packing);
  return (struct panels){packing.to, right.rows, right.columns};
}
