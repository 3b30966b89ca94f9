/** @file Packing a right operand into panels of columns, and matmuls with it. */
#include "matmul.h"

enum {
  /* rows whose part of the left operand fits in the L2 cache */
  LEFT_BLOCK = TILE_ROWS == 32 ? 8 * TILE_ROWS : 20 * TILE_ROWS,
  LEFT_NEAR = 1 << 15,  /* floats of a left operand that fits in L2 as a whole */
  PACKED_TOGETHER = 16, /* panels packed at once, for longer runs of memory */
};

/* A block of rows of a left operand as elements, with a stride of row_stride; in place if elements are floats. */
struct left_block {
  const float* values;
  ptrdiff_t row_stride;
};

#ifdef BF16_PRODUCTS
static struct left_block left_elements(int64_t rows, int64_t inner, const float* left, ptrdiff_t left_stride) {
  enum { ROW = INNER_BLOCK / DEPTH + 16 }; /* off a power of two: rows do not fall on the same lines of the cache */
  static _Thread_local _Alignas(64) float packed[LEFT_BLOCK * ROW];
  for (int64_t row = 0; row < rows; row++) pack_run(left + row * left_stride, inner, packed + row * ROW);
  return (struct left_block){packed, ROW};
}
#else
static struct left_block left_elements(int64_t rows, int64_t inner, const float* left, ptrdiff_t left_stride) {
  (void)rows, (void)inner;
  return (struct left_block){left, left_stride};
}
#endif

/* Blocks start at whole tiles. */
static inline int64_t block_start(int64_t rows, int64_t block, int64_t blocks) {
  return min64(rows, part_start(ceil_div(rows, TILE_ROWS), block, blocks) * TILE_ROWS);
}

/* Rows of a block in tiles of nearly equal height. */
static void multiply_rows(int64_t rows, struct left_block left, struct panels right, int64_t start, int64_t inner,
                          struct target to) {
  int64_t tiles = ceil_div(rows, TILE_ROWS), together = PANEL * panels_of_tile(rows);
  int64_t panel = elements(right.inner) * PANEL;
  for (int64_t column = 0; column < right.columns; column += together) {
    const float* values = right.values + column / PANEL * panel + start / DEPTH * PANEL;
    int64_t columns = min64(together, right.columns - column);
    for (int64_t index = 0; index < tiles; index++) {
      int64_t row = part_start(rows, index, tiles), next = part_start(rows, index + 1, tiles);
      if (index + 1 < tiles) prefetch_tile(target_at(to, next, column), next - row, columns);
      run_tile(index == 0 ? first_tiles : row_tiles, next - row, columns, elements(inner),
               left.values + row * left.row_stride, left.row_stride, values, PANEL, panel, target_at(to, row, column));
    }
  }
}

static void multiply_block(int64_t rows, const float* left, ptrdiff_t left_stride, struct panels right, int64_t start,
                           int64_t inner, struct target to) {
  int64_t blocks = ceil_div(rows, LEFT_BLOCK);
  for (int64_t block = 0; block < blocks; block++) {
    int64_t first = block_start(rows, block, blocks), count = block_start(rows, block + 1, blocks) - first;
    struct left_block from = left_elements(count, inner, left + first * left_stride, left_stride);
    int64_t alike = rows_of_equal_tiles(count);
    struct left_block rest = {from.values + alike * from.row_stride, from.row_stride};
    if (alike > 0) multiply_rows(alike, from, right, start, inner, target_at(to, first, 0));
    if (alike < count) multiply_rows(count - alike, rest, right, start, inner, target_at(to, first + alike, 0));
  }
}

/* If the left operand fits in the cache, goes panel by panel; else, and if blocks are packed, block by block of the
 * left operand. */
static void multiply_panels_from(int64_t rows, const float* left, ptrdiff_t left_stride, struct panels right,
                                 struct target to) {
  int64_t blocks = ceil_div(right.inner, INNER_BLOCK);
  if (blocks == 0) blocks = 1; /* an empty sum still writes its start values */
  int64_t together = DEPTH == 1 && rows * right.inner <= LEFT_NEAR ? PANEL : right.columns;
  for (int64_t column = 0; column < right.columns; column += together) {
    struct panels panels = some_panels(right, column, min64(together, right.columns - column));
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

/* Packs the panels first … last - 1 of a row-major matrix. */
static void pack_from_rows(struct matrix_view right, int64_t first, int64_t last, float* to) {
  int64_t whole = min64(last, right.columns / PANEL);
  int64_t count = elements(right.rows);
  for (int64_t k = 0; k < count; k++) {
    const float* from = right.values + k * DEPTH * right.row_stride;
    ptrdiff_t second = (DEPTH - 1) * right.row_stride;
    bool pairs = k * DEPTH + DEPTH - 1 < right.rows;
    if (k * DEPTH >= right.rows) {
      for (int64_t panel = first; panel < last; panel++) memset(to + (panel * count + k) * PANEL, 0, PANEL * 4);
      continue;
    }
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

/* Transposes `width` columns of elements to [rows, PANEL], four by four in registers. */
static void transpose_columns(int64_t rows, int64_t width, const float* from, ptrdiff_t column_stride, float* to) {
  int64_t whole_rows = rows / 4 * 4, whole_columns = width / 4 * 4;
  for (int64_t k = 0; k < whole_rows; k += 4)
    for (int64_t column = 0; column < whole_columns; column += 4)
      transpose_quads(from + column * column_stride + k, column_stride, to + k * PANEL + column, PANEL);
  for (int64_t column = 0; column < width; column++)
    for (int64_t k = column < whole_columns ? whole_rows : 0; k < rows; k++)
      to[k * PANEL + column] = from[column * column_stride + k];
}

/* Packs one panel of a column-major matrix. */
static void pack_from_columns(struct matrix_view right, int64_t panel, float* to) {
  int64_t width = min64(PANEL, right.columns - panel * PANEL), count = elements(right.rows);
  const float* from = right.values + panel * PANEL * right.column_stride;
  to += panel * count * PANEL;
  if (width < PANEL) memset(to, 0, (size_t)(count * PANEL) * 4);
#ifdef BF16_PRODUCTS
  enum { RUN = 64 };
  float runs[PANEL * RUN / DEPTH];
  for (int64_t k = 0; k < right.rows; k += RUN) {
    int64_t rows = min64(RUN, right.rows - k);
    for (int64_t column = 0; column < width; column++)
      pack_run(from + column * right.column_stride + k, rows, runs + column * (RUN / DEPTH));
    transpose_columns(elements(rows), width, runs, RUN / DEPTH, to + k / DEPTH * PANEL);
  }
#else
  transpose_columns(count, width, from, right.column_stride, to);
#endif
}

/* Packs all panels on this thread. */
static struct panels pack_alone(struct matrix_view right, float* to) {
  int64_t count = ceil_div(right.columns, PANEL);
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
    pack_from_rows(right, part * PACKED_TOGETHER, min64((part + 1) * PACKED_TOGETHER, ceil_div(right.columns, PANEL)),
                   packing->to);
  else
    pack_from_columns(right, part, packing->to);
}

static struct panels pack_panels(struct matrix_view right, enum scratch_purpose purpose) {
  int64_t count = ceil_div(right.columns, PANEL);
  struct packing packing = {right, scratch(0, purpose, (size_t)(count * elements(right.rows) * PANEL) * 4)};
  run_parts(right.column_stride == 1 ? ceil_div(count, PACKED_TOGETHER) : count, pack_part, &packing);
  return (struct panels){packing.to, right.rows, right.columns};
}
