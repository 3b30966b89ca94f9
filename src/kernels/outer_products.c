/** @file Sums of outer products, such as the gradients of weights: the inner dimension is time · batch. */
#include "matmul.h"

enum {
  GROUP_COLUMNS = 256 * DEPTH, /* right sides that fit in the L2 cache; left ones are packed once for each group */
  /* The stride of their rows. It is not a power of two, so that a panel's rows do not map to the same cache lines. */
  GROUP_STRIDE = GROUP_COLUMNS + 16,
  FETCHED_ROWS = 8, /* right sides that are prefetched, ahead of their packing: measured */
  MAX_GRADIENTS = sizeof((struct outer_products*)0)->gradients / sizeof(struct weight_gradient),
};

/* The second row of a pair, from a column on; null past the last row. */
static inline const float* second_row(const float* const* rows, int64_t k, int64_t count, int64_t column) {
  return k + DEPTH - 1 < count ? rows[k + DEPTH - 1] + column : NULL;
}

#ifdef TILE_PRODUCTS
/* Transposes 16 by 16 elements. */
static void pack_left(const float* const* rows, int64_t count, int64_t first, int64_t width, float* to,
                      int64_t tile_stride) {
  enum { SIDE = 16 };
  int64_t row_stride = tile_stride / TILE_ROWS, last = elements(count);
  for (int64_t element = 0; element < last; element += SIDE)
    for (int64_t column = 0; column < width; column += SIDE) {
      float block[SIDE][SIDE] = {{0}};
      int64_t height = min64(SIDE, width - column);
      for (int64_t index = 0; index < SIDE && (element + index) * DEPTH < count; index++) {
        int64_t k = (element + index) * DEPTH;
        pack_rows(rows[k] + first + column, second_row(rows, k, count, first + column), height, block[index]);
      }
      float* tile = to + column / TILE_ROWS * tile_stride + column % TILE_ROWS * row_stride + element;
      for (int64_t row = 0; row < height; row += 4) /* a tile has room for the rows past the last column */
        for (int64_t index = 0; index < SIDE; index += 4)
          transpose_quads(&block[index][row], SIDE, tile + row * row_stride + index, row_stride);
    }
}
#else
static void pack_left(const float* const* rows, int64_t count, int64_t first, int64_t width, float* to,
                      int64_t tile_stride) {
  enum { ROWS_TOGETHER = 16 }; /* they stay in the L1 cache from tile to tile */
  for (int64_t start = 0; start < count; start += ROWS_TOGETHER) {
    int64_t end = min64(count, start + ROWS_TOGETHER);
    for (int64_t column = 0; column < width; column += TILE_ROWS) {
      int64_t height = min64(TILE_ROWS, width - column);
      float* tile = to + column / TILE_ROWS * tile_stride;
      if (height == TILE_ROWS)
        for (int64_t k = start; k < end; k += DEPTH)
          pack_rows(rows[k] + first + column, second_row(rows, k, count, first + column), TILE_ROWS,
                    tile + k / DEPTH * TILE_ROWS);
      else
        for (int64_t k = start; k < end; k += DEPTH)
          pack_rows(rows[k] + first + column, second_row(rows, k, count, first + column), height,
                    tile + k / DEPTH * TILE_ROWS);
    }
  }
}
#endif

static void add_packed_products(int64_t rows, int64_t columns, int64_t count, const float* left, int64_t tile_stride,
                                const float* right, ptrdiff_t right_stride, struct target to) {
#ifdef TILE_PRODUCTS
  const int64_t left_stride = tile_stride / TILE_ROWS;
#else
  const int64_t left_stride = TILE_ROWS;
#endif
  for (int64_t top = 0, bottom; top < rows; top = bottom) {
    bottom = min64(top + LEFT_BLOCK, top < rows_of_equal_tiles(rows) ? rows_of_equal_tiles(rows) : rows);
    int64_t together = PANEL * panels_of_tile(bottom - top);
    for (int64_t column = 0; column < columns; column += together) {
      int64_t width = min64(together, columns - column);
      for (int64_t row = top; row < bottom; row += TILE_ROWS) {
        int64_t next = min64(bottom, row + TILE_ROWS);
        if (next < bottom) prefetch_tile(target_at(to, next, column), min64(TILE_ROWS, bottom - next), width);
        run_tile(packed_tiles, next - row, width, elements(count), left + row / TILE_ROWS * tile_stride, left_stride,
                 right + column, right_stride, PANEL, target_at(to, row, column));
      }
    }
  }
}

static void pack_right(const float* const* rows, int64_t count, int64_t first, int64_t width, float* to) {
  int64_t past = ceil_div(width, PANEL) * PANEL - width;
  for (int64_t k = 0; k < count; k += DEPTH, to += GROUP_STRIDE) {
    for (int64_t next = k + FETCHED_ROWS; next < min64(count, k + FETCHED_ROWS + DEPTH); next++)
      fetch_floats(rows[next] + first, width);
    pack_rows(rows[k] + first, second_row(rows, k, count, first), width, to);
    memset(to + width, 0, (size_t)past * 4);
  }
  for (int64_t element = ceil_div(count, DEPTH); element < elements(count); element++, to += GROUP_STRIDE)
    memset(to, 0, (size_t)(width + past) * 4);
}

static const float* right_elements(const float* rows, int64_t count, int64_t width, ptrdiff_t stride, int worker) {
  if (DEPTH == 1) return rows;
  float* packed = scratch(worker, SCRATCH_PANELS_TILE, (size_t)(elements(count) * stride) * 4);
  for (int64_t k = 0; k < count; k += DEPTH)
    pack_rows(rows + k * stride, k + 1 < count ? rows + (k + 1) * stride : NULL, width, packed + k / DEPTH * stride);
  for (int64_t element = ceil_div(count, DEPTH); element < elements(count); element++)
    memset(packed + element * stride, 0, (size_t)stride * 4);
  return packed;
}

/* Threads take groups of columns, for which each packs its own right sides; with few columns they take bands of rows.
 */
struct outer_split {
  int64_t width, groups; /* columns of a group, and how many groups */
  int64_t bands;         /* bands of rows in each gradient */
};

static struct outer_split split_outer(const struct outer_products* products) {
  int64_t panels = ceil_div(products->columns, PANEL), threads = thread_count();
  bool by_columns = panels >= 4 * threads;
  int64_t width = by_columns ? min64(GROUP_COLUMNS, ceil_div(panels, threads) * PANEL) : GROUP_COLUMNS;
  return (struct outer_split){width, ceil_div(products->columns, width), by_columns ? 1 : threads};
}

/* The rows of a gradient in one band: whole tiles. */
static struct weight_gradient cut_band(struct weight_gradient gradient, int64_t band, int64_t bands) {
  int64_t tiles = ceil_div(gradient.width, TILE_ROWS);
  gradient.first = tiles * band / bands * TILE_ROWS;
  gradient.width = min64(gradient.width, tiles * (band + 1) / bands * TILE_ROWS);
  return gradient;
}

/* Adds a block of the sum to one gradient, from the right sides of a group of columns. */
static void add_outer_block(struct weight_gradient gradient, int64_t start, int64_t count, const float* right,
                            int64_t first, int64_t width, int64_t columns, bool fresh, int worker) {
  float* left = scratch(worker, SCRATCH_LEFT, (size_t)(LEFT_BLOCK / TILE_ROWS * left_tile(INNER_BLOCK)) * 4);
  float* output = gradient.output + first;
  struct target to = fresh ? (struct target){NULL, 0, output, columns} : in_place(output, columns);
  for (int64_t top = gradient.first; top < gradient.width; top += LEFT_BLOCK) {
    int64_t rows = min64(LEFT_BLOCK, gradient.width - top);
    pack_left(gradient.left + start, count, top, rows, left, left_tile(count));
    add_packed_products(rows, width, count, left, left_tile(count), right, GROUP_STRIDE, target_at(to, top, 0));
  }
}

/* One group of columns, whose right sides stay in the L2 cache. */
static void outer_part(int64_t part, int worker, const void* context) {
  const struct outer_products* products = context;
  struct outer_split split = split_outer(products);
  int64_t first = part / split.bands * split.width, width = min64(split.width, products->columns - first);
  float* right = scratch(worker, SCRATCH_PANELS_TILE, (size_t)(elements(INNER_BLOCK) * GROUP_STRIDE) * 4);
  struct weight_gradient gradients[MAX_GRADIENTS];
  int count_of_gradients = 0;
  for (int index = 0; index < MAX_GRADIENTS; index++)
    if (products->gradients[index].output != NULL)
      gradients[count_of_gradients++] = cut_band(products->gradients[index], part % split.bands, split.bands);

  int64_t blocks = ceil_div(products->count, INNER_BLOCK);
  if (blocks == 0) blocks = 1; /* an empty sum still writes its start values */
  for (int64_t block = 0; block < blocks; block++) {
    int64_t start = inner_start(products->count, block, blocks);
    int64_t count = inner_start(products->count, block + 1, blocks) - start;
    pack_right(products->right + start, count, first, width, right);
    for (int index = 0; index < count_of_gradients; index++)
      add_outer_block(gradients[index], start, count, right, first, width, products->columns,
                      products->fresh && block == 0, worker);
  }
}

static void add_outer_products(const struct outer_products* products) {
  if (products->columns == 0) return;
  struct outer_split split = split_outer(products);
  run_parts(split.groups * split.bands, outer_part, products);
}
