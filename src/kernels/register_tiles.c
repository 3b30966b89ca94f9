/** @file Tiles of matmuls in the processor's tile registers: sums of 32 × 32 floats, or of 16 × 64 for few rows, and 32
 * steps of the inner dimension in each instruction. */
#include "matmul.h"
#include "tile_registers.h"

/* Registers 0 … 3 have the sums, 4 and 5 the left operand, 6 and 7 the right one. More than 16 rows are two by two
 * registers of sums, and 4 and 5 their upper and lower rows; fewer are a row of four registers. Four registers of sums
 * hide the latency of a product. Loading shapes clears all registers, so a thread keeps them from tile to tile. */
static _Thread_local int64_t configured_rows; /* 0: no shapes are loaded */

static void configure_registers(int64_t rows) {
  if (configured_rows == rows) return;
  configured_rows = rows;
  struct register_shapes shapes = {.palette = 1};
  uint8_t upper = (uint8_t)min64(rows, REGISTER_ROWS), lower = (uint8_t)(rows - upper);
  for (int tile = 0; tile < TILE_REGISTERS; tile++) {
    bool in_lower = lower > 0 && (tile == 2 || tile == 3 || tile == 5);
    shapes.rows[tile] = tile >= 6 ? REGISTER_ROWS : in_lower ? lower : upper;
    shapes.row_bytes[tile] = REGISTER_ROW_BYTES;
  }
  FINISH_STORES(&shapes);
  TILE_CONFIGURE(&shapes);
}

/* Clears the registers, so that the system need not save them when it switches threads. */
static void release_registers(void) {
  if (configured_rows == 0) return;
  configured_rows = 0;
  TILE_RELEASE();
}

/* Rows 1 … 16, and a number of registers of columns that the compiler knows; panels have a distance of next_panel. */
static inline __attribute__((always_inline)) void flat_tile(const int registers, int64_t count, const float* left,
                                                            ptrdiff_t left_stride, const float* right,
                                                            ptrdiff_t right_inner, ptrdiff_t next_panel,
                                                            struct target to) {
  const float* second = right + next_panel;
  if (to.start == NULL) {
    TILE_ZERO(0);
    if (registers > 1) TILE_ZERO(1);
    if (registers > 2) TILE_ZERO(2);
    if (registers > 3) TILE_ZERO(3);
  } else {
    TILE_LOAD(0, to.start, to.start_stride);
    if (registers > 1) TILE_LOAD(1, to.start + REGISTER_COLUMNS, to.start_stride);
    if (registers > 2) TILE_LOAD(2, to.start + 2 * REGISTER_COLUMNS, to.start_stride);
    if (registers > 3) TILE_LOAD(3, to.start + 3 * REGISTER_COLUMNS, to.start_stride);
  }
  for (int64_t k = 0; k < count; k += REGISTER_ROWS) {
    TILE_LOAD(4, left + k, left_stride);
    TILE_LOAD(6, right + k * right_inner, right_inner);
    TILE_DOT(0, 4, 6);
    if (registers > 1) {
      TILE_LOAD(7, right + k * right_inner + REGISTER_COLUMNS, right_inner);
      TILE_DOT(1, 4, 7);
    }
    if (registers > 2) {
      TILE_LOAD(6, second + k * right_inner, right_inner);
      TILE_DOT(2, 4, 6);
    }
    if (registers > 3) {
      TILE_LOAD(7, second + k * right_inner + REGISTER_COLUMNS, right_inner);
      TILE_DOT(3, 4, 7);
    }
  }
  TILE_STORE(0, to.output, to.output_stride);
  if (registers > 1) TILE_STORE(1, to.output + REGISTER_COLUMNS, to.output_stride);
  if (registers > 2) TILE_STORE(2, to.output + 2 * REGISTER_COLUMNS, to.output_stride);
  if (registers > 3) TILE_STORE(3, to.output + 3 * REGISTER_COLUMNS, to.output_stride);
}

/* Rows 17 … 32; wide: more than 16 columns. */
static inline __attribute__((always_inline)) void tall_tile(const bool wide, int64_t count, const float* left,
                                                            ptrdiff_t left_stride, const float* right,
                                                            ptrdiff_t right_inner, struct target to) {
  const float* lower_left = left + REGISTER_ROWS * left_stride;
  float* lower_output = to.output + REGISTER_ROWS * to.output_stride;
  if (to.start == NULL) {
    TILE_ZERO(0);
    TILE_ZERO(2);
    if (wide) TILE_ZERO(1);
    if (wide) TILE_ZERO(3);
  } else {
    const float* lower_start = to.start + REGISTER_ROWS * to.start_stride;
    TILE_LOAD(0, to.start, to.start_stride);
    TILE_LOAD(2, lower_start, to.start_stride);
    if (wide) TILE_LOAD(1, to.start + REGISTER_COLUMNS, to.start_stride);
    if (wide) TILE_LOAD(3, lower_start + REGISTER_COLUMNS, to.start_stride);
  }
  for (int64_t k = 0; k < count; k += REGISTER_ROWS) {
    TILE_LOAD(4, left + k, left_stride);
    TILE_LOAD(6, right + k * right_inner, right_inner);
    TILE_DOT(0, 4, 6);
    if (wide) {
      TILE_LOAD(7, right + k * right_inner + REGISTER_COLUMNS, right_inner);
      TILE_DOT(1, 4, 7);
    }
    TILE_LOAD(5, lower_left + k, left_stride);
    TILE_DOT(2, 5, 6);
    if (wide) TILE_DOT(3, 5, 7);
  }
  TILE_STORE(0, to.output, to.output_stride);
  TILE_STORE(2, lower_output, to.output_stride);
  if (wide) TILE_STORE(1, to.output + REGISTER_COLUMNS, to.output_stride);
  if (wide) TILE_STORE(3, lower_output + REGISTER_COLUMNS, to.output_stride);
}

static void run_registers(int64_t rows, int64_t columns, int64_t count, const float* left, ptrdiff_t left_stride,
                          const float* right, ptrdiff_t right_inner, ptrdiff_t next_panel, struct target to) {
  int64_t registers = ceil_div(columns, REGISTER_COLUMNS);
  configure_registers(rows);
  FINISH_STORES(to.start);
  if (rows > REGISTER_ROWS && registers == 1)
    tall_tile(false, count, left, left_stride, right, right_inner, to);
  else if (rows > REGISTER_ROWS)
    tall_tile(true, count, left, left_stride, right, right_inner, to);
  else
    switch (registers) {
      case 1: flat_tile(1, count, left, left_stride, right, right_inner, next_panel, to); break;
      case 2: flat_tile(2, count, left, left_stride, right, right_inner, next_panel, to); break;
      case 3: flat_tile(3, count, left, left_stride, right, right_inner, next_panel, to); break;
      default: flat_tile(4, count, left, left_stride, right, right_inner, next_panel, to);
    }
}

/* Left operands have the same layout in all kinds of tiles. */
static const enum tile_kind { ROW_TILES } row_tiles = ROW_TILES, first_tiles = ROW_TILES, packed_tiles = ROW_TILES;

/* The panels of a tile of this height. */
static int64_t panels_of_tile(int64_t rows) { return rows <= REGISTER_ROWS ? 2 : 1; }

/* The number of rows, the first ones, that are computed before the others: whole tiles, since registers of another
 * shape take time to configure. */
static int64_t rows_of_equal_tiles(int64_t rows) { return rows / TILE_ROWS * TILE_ROWS; }

/* Sums with a partial last register of columns are computed in a buffer, so that nothing past a row's end is read or
 * written. */
static void run_tile(enum tile_kind kind, int64_t rows, int64_t columns, int64_t count, const float* left,
                     ptrdiff_t left_stride, const float* right, ptrdiff_t right_inner, ptrdiff_t next_panel,
                     struct target to) {
  (void)kind;
  if (columns % REGISTER_COLUMNS == 0) {
    run_registers(rows, columns, count, left, left_stride, right, right_inner, next_panel, to);
    return;
  }
  enum { ROW = 2 * PANEL };
  float beside[TILE_ROWS * ROW] = {0};
  for (int64_t row = 0; row < rows && to.start != NULL; row++)
    memcpy(beside + row * ROW, to.start + row * to.start_stride, (size_t)columns * 4);
  run_registers(rows, columns, count, left, left_stride, right, right_inner, next_panel, in_place(beside, ROW));
  for (int64_t row = 0; row < rows; row++)
    memcpy(to.output + row * to.output_stride, beside + row * ROW, (size_t)columns * 4);
}
