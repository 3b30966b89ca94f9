/** @file Tiles of matmuls in vector registers: a few rows and a few vectors of columns, whose sums stay in registers.
 */
#include "matmul.h"

enum {
  MAX_SUMS = 24, /* vectors of sums in a tile */
  WIDE_VECTORS = VECTOR_REGISTERS >= 16
      ? 12
      : 4, /* vectors of columns in the one-row tile: enough independent sums to hide the latency of an addition */
  FETCHED_AHEAD = 48, /* rows of a panel: measured */
};

/* output [rows, width vectors] = start + left · right over `count` elements, with rows and width known to the compiler,
 * so that all sums stay in registers. fetches: prefetches right, from a farther cache. */
static inline __attribute__((always_inline)) void tile(const int rows, const int width, const bool fetches,
                                                       int64_t count, const float* left, ptrdiff_t left_row,
                                                       ptrdiff_t left_inner, const float* right, ptrdiff_t right_inner,
                                                       struct target to) {
  static const float zeros[WIDE_VECTORS * LANES];
  const float* start = to.start == NULL ? zeros : to.start;
  vector sums[MAX_SUMS];
#pragma GCC unroll 12
  for (int row = 0; row < rows; row++)
#pragma GCC unroll 12
    for (int column = 0; column < width; column++)
      sums[row * width + column] = load(start + row * to.start_stride + column * LANES);
#if defined(__wasm__) /* two steps need more registers than one */
#pragma GCC unroll 1
#else
#pragma GCC unroll 2
#endif
  for (int64_t k = 0; k < count; k++) {
    vector values[WIDE_VECTORS];
    for (int column = 0; column < width * LANES && fetches; column += CACHE_LINE)
      __builtin_prefetch(right + FETCHED_AHEAD * right_inner + column);
#pragma GCC unroll 12
    for (int column = 0; column < width; column++) values[column] = load(right + column * LANES);
#pragma GCC unroll 12
    for (int row = 0; row < rows; row++) {
      vector factor = broadcast_element(left + row * left_row);
#pragma GCC unroll 12
      for (int column = 0; column < width; column++)
        sums[row * width + column] = add_products(sums[row * width + column], factor, values[column]);
    }
    left += left_inner;
    right += right_inner;
  }
#pragma GCC unroll 12
  for (int row = 0; row < rows; row++)
#pragma GCC unroll 12
    for (int column = 0; column < width; column++)
      store(to.output + row * to.output_stride + column * LANES, sums[row * width + column]);
}

typedef void tile_function(int64_t count, const float* left, ptrdiff_t left_stride, const float* right,
                           ptrdiff_t right_inner, struct target to);

/* rows_…: left is row-major. first_…: the same, for the first tile that reads a panel. packed_…: left is [count,
 * left_stride]. */
#define TILE(KIND, ROWS, WIDTH, VECTORS, FETCHES, LEFT_ROW, LEFT_INNER)                                            \
  static void KIND##_##ROWS##_##WIDTH(int64_t count, const float* left, ptrdiff_t left_stride, const float* right, \
                                      ptrdiff_t right_inner, struct target to) {                                   \
    tile(ROWS, VECTORS, FETCHES, count, left, LEFT_ROW, LEFT_INNER, right, right_inner, to);                       \
  }
#define TILES(ROWS)                                  \
  TILE(rows, ROWS, wide, 2, false, left_stride, 1)   \
  TILE(rows, ROWS, narrow, 1, false, left_stride, 1) \
  TILE(first, ROWS, wide, 2, true, left_stride, 1)   \
  TILE(first, ROWS, narrow, 1, true, left_stride, 1) \
  TILE(packed, ROWS, wide, 2, false, 1, left_stride) \
  TILE(packed, ROWS, narrow, 1, false, 1, left_stride)
TILES(1)
TILES(2)
#define MIN_TILES(KIND, WIDTH) KIND##_1_##WIDTH, KIND##_2_##WIDTH
#if !defined(__wasm__)
TILES(3)
TILES(4)
TILES(5)
TILES(6)
#define SMALL_TILES(KIND, WIDTH) \
  MIN_TILES(KIND, WIDTH), KIND##_3_##WIDTH, KIND##_4_##WIDTH, KIND##_5_##WIDTH, KIND##_6_##WIDTH
#endif
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
#elif !defined(__wasm__)
#define ALL_TILES(KIND, WIDTH) {SMALL_TILES(KIND, WIDTH)}
#else
#define ALL_TILES(KIND, WIDTH) {MIN_TILES(KIND, WIDTH)}
#endif

/* Indexed by rows - 1. */
static tile_function* const row_tiles[2][TILE_ROWS] = {ALL_TILES(rows, narrow), ALL_TILES(rows, wide)};
static tile_function* const first_tiles[2][TILE_ROWS] = {ALL_TILES(first, narrow), ALL_TILES(first, wide)};
static tile_function* const packed_tiles[2][TILE_ROWS] = {ALL_TILES(packed, narrow), ALL_TILES(packed, wide)};

/* A tile with a partial last vector is computed in a buffer, so that nothing past a row's end is read or written. */
static void cut_tile(tile_function* function, int64_t rows, int64_t columns, int64_t count, const float* left,
                     ptrdiff_t left_stride, const float* right, ptrdiff_t right_inner, struct target to) {
  float beside[TILE_ROWS * PANEL] = {0};
  for (int64_t row = 0; row < rows && to.start != NULL; row++)
    memcpy(beside + row * PANEL, to.start + row * to.start_stride, (size_t)columns * 4);
  function(count, left, left_stride, right, right_inner, in_place(beside, PANEL));
  for (int64_t row = 0; row < rows; row++)
    memcpy(to.output + row * to.output_stride, beside + row * PANEL, (size_t)columns * 4);
}

/* The panels of a tile of this height. */
static int64_t panels_of_tile(int64_t rows) {
  (void)rows;
  return 1;
}

/* The number of rows, the first ones, that are computed before the others. */
static int64_t rows_of_equal_tiles(int64_t rows) { return rows; }

static void run_tile(tile_function* const functions[2][TILE_ROWS], int64_t rows, int64_t columns, int64_t count,
                     const float* left, ptrdiff_t left_stride, const float* right, ptrdiff_t right_inner,
                     ptrdiff_t next_panel, struct target to) {
  (void)next_panel;
  tile_function* function = functions[columns > LANES][rows - 1];
  if (columns == LANES || columns == PANEL)
    function(count, left, left_stride, right, right_inner, to);
  else
    cut_tile(function, rows, columns, count, left, left_stride, right, right_inner, to);
}
