/** @file The matrix product: packed panels, register tiles, and a way without packing for few rows. */
#include "matmul.h"
#include "kernels.h"

enum {
  GROUP_PANELS = 16, /* panels of an outer product packed together: longer runs of memory */
  LEFT_BLOCK = 20 * TILE_ROWS,
  MOST_SUMS = 24,    /* vectors in the registers */
  WIDE_VECTORS = 12, /* columns of the one-row tile: enough sums in flight to hide the latency of an addition */
  DIRECT_ROWS = 4,
  DIRECT_INNER = 16, /* rows of the right operand read side by side: as many streams as processors fetch ahead */
};

/* output [rows, width vectors] += left · right, with rows and width known to the compiler: all sums stay in registers.
 */
static inline __attribute__((always_inline)) void tile(const int rows, const int width, int64_t inner,
                                                       const float* left, ptrdiff_t left_row, ptrdiff_t left_inner,
                                                       const float* right, ptrdiff_t right_inner, float* output,
                                                       ptrdiff_t output_row) {
  vector sums[MOST_SUMS];
#pragma GCC unroll 12
  for (int row = 0; row < rows; row++)
#pragma GCC unroll 12
    for (int column = 0; column < width; column++)
      sums[row * width + column] = load(output + row * output_row + column * LANES);
  for (int64_t k = 0; k < inner; k++) {
    vector values[WIDE_VECTORS];
#pragma GCC unroll 12
    for (int column = 0; column < width; column++) values[column] = load(right + column * LANES);
#pragma GCC unroll 12
    for (int row = 0; row < rows; row++) {
      vector factor = broadcast(left[row * left_row]);
#pragma GCC unroll 12
      for (int column = 0; column < width; column++) sums[row * width + column] += factor * values[column];
    }
    left += left_inner;
    right += right_inner;
  }
#pragma GCC unroll 12
  for (int row = 0; row < rows; row++)
#pragma GCC unroll 12
    for (int column = 0; column < width; column++)
      store(output + row * output_row + column * LANES, sums[row * width + column]);
}

typedef void tile_function(int64_t inner, const float* left, ptrdiff_t left_stride, const float* right,
                           ptrdiff_t right_inner, float* output, ptrdiff_t output_row);

/* rows_…: left is row-major, left_stride apart. packed_…: left is [inner, left_stride]. */
#define TILES(ROWS)                                                                                               \
  static void rows_##ROWS##_wide(int64_t inner, const float* left, ptrdiff_t left_stride, const float* right,     \
                                 ptrdiff_t right_inner, float* output, ptrdiff_t output_row) {                    \
    tile(ROWS, 2, inner, left, left_stride, 1, right, right_inner, output, output_row);                           \
  }                                                                                                               \
  static void rows_##ROWS##_narrow(int64_t inner, const float* left, ptrdiff_t left_stride, const float* right,   \
                                   ptrdiff_t right_inner, float* output, ptrdiff_t output_row) {                  \
    tile(ROWS, 1, inner, left, left_stride, 1, right, right_inner, output, output_row);                           \
  }                                                                                                               \
  static void packed_##ROWS##_wide(int64_t inner, const float* left, ptrdiff_t left_stride, const float* right,   \
                                   ptrdiff_t right_inner, float* output, ptrdiff_t output_row) {                  \
    tile(ROWS, 2, inner, left, 1, left_stride, right, right_inner, output, output_row);                           \
  }                                                                                                               \
  static void packed_##ROWS##_narrow(int64_t inner, const float* left, ptrdiff_t left_stride, const float* right, \
                                     ptrdiff_t right_inner, float* output, ptrdiff_t output_row) {                \
    tile(ROWS, 1, inner, left, 1, left_stride, right, right_inner, output, output_row);                           \
  }
TILES(1)
TILES(2)
TILES(3)
TILES(4)
TILES(5)
TILES(6)
#define SMALL_TILES(KIND, WIDTH) \
  KIND##_1_##WIDTH, KIND##_2_##WIDTH, KIND##_3_##WIDTH, KIND##_4_##WIDTH, KIND##_5_##WIDTH, KIND##_6_##WIDTH
#if defined(__AVX512F__) || defined(__aarch64__)
TILES(7)
TILES(8)
TILES(9)
TILES(10)
TILES(11)
TILES(12)
#define ALL_TILES(KIND, WIDTH)                                                      \
  {SMALL_TILES(KIND, WIDTH), KIND##_7_##WIDTH,  KIND##_8_##WIDTH, KIND##_9_##WIDTH, \
   KIND##_10_##WIDTH,        KIND##_11_##WIDTH, KIND##_12_##WIDTH}
#else
#define ALL_TILES(KIND, WIDTH) {SMALL_TILES(KIND, WIDTH)}
#endif

/* By rows - 1. */
static tile_function* const row_tiles[2][TILE_ROWS] = {ALL_TILES(rows, narrow), ALL_TILES(rows, wide)};
static tile_function* const packed_tiles[2][TILE_ROWS] = {ALL_TILES(packed, narrow), ALL_TILES(packed, wide)};

/* A tile whose columns end inside its vectors is computed beside the output, so that nothing past a row's end is
 * touched. */
static void cut_tile(tile_function* function, int64_t rows, int64_t columns, int64_t inner, const float* left,
                     ptrdiff_t left_stride, const float* right, ptrdiff_t right_inner, float* output,
                     ptrdiff_t output_row) {
  float beside[TILE_ROWS * PANEL] = {0};
  for (int64_t row = 0; row < rows; row++) memcpy(beside + row * PANEL, output + row * output_row, (size_t)columns * 4);
  function(inner, left, left_stride, right, right_inner, beside, PANEL);
  for (int64_t row = 0; row < rows; row++) memcpy(output + row * output_row, beside + row * PANEL, (size_t)columns * 4);
}

static void run_tile(tile_function* const functions[2][TILE_ROWS], int64_t rows, int64_t columns, int64_t inner,
                     const float* left, ptrdiff_t left_stride, const float* right, ptrdiff_t right_inner, float* output,
                     ptrdiff_t output_row) {
  tile_function* function = functions[columns > LANES][rows - 1];
  if (columns == LANES || columns == PANEL)
    function(inner, left, left_stride, right, right_inner, output, output_row);
  else
    cut_tile(function, rows, columns, inner, left, left_stride, right, right_inner, output, output_row);
}

static void multiply_block(int64_t rows, const float* left, ptrdiff_t left_stride, struct panels right, int64_t start,
                           int64_t inner, int64_t first_panel, int64_t last_panel, float* output,
                           ptrdiff_t output_stride) {
  int64_t tiles = divide_up(rows, TILE_ROWS);
  for (int64_t panel = first_panel; panel < last_panel; panel++) {
    const float* values = right.values + (panel * right.inner + start) * PANEL;
    int64_t columns = smaller(PANEL, right.columns - panel * PANEL);
    for (int64_t index = 0; index < tiles;
         index++) { /* tiles of nearly equal height: 25 rows are 9, 8 and 8, not 12, 12 and 1 */
      int64_t row = rows * index / tiles, height = rows * (index + 1) / tiles - row;
      run_tile(row_tiles, height, columns, inner, left + row * left_stride, left_stride, values, PANEL,
               output + row * output_stride + panel * PANEL, output_stride);
    }
  }
}

static void multiply_some_panels(int64_t rows, const float* left, ptrdiff_t left_stride, struct panels right,
                                 int64_t first_panel, int64_t last_panel, float* output, ptrdiff_t output_stride) {
  for (int64_t start = 0; start < right.inner; start += INNER_BLOCK)
    multiply_block(rows, left + start, left_stride, right, start, smaller(INNER_BLOCK, right.inner - start),
                   first_panel, last_panel, output, output_stride);
}

static void multiply_panels(int64_t rows, const float* left, ptrdiff_t left_stride, struct panels right, float* output,
                            ptrdiff_t output_stride) {
  multiply_some_panels(rows, left, left_stride, right, 0, divide_up(right.columns, PANEL), output, output_stride);
}

/* One panel, from rows that lie together in memory or, of a transposed matrix, from columns that do. */
static void pack_panel(struct matrix_view right, int64_t panel, float* to) {
  int64_t first = panel * PANEL, width = smaller(PANEL, right.columns - first);
  if (width < PANEL) memset(to, 0, (size_t)(right.rows * PANEL) * 4);
  const float* from = right.values + first * right.column_stride;
  if (right.column_stride == 1 && width == PANEL) {
    for (int64_t k = 0; k < right.rows; k++) memcpy(to + k * PANEL, from + k * right.row_stride, PANEL * 4);
  } else if (right.column_stride == 1) {
    for (int64_t k = 0; k < right.rows; k++) memcpy(to + k * PANEL, from + k * right.row_stride, (size_t)width * 4);
  } else {
    enum { BLOCK = 64 }; /* a few cache lines of each column at a time */
    for (int64_t start = 0; start < right.rows; start += BLOCK) {
      int64_t end = smaller(start + BLOCK, right.rows);
      for (int64_t column = 0; column < width; column++)
        for (int64_t k = start; k < end; k++)
          to[k * PANEL + column] = from[k * right.row_stride + column * right.column_stride];
    }
  }
}

struct packing {
  struct matrix_view right;
  float* to;
};

static void pack_part(int64_t panel, int worker, const void* context) {
  (void)worker;
  const struct packing* packing = context;
  pack_panel(packing->right, panel, packing->to + panel * packing->right.rows * PANEL);
}

static struct panels pack_panels(struct matrix_view right, enum scratch_purpose purpose) {
  int64_t count = divide_up(right.columns, PANEL);
  struct packing packing = {right, scratch(0, purpose, (size_t)(count * right.rows * PANEL) * 4)};
  run_parts(count, pack_part, &packing);
  return (struct panels){packing.to, right.rows, right.columns};
}

/* Wider tiles of fewer rows: as many sums in flight, and longer runs of each row of the right operand. */
static void direct_tile(int64_t rows, int64_t inner, const float* left, ptrdiff_t left_stride, const float* right,
                        ptrdiff_t right_stride, float* output, ptrdiff_t output_stride) {
  switch (rows) {
    case 1: tile(1, WIDE_VECTORS, inner, left, left_stride, 1, right, right_stride, output, output_stride); break;
    case 2: tile(2, WIDE_VECTORS / 2, inner, left, left_stride, 1, right, right_stride, output, output_stride); break;
    case 3: tile(3, WIDE_VECTORS / 3, inner, left, left_stride, 1, right, right_stride, output, output_stride); break;
    default: tile(4, WIDE_VECTORS / 4, inner, left, left_stride, 1, right, right_stride, output, output_stride);
  }
}

/* The last columns, fewer than a vector, packed for want of anything to read past them. */
static void multiply_last_columns(int64_t rows, int64_t inner, const float* left, ptrdiff_t left_stride,
                                  const float* right, ptrdiff_t right_stride, int64_t columns, float* output,
                                  ptrdiff_t output_stride, int worker) {
  float* packed = scratch(worker, SCRATCH_PANELS_TILE, (size_t)(inner * LANES) * 4);
  for (int64_t k = 0; k < inner; k++) store(packed + k * LANES, load_some(right + k * right_stride, columns));
  run_tile(row_tiles, rows, columns, inner, left, left_stride, packed, LANES, output, output_stride);
}

/* `inner` steps of up to DIRECT_ROWS rows, over all columns: each row of the right operand is read from its start to
 * its end. */
static void multiply_direct_block(int64_t rows, int64_t inner, const float* left, ptrdiff_t left_stride,
                                  const float* right, ptrdiff_t right_stride, int64_t columns, float* output,
                                  ptrdiff_t output_stride, int worker) {
  int64_t wide = WIDE_VECTORS / rows * LANES, column = 0;
  for (; column + wide <= columns; column += wide)
    direct_tile(rows, inner, left, left_stride, right + column, right_stride, output + column, output_stride);
  for (; column + LANES <= columns; column += LANES)
    run_tile(row_tiles, rows, LANES, inner, left, left_stride, right + column, right_stride, output + column,
             output_stride);
  if (column < columns)
    multiply_last_columns(rows, inner, left, left_stride, right + column, right_stride, columns - column,
                          output + column, output_stride, worker);
}

static void multiply_few_rows(int64_t rows, int64_t inner, const float* left, ptrdiff_t left_stride, const float* right,
                              ptrdiff_t right_stride, int64_t first, int64_t last, float* output,
                              ptrdiff_t output_stride, int worker) {
  for (int64_t start = 0; start < inner; start += DIRECT_INNER)
    for (int64_t row = 0; row < rows; row += DIRECT_ROWS)
      multiply_direct_block(smaller(DIRECT_ROWS, rows - row), smaller(DIRECT_INNER, inner - start),
                            left + row * left_stride + start, left_stride, right + start * right_stride + first,
                            right_stride, last - first, output + row * output_stride + first, output_stride, worker);
}

/* Tiles of the left rows' columns, [tile][count, TILE_ROWS]. */
static void pack_left(const float* const* rows, int64_t count, int64_t first, int64_t width, float* to) {
  for (int64_t start = 0; start < width; start += TILE_ROWS) {
    int64_t height = smaller(TILE_ROWS, width - start);
    if (height == TILE_ROWS)
      for (int64_t k = 0; k < count; k++) memcpy(to + k * TILE_ROWS, rows[k] + first + start, TILE_ROWS * 4);
    else
      for (int64_t k = 0; k < count; k++)
        for (int64_t index = 0; index < height; index++) to[k * TILE_ROWS + index] = rows[k][first + start + index];
    to += count * TILE_ROWS;
  }
}

static void pack_right(const float* const* rows, int64_t count, int64_t first, int64_t width, float* to) {
  int64_t panels = divide_up(width, PANEL);
  for (int64_t k = 0; k < count; k++)
    for (int64_t panel = 0; panel < panels; panel++) {
      float* into = to + (panel * count + k) * PANEL;
      const float* from = rows[k] + first + panel * PANEL;
      int64_t columns = smaller(PANEL, width - panel * PANEL);
      if (columns == PANEL)
        memcpy(into, from, PANEL * 4);
      else
        for (int64_t column = 0; column < PANEL; column++) into[column] = column < columns ? from[column] : 0;
    }
}

enum { MOST_GRADIENTS = sizeof((struct outer_products*)0)->gradients / sizeof(struct weight_gradient) };

/* Columns are split between threads, which then pack right sides of their own; where there are few, rows are. */
struct outer_split {
  int64_t width, groups; /* columns of a group, and how many groups */
  int64_t bands;         /* of rows of each gradient */
};

static struct outer_split split_outer(const struct outer_products* products) {
  int64_t panels = divide_up(products->columns, PANEL), threads = thread_count();
  bool by_columns = panels >= 4 * threads;
  int64_t group_panels = by_columns ? smaller(GROUP_PANELS, divide_up(panels, threads)) : smaller(GROUP_PANELS, panels);
  return (struct outer_split){group_panels * PANEL, divide_up(panels, group_panels), by_columns ? 1 : threads};
}

/* Of a gradient's rows, those of a band: whole tiles. */
static struct weight_gradient cut_band(struct weight_gradient gradient, int64_t band, int64_t bands) {
  int64_t tiles = divide_up(gradient.width, TILE_ROWS);
  gradient.first = tiles * band / bands * TILE_ROWS;
  gradient.width = smaller(gradient.width, tiles * (band + 1) / bands * TILE_ROWS);
  return gradient;
}

/* One gradient's share of a block of the sum, from the right sides of a group of panels, packed. */
static void add_outer_block(struct weight_gradient gradient, int64_t start, int64_t count, const float* right,
                            int64_t first, int64_t width, int64_t columns, int worker) {
  float* left = scratch(worker, SCRATCH_LEFT, (size_t)(INNER_BLOCK * (LEFT_BLOCK + TILE_ROWS)) * 4);
  for (int64_t top = gradient.first; top < gradient.width; top += LEFT_BLOCK) {
    int64_t rows = smaller(LEFT_BLOCK, gradient.width - top);
    pack_left(gradient.left + start, count, top, rows, left);
    for (int64_t column = 0; column < width; column += PANEL)
      for (int64_t row = 0; row < rows; row += TILE_ROWS)
        run_tile(packed_tiles, smaller(TILE_ROWS, rows - row), smaller(PANEL, width - column), count,
                 left + row * count, TILE_ROWS, right + column * count, PANEL,
                 gradient.output + (top + row) * columns + first + column, columns);
  }
}

static void clear_columns(struct weight_gradient gradient, int64_t first, int64_t width, int64_t columns) {
  for (int64_t row = gradient.first; row < gradient.width; row++)
    memset(gradient.output + row * columns + first, 0, (size_t)width * 4);
}

/* A group of panels: its packed right sides stay in the second-level cache. */
static void outer_part(int64_t part, int worker, const void* context) {
  const struct outer_products* products = context;
  struct outer_split split = split_outer(products);
  int64_t first = part / split.bands * split.width, width = smaller(split.width, products->columns - first);
  float* right = scratch(worker, SCRATCH_PANELS_TILE, (size_t)(INNER_BLOCK * GROUP_PANELS * PANEL) * 4);
  struct weight_gradient gradients[MOST_GRADIENTS];
  int count_of_gradients = 0;
  for (int index = 0; index < MOST_GRADIENTS; index++)
    if (products->gradients[index].output != NULL)
      gradients[count_of_gradients++] = cut_band(products->gradients[index], part % split.bands, split.bands);

  for (int index = 0; index < count_of_gradients && products->fresh; index++)
    clear_columns(gradients[index], first, width, products->columns);
  for (int64_t start = 0; start < products->count; start += INNER_BLOCK) {
    int64_t count = smaller(INNER_BLOCK, products->count - start);
    pack_right(products->right + start, count, first, width, right);
    for (int index = 0; index < count_of_gradients; index++)
      add_outer_block(gradients[index], start, count, right, first, width, products->columns, worker);
  }
}

static void add_outer_products(const struct outer_products* products) {
  if (products->columns == 0) return;
  struct outer_split split = split_outer(products);
  run_parts(split.groups * split.bands, outer_part, products);
}

/* --- the kernel --- */

enum { ROWS_IN_PART = 4 * TILE_ROWS, PANELS_IN_PART = 4 };

struct product {
  const struct matmul* arguments;
  const float* left;   /* [rows, inner] */
  struct panels right; /* without values where b is used as it stands */
  bool by_rows;
  int64_t panels_in_part;
};

static void start_output(const struct matmul* arguments, int64_t row, int64_t first, int64_t last) {
  float* output = arguments->output + row * arguments->columns + first;
  if (arguments->bias == NULL)
    memset(output, 0, (size_t)(last - first) * 4);
  else
    memcpy(output, arguments->bias + first, (size_t)(last - first) * 4);
}

static void product_part(int64_t part, int worker, const void* context) {
  const struct product* product = context;
  const struct matmul* arguments = product->arguments;
  int64_t columns = arguments->columns, inner = arguments->inner;
  int64_t first_row = product->by_rows ? part * ROWS_IN_PART : 0;
  int64_t rows = product->by_rows ? smaller(ROWS_IN_PART, arguments->rows - first_row) : arguments->rows;
  int64_t panels = divide_up(columns, PANEL), first_panel = product->by_rows ? 0 : part * product->panels_in_part;
  int64_t last_panel = product->by_rows ? panels : smaller(panels, first_panel + product->panels_in_part);
  int64_t first = first_panel * PANEL, last = smaller(columns, last_panel * PANEL);

  for (int64_t row = first_row; row < first_row + rows; row++) start_output(arguments, row, first, last);
  const float* left = product->left + first_row * inner;
  float* output = arguments->output + first_row * columns;
  if (product->right.values == NULL)
    multiply_few_rows(rows, inner, left, inner, arguments->b, columns, first, last, output, columns, worker);
  else
    multiply_some_panels(rows, left, inner, product->right, first_panel, last_panel, output, columns);
}

static const float* transposed_left(const struct matmul* arguments) {
  float* left = scratch(0, SCRATCH_LEFT, (size_t)(arguments->rows * arguments->inner) * 4);
  for (int64_t k = 0; k < arguments->inner; k++)
    for (int64_t row = 0; row < arguments->rows; row++)
      left[row * arguments->inner + k] = arguments->a[k * arguments->rows + row];
  return left;
}

/* aᵀ · b, as a weight's gradient is: no transposed copy needed. */
static void multiply_transposed(const struct matmul* arguments) {
  const float** left = scratch(0, SCRATCH_ROWS, (size_t)arguments->inner * sizeof *left);
  const float** right = scratch(0, SCRATCH_ROWS_B, (size_t)arguments->inner * sizeof *right);
  for (int64_t k = 0; k < arguments->inner; k++) {
    left[k] = arguments->a + k * arguments->rows;
    right[k] = arguments->b + k * arguments->columns;
  }
  for (int64_t row = 0; row < arguments->rows; row++) start_output(arguments, row, 0, arguments->columns);
  add_outer_products(&(struct outer_products){.count = arguments->inner,
                                              .columns = arguments->columns,
                                              .right = right,
                                              .gradients = {{left, 0, arguments->rows, arguments->output}}});
}

static void matmul(const struct matmul* arguments) {
  int64_t rows = arguments->rows, inner = arguments->inner, columns = arguments->columns;
  if (rows == 0 || columns == 0) return;
  if (arguments->transpose_a && !arguments->transpose_b && rows > FEW_ROWS) {
    multiply_transposed(arguments);
    return;
  }
  int64_t panels = divide_up(columns, PANEL);
  struct product product = {.arguments = arguments,
                            .left = arguments->transpose_a ? transposed_left(arguments) : arguments->a,
                            .by_rows = rows > columns,
                            .panels_in_part = PANELS_IN_PART};
  if (rows > FEW_ROWS || arguments->transpose_b)
    product.right = pack_panels((struct matrix_view){arguments->b, inner, columns, arguments->transpose_b ? 1 : columns,
                                                     arguments->transpose_b ? inner : 1},
                                SCRATCH_PANELS_B);
  else
    product.panels_in_part = divide_up(panels, smaller(thread_count(), inner * columns / LEAST_WEIGHTS + 1));
  run_parts(product.by_rows ? divide_up(rows, ROWS_IN_PART) : divide_up(panels, product.panels_in_part), product_part,
            &product);
}
