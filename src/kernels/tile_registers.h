/** @file Intel's tile registers (AMX): the instructions of a variant that is compiled for them, or an emulation in
 * plain C with the same bits, for tests on any processor. */
#ifndef RNN_TILE_REGISTERS_H
#define RNN_TILE_REGISTERS_H
#include "operands.h"
#include <math.h>

/* A register has 16 rows of 64 bytes: 16 floats, or 16 pairs of bf16. */
enum { TILE_REGISTERS = 8, REGISTER_ROWS = 16, REGISTER_COLUMNS = 16, REGISTER_ROW_BYTES = 64 };

/* The shapes of the registers, in the memory format of LDTILECFG. */
struct register_shapes {
  uint8_t palette, start_row, reserved[14];
  uint16_t row_bytes[16];
  uint8_t rows[16];
};
_Static_assert(sizeof(struct register_shapes) == 64, "the format of LDTILECFG has 64 bytes");

#if !defined(EMULATED_TILES)

/* Numbers of registers are constants; strides are in floats. GCC's loads do not say that they read memory, so
 * FINISH_STORES before them keeps the compiler from moving stores past them. */
#define FINISH_STORES(at) __asm__ volatile("" : : "r"(at) : "memory")
#define TILE_CONFIGURE(shapes) _tile_loadconfig(shapes)
#define TILE_RELEASE() _tile_release()
#define TILE_ZERO(sums) _tile_zero(sums)
#define TILE_LOAD(to, from, stride) _tile_loadd(to, from, (stride) * 4)
#define TILE_STORE(from, to, stride) _tile_stored(from, to, (stride) * 4)
#define TILE_DOT(sums, left, right) _tile_dpbf16ps(sums, left, right)

#else

static _Thread_local struct {
  struct register_shapes shapes;
  float rows[TILE_REGISTERS][REGISTER_ROWS][REGISTER_COLUMNS];
} emulated_registers;

/* The instructions trap where registers are not configured or their shapes do not fit. */
static inline void require_shape(bool fits) {
  if (!fits || emulated_registers.shapes.palette != 1) __builtin_trap();
}

static void emulated_configure(const struct register_shapes* shapes) {
  memset(&emulated_registers, 0, sizeof emulated_registers);
  emulated_registers.shapes = *shapes;
  for (int tile = 0; tile < TILE_REGISTERS; tile++)
    require_shape(shapes->rows[tile] <= REGISTER_ROWS && shapes->row_bytes[tile] <= REGISTER_ROW_BYTES &&
                  shapes->row_bytes[tile] % 4 == 0 && (shapes->rows[tile] == 0) == (shapes->row_bytes[tile] == 0));
}

static void emulated_load(int to, const float* from, ptrdiff_t stride) {
  int rows = emulated_registers.shapes.rows[to];
  size_t row_bytes = emulated_registers.shapes.row_bytes[to];
  require_shape(rows > 0);
  memset(emulated_registers.rows[to], 0, sizeof emulated_registers.rows[to]);
  for (int row = 0; row < rows && from != NULL; row++)
    memcpy(emulated_registers.rows[to][row], from + row * stride, row_bytes);
}

static void emulated_store(int from, float* to, ptrdiff_t stride) {
  int rows = emulated_registers.shapes.rows[from];
  require_shape(rows > 0);
  for (int row = 0; row < rows; row++)
    memcpy(to + row * stride, emulated_registers.rows[from][row], emulated_registers.shapes.row_bytes[from]);
}

static inline float flush_one(float value) { return fabsf(value) < FLT_MIN ? copysignf(0, value) : value; }

/* TDPBF16PS as in the Intel 64 and IA-32 Architectures Software Developer's Manual, volume 2: for each element of the
 * result, the products of the first elements of the pairs are added up with fused multiply-adds, those of the second
 * elements apart from them, both from zero and in the order of k; then both sums are added, and their sum to the old
 * value. Each step rounds to nearest even; subnormal operands and results are zeros. */
static void emulated_dot(int sums, int left, int right) {
  const struct register_shapes* shapes = &emulated_registers.shapes;
  int rows = shapes->rows[sums], pairs = shapes->rows[right];
  require_shape(rows == shapes->rows[left] && pairs * 4 == shapes->row_bytes[left] &&
                shapes->row_bytes[sums] == shapes->row_bytes[right]);
  for (int row = 0; row < rows; row++) {
    float first[REGISTER_COLUMNS] = {0}, second[REGISTER_COLUMNS] = {0};
    float* result = emulated_registers.rows[sums][row];
    uint32_t lefts[REGISTER_COLUMNS], rights[REGISTER_COLUMNS];
    memcpy(lefts, emulated_registers.rows[left][row], sizeof lefts);
    for (int k = 0; k < pairs; k++) {
      memcpy(rights, emulated_registers.rows[right][k], sizeof rights);
      union {
        uint32_t bits;
        float value;
      } left_first = {lefts[k] << 16}, left_second = {lefts[k] & 0xffff0000}, right_first, right_second;
      for (int column = 0; column < REGISTER_COLUMNS; column++) {
        right_first.bits = rights[column] << 16;
        right_second.bits = rights[column] & 0xffff0000;
        first[column] = flush_one(fmaf(left_first.value, right_first.value, first[column]));
        second[column] = flush_one(fmaf(left_second.value, right_second.value, second[column]));
      }
    }
    for (int column = 0; column < REGISTER_COLUMNS; column++)
      result[column] = flush_one(flush_one(result[column]) + flush_one(first[column] + second[column]));
  }
}

#define FINISH_STORES(at) (void)(at)
#define TILE_CONFIGURE(shapes) emulated_configure(shapes)
#define TILE_RELEASE() memset(&emulated_registers, 0, sizeof emulated_registers)
#define TILE_ZERO(sums) emulated_load(sums, NULL, 0)
#define TILE_LOAD(to, from, stride) emulated_load(to, from, stride)
#define TILE_STORE(from, to, stride) emulated_store(from, to, stride)
#define TILE_DOT(sums, left, right) emulated_dot(sums, left, right)

#endif
#endif
