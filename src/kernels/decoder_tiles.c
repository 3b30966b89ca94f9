/** @file The decoder's matmuls: with one row, each token streams all weights through the cache once, so they are packed
 * in the order in which each thread reads them. */
#include "decoder.h"
#include "matmul.h"

enum {
  BLOCK = DECODER_BLOCK,
  BLOCK_VECTORS = BLOCK / LANES,
  DECODER_SUMS = VECTOR_REGISTERS == 32 ? 24
  : VECTOR_REGISTERS == 16              ? 12
                                        : 4, /* vectors of a tile's sums, all in registers */
  MAX_TILE_BLOCKS = 4,
  MAX_TILE_ROWS = DECODER_SUMS / BLOCK_VECTORS < 12 ? DECODER_SUMS / BLOCK_VECTORS : 12,
  AHEAD = 1024,                       /* floats prefetched ahead in each stream */
  MIN_GROUP_ROWS = 2 * MAX_TILE_ROWS, /* enough multiplications for each weight to hide the latency of memory */
};

/* --- packing --- */

static void decoder_pack(const struct decoder_pack* a) {
  int64_t next_row = a->transposed ? 1 : a->gates * a->units, next_column = a->transposed ? a->inner : 1;
  float* to = a->packed;
  for (int64_t first = 0; first < a->units; first += BLOCK) {
    int64_t count = min64(BLOCK, a->units - first);
    for (int64_t gate = 0; gate < a->gates; gate++) {
      const float* from = a->matrix + (gate * a->units + first) * next_column;
      for (int64_t k = 0; k < a->inner; k++, to += BLOCK, from += next_row) {
        for (int64_t column = 0; column < count; column++) to[column] = from[column * next_column];
        memset(to + count, 0, (size_t)(BLOCK - count) * 4);
      }
    }
  }
}

/* --- matmuls with packed weights --- */

/* output [rows, blocks · BLOCK] += left [rows, inner] · blocks; block_stride is the distance between blocks. */
static inline __attribute__((always_inline)) void decoder_tile(const int rows, const int blocks, int64_t inner,
                                                               const float* left, ptrdiff_t left_stride,
                                                               const float* right, ptrdiff_t block_stride,
                                                               float* output, ptrdiff_t output_stride) {
  enum { V = BLOCK_VECTORS };
  vector sums[MAX_TILE_ROWS * MAX_TILE_BLOCKS * V];
  const int width = blocks * V;
#pragma GCC unroll 16
  for (int row = 0; row < rows; row++)
#pragma GCC unroll 16
    for (int column = 0; column < width; column++)
      sums[row * width + column] = load(output + row * output_stride + column * LANES);
  for (int64_t k = 0; k < inner; k++) {
    vector values[MAX_TILE_BLOCKS * V];
#pragma GCC unroll 16
    for (int column = 0; column < width; column++) {
      const float* from = right + column / V * block_stride + column % V * LANES;
      if (column % V == 0) __builtin_prefetch(from + AHEAD);
      values[column] = load(from);
    }
#pragma GCC unroll 16
    for (int row = 0; row < rows; row++) {
      vector factor = broadcast(left[row * left_stride + k]);
#pragma GCC unroll 16
      for (int column = 0; column < width; column++) sums[row * width + column] += factor * values[column];
    }
    right += BLOCK;
  }
#pragma GCC unroll 16
  for (int row = 0; row < rows; row++)
#pragma GCC unroll 16
    for (int column = 0; column < width; column++)
      store(output + row * output_stride + column * LANES, sums[row * width + column]);
}

/* With few rows, a tile has more blocks: enough independent sums to hide the latency of an addition. */
#define TILE_BLOCKS(ROWS) \
  ((ROWS) * 4 * BLOCK_VECTORS <= DECODER_SUMS ? 4 : (ROWS) * 2 * BLOCK_VECTORS <= DECODER_SUMS ? 2 : 1)

/* blocks: at most TILE_BLOCKS of the rows. */
static void run_decoder_tile(int64_t rows, int64_t blocks, int64_t inner, const float* left, ptrdiff_t left_stride,
                             const float* right, ptrdiff_t block_stride, float* output, ptrdiff_t output_stride) {
#define SOME_BLOCKS(ROWS, BLOCKS)                                               \
  if (ROWS <= MAX_TILE_ROWS && BLOCKS <= TILE_BLOCKS(ROWS) && blocks == BLOCKS) \
    decoder_tile(ROWS, BLOCKS, inner, left, left_stride, right, block_stride, output, output_stride);
#define CASE(ROWS) \
  case ROWS: SOME_BLOCKS(ROWS, 1) SOME_BLOCKS(ROWS, 2) SOME_BLOCKS(ROWS, 3) SOME_BLOCKS(ROWS, 4) break;
  switch (rows) { CASE(1) CASE(2) CASE(3) CASE(4) CASE(5) CASE(6) CASE(7) CASE(8) CASE(9) CASE(10) CASE(11) CASE(12) }
#undef CASE
#undef SOME_BLOCKS
}

/* output [rows, count · BLOCK] += left [rows, inner] · right, `count` blocks with a distance of block_stride. A tile's
 * rows stay in the L1 cache, the blocks come from L2. */
static void multiply_blocks(int64_t rows, int64_t inner, const float* left, ptrdiff_t left_stride, const float* right,
                            ptrdiff_t block_stride, int64_t count, float* output, ptrdiff_t output_stride) {
  int64_t tiles = ceil_div(rows, MAX_TILE_ROWS), longest = rows == 1 ? inner : INNER_BLOCK;
  for (int64_t start = 0; start < inner; start += longest)
    for (int64_t tile = 0; tile < tiles; tile++) {
      int64_t row = part_start(rows, tile, tiles), height = part_start(rows, tile + 1, tiles) - row, step;
      for (int64_t block = 0; block < count; block += step) {
        step = min64(TILE_BLOCKS(height), count - block);
        run_decoder_tile(height, step, min64(longest, inner - start), left + row * left_stride + start, left_stride,
                         right + block * block_stride + start * BLOCK, block_stride,
                         output + row * output_stride + block * BLOCK, output_stride);
      }
    }
}
