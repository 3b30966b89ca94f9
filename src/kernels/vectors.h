/** @file Vectors of floats of the instruction set's register width, with the compilers' vector extensions. */
#ifndef RNN_VECTORS_H
#define RNN_VECTORS_H
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif
#if defined(__AVX512F__)
enum { LANES = 16, VECTOR_REGISTERS = 32 };
#elif defined(__AVX2__)
enum { LANES = 8, VECTOR_REGISTERS = 16 };
#elif defined(__aarch64__)
enum { LANES = 4, VECTOR_REGISTERS = 32 };
#elif defined(__wasm__)
/* Pairs of 128 bits. Tiles use 8 of the 16 registers for sums: with more values in a loop, JavaScript engines spill
 * some to memory at each step (Node 20 to 26). */
enum { LANES = 8, VECTOR_REGISTERS = 6 };
#else
enum { LANES = 4, VECTOR_REGISTERS = 16 };
#endif

typedef float vector __attribute__((vector_size(LANES * 4)));
typedef int32_t integer_vector __attribute__((vector_size(LANES * 4)));
typedef vector loose_vector __attribute__((aligned(4), may_alias)); /* for loads and stores at any float's address */

static inline vector load(const float* from) { return *(const loose_vector*)from; }
static inline void store(float* to, vector values) { *(loose_vector*)to = values; }
static inline vector broadcast(float value) {
  return value - (vector){0};
} /* value - 0 keeps -0, which value + 0 does not */

/* Loads the first `count` < LANES elements without reading past them; the others are zero. */
static inline vector load_some(const float* from, int64_t count) {
#if defined(__AVX512F__)
  return (vector)_mm512_maskz_loadu_ps((__mmask16)((1u << count) - 1), from);
#else
  float values[LANES] = {0};
  for (int64_t lane = 0; lane < count; lane++) values[lane] = from[lane];
  return load(values);
#endif
}

static inline void store_some(float* to, vector values, int64_t count) {
#if defined(__AVX512F__)
  _mm512_mask_storeu_ps(to, (__mmask16)((1u << count) - 1), (__m512)values);
#else
  for (int64_t lane = 0; lane < count; lane++) to[lane] = values[lane];
#endif
}

/* Loads a whole vector or, at the end of a row, the `left` elements of a partial one. */
static inline vector load_up_to(const float* from, int64_t left) {
  return left >= LANES ? load(from) : load_some(from, left);
}
static inline void store_up_to(float* to, vector values, int64_t left) {
  if (left >= LANES)
    store(to, values);
  else
    store_some(to, values, left);
}

typedef float quad __attribute__((vector_size(16)));
typedef quad loose_quad __attribute__((aligned(4), may_alias));

/* For each lane: one if the mask is all ones, else other. */
static inline vector select_lanes(integer_vector mask, vector one, vector other) {
#if defined(__wasm_relaxed_simd__) /* else the compiler makes relaxed minima and maxima, which may lose NaN */
  typedef int32_t integer_quad __attribute__((vector_size(16)));
  integer_quad masks[LANES / 4], ones[LANES / 4], others[LANES / 4];
  memcpy(masks, &mask, sizeof mask), memcpy(ones, &one, sizeof one), memcpy(others, &other, sizeof other);
  for (int part = 0; part < LANES / 4; part++)
    ones[part] = __builtin_wasm_bitselect(ones[part], others[part], masks[part]);
  memcpy(&one, ones, sizeof one);
  return one;
#else
  return (vector)((mask & (integer_vector)one) | (~mask & (integer_vector)other));
#endif
}

/* Limits values to least … most; NaN stays NaN. */
static inline vector clamp(vector values, float least, float most) {
#if defined(__AVX512F__)
  return (vector)_mm512_min_ps((__m512)broadcast(most), _mm512_max_ps((__m512)broadcast(least), (__m512)values));
#elif defined(__AVX2__)
  return (vector)_mm256_min_ps((__m256)broadcast(most), _mm256_max_ps((__m256)broadcast(least), (__m256)values));
#elif defined(__x86_64__)
  return (vector)_mm_min_ps((__m128)broadcast(most), _mm_max_ps((__m128)broadcast(least), (__m128)values));
#else
  values = select_lanes(values < broadcast(least), broadcast(least), values);
  return select_lanes(values > broadcast(most), broadcast(most), values);
#endif
}

/* The larger value of each lane, if neither is NaN. */
static inline vector max_lanes(vector one, vector other) {
#if defined(__AVX512F__)
  return (vector)_mm512_max_ps((__m512)one, (__m512)other);
#elif defined(__AVX2__)
  return (vector)_mm256_max_ps((__m256)one, (__m256)other);
#elif defined(__x86_64__)
  return (vector)_mm_max_ps((__m128)one, (__m128)other);
#else
  return select_lanes(one > other, one, other);
#endif
}

/* Transposes four by four floats. */
#if defined(__clang__)
#define SHUFFLE(one, other, a, b, c, d) __builtin_shufflevector(one, other, a, b, c, d)
#else
#define SHUFFLE(one, other, a, b, c, d) \
  __builtin_shuffle(one, other, (int32_t __attribute__((vector_size(16)))){a, b, c, d})
#endif
static inline void transpose_quads(const float* from, ptrdiff_t from_stride, float* to, ptrdiff_t to_stride) {
  quad rows[4], low[2], high[2];
  for (int row = 0; row < 4; row++) rows[row] = *(const loose_quad*)(from + row * from_stride);
  for (int pair = 0; pair < 2; pair++) {
    low[pair] = SHUFFLE(rows[2 * pair], rows[2 * pair + 1], 0, 4, 1, 5);
    high[pair] = SHUFFLE(rows[2 * pair], rows[2 * pair + 1], 2, 6, 3, 7);
  }
  *(loose_quad*)(to) = SHUFFLE(low[0], low[1], 0, 1, 4, 5);
  *(loose_quad*)(to + to_stride) = SHUFFLE(low[0], low[1], 2, 3, 6, 7);
  *(loose_quad*)(to + 2 * to_stride) = SHUFFLE(high[0], high[1], 0, 1, 4, 5);
  *(loose_quad*)(to + 3 * to_stride) = SHUFFLE(high[0], high[1], 2, 3, 6, 7);
}

static inline float sum_of(vector values) {
  float sum = 0;
  for (int lane = 0; lane < LANES; lane++) sum += values[lane];
  return sum;
}

/* The sums of some columns of rows of width values, in the order of the rows. */
static inline void sum_rows(float* restrict to, const float* restrict from, int64_t rows, int64_t width,
                            int64_t count) {
  memset(to, 0, (size_t)count * 4);
  for (int64_t row = 0; row < rows; row++)
    for (int64_t column = 0; column < count; column++) to[column] += from[row * width + column];
}

#endif
