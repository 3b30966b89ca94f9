/** @file The elements of packed matmul operands: floats, or pairs of bf16 that are neighbors along the inner dimension.
 */
#ifndef RNN_OPERANDS_H
#define RNN_OPERANDS_H
#include "vectors.h"
#include <float.h>

/* A variant compiled with BF16_PRODUCTS rounds both operands of each matmul to bf16, to the nearest, ties to even; sums
 * are floats. An element of either kind has four bytes, and is stored and copied as a float. TILE_PRODUCTS: the
 * products are those of the processor's tile registers, or with EMULATED_TILES those of their emulation. */
#ifdef BF16_PRODUCTS
enum { DEPTH = 2 }; /* steps of the inner dimension in an element; an odd last step is paired with zero */
#else
enum { DEPTH = 1 };
#endif
#ifdef TILE_PRODUCTS
enum { TILE_DEPTH = 16 }; /* elements in a product; packed operands have whole products, with zeros past the end */
#else
enum { TILE_DEPTH = 1 };
#endif

static inline int64_t elements(int64_t inner) {
  return (inner + DEPTH * TILE_DEPTH - 1) / (DEPTH * TILE_DEPTH) * TILE_DEPTH;
}

#ifndef BF16_PRODUCTS

static inline vector broadcast_element(const float* from) { return broadcast(*from); }

#if defined(__wasm_relaxed_simd__)
/* Rounds once where the processor has an instruction for it, else twice. */
static inline vector add_products(vector sums, vector left, vector right) {
  quad parts[LANES / 4], factors[LANES / 4], others[LANES / 4];
  memcpy(parts, &sums, sizeof sums), memcpy(factors, &left, sizeof left), memcpy(others, &right, sizeof right);
  for (int part = 0; part < LANES / 4; part++)
    parts[part] = __builtin_wasm_relaxed_madd_f32x4(factors[part], others[part], parts[part]);
  memcpy(&sums, parts, sizeof sums);
  return sums;
}
#else
static inline vector add_products(vector sums, vector left, vector right) { return sums + left * right; }
#endif

/* Packs DEPTH rows into elements; a null second row means zeros. */
static inline void pack_rows(const float* first, const float* second, int64_t width, float* to) {
  (void)second;
  memcpy(to, first, (size_t)width * 4);
}

#else

typedef uint32_t bits __attribute__((vector_size(LANES * 4)));
typedef uint16_t halves __attribute__((vector_size(LANES * 2)));
typedef int32_t loose_integer __attribute__((aligned(4), may_alias));

static inline vector broadcast_element(const float* from) {
  return (vector)(*(const loose_integer*)from - (integer_vector){0});
}

#if defined(__AVX512BF16__)

static inline halves to_bf16(vector values) { return (halves)_mm512_cvtneps_pbh((__m512)values); }

/* Pairs of the lanes of two vectors, as elements. */
static inline vector pair_lanes(vector first, vector second) {
  const __m512i alternate = _mm512_set_epi16(31, 15, 30, 14, 29, 13, 28, 12, 27, 11, 26, 10, 25, 9, 24, 8, 23, 7, 22, 6,
                                             21, 5, 20, 4, 19, 3, 18, 2, 17, 1, 16, 0);
  return (vector)_mm512_permutexvar_epi16(alternate, (__m512i)_mm512_cvtne2ps_pbh((__m512)second, (__m512)first));
}

/* Pairs of neighbors: 2 · LANES values as LANES elements. */
static inline vector pair_neighbors(const float* from) {
  return (vector)_mm512_cvtne2ps_pbh((__m512)load(from + LANES), (__m512)load(from));
}

/* sums += the second of each pair's product, then the first of it */
static inline vector add_products(vector sums, vector left, vector right) {
  return (vector)_mm512_dpbf16_ps((__m512)sums, (__m512bh)left, (__m512bh)right);
}

#else /* the same with other instructions, for tests */

/* Subnormal numbers become zeros, as in the instructions. */
static inline vector flush(vector values) {
  vector sizes = (vector)((bits)values & 0x7fffffff);
  return select_lanes(sizes < broadcast(FLT_MIN), (vector)((bits)values & 0x80000000), values);
}

static inline halves to_bf16(vector values) {
  bits given = (bits)flush(values), nearest = given + 0x7fff + (given >> 16 & 1);
  bits result = (bits)select_lanes(values == values, (vector)nearest, (vector)(given | 0x400000));
  return __builtin_convertvector(result >> 16, halves);
}

static inline vector pair_lanes(vector first, vector second) {
  bits low = __builtin_convertvector(to_bf16(first), bits), high = __builtin_convertvector(to_bf16(second), bits);
  return (vector)(low | high << 16);
}

static inline vector pair_neighbors(const float* from) {
  halves low = to_bf16(load(from)), high = to_bf16(load(from + LANES));
  vector elements;
  memcpy(&elements, &low, sizeof low);
  memcpy((char*)&elements + sizeof low, &high, sizeof high);
  return elements;
}

static inline vector add_products(vector sums, vector left, vector right) {
  vector left_first = (vector)((bits)left << 16), left_second = (vector)((bits)left & 0xffff0000);
  vector right_first = (vector)((bits)right << 16), right_second = (vector)((bits)right & 0xffff0000);
  sums = flush(flush(sums) + left_second * right_second);
  return flush(sums + left_first * right_first);
}

#endif

static inline void pack_rows(const float* first, const float* second, int64_t width, float* to) {
  for (int64_t j = 0; j < width; j += LANES) {
    vector other = second == NULL ? (vector){0} : load_up_to(second + j, width - j);
    store_up_to(to + j, pair_lanes(load_up_to(first + j, width - j), other), width - j);
  }
}

/* Packs `count` values that are neighbors along the inner dimension. */
static inline void pack_run(const float* from, int64_t count, float* to) {
  int64_t last = elements(count), k = 0;
  for (; k + DEPTH * LANES <= count; k += DEPTH * LANES) store(to + k / DEPTH, pair_neighbors(from + k));
  if (k / DEPTH == last) return;
  float rest[DEPTH * LANES] = {0};
  memcpy(rest, from + k, (size_t)(count - k) * 4);
  for (; k / DEPTH < last; k += DEPTH * LANES) {
    store_up_to(to + k / DEPTH, pair_neighbors(rest), last - k / DEPTH);
    memset(rest, 0, sizeof rest);
  }
}

#endif
#endif
