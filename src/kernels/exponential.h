/** @file exp, sigmoid and tanh of vectors, within a few units of the last place; NaN stays NaN. */
#ifndef RNN_EXPONENTIAL_H
#define RNN_EXPONENTIAL_H
#include "vectors.h"

/* exp(x) = scale · (1 + rest), scale a power of two, |rest| < 0.42; x in -87.3 … 88.3. */
struct split_exponential {
  vector scale, rest;
};

/* The steps of an exponential depend on each other, so `count` of them, known to the compiler, run interleaved. */
enum { MAX_SIDE_BY_SIDE = 4 };
#define EACH(count) _Pragma("GCC unroll 4") for (int i = 0; i < (count); i++)
#define SIDE_BY_SIDE static inline __attribute__((always_inline))

SIDE_BY_SIDE void split_exponentials(const int count, const vector* x, struct split_exponential* results) {
  const float log2_of_e = 1.44269504f, ln2 = 0.693147182f,
              shift = 12582912.0f; /* adding 1.5 · 2^23 rounds to a whole number in the low bits */
  vector shifted[MAX_SIDE_BY_SIDE], power[MAX_SIDE_BY_SIDE], r[MAX_SIDE_BY_SIDE], p[MAX_SIDE_BY_SIDE];
  EACH(count) shifted[i] = x[i] * log2_of_e + shift;
  EACH(count) power[i] = shifted[i] - shift;
  EACH(count) r[i] = x[i] - power[i] * ln2; /* |r| ≤ ln 2 / 2 */
  /* Minimax polynomial of (exp(r) - 1 - r) / r², by Lawson's iteration: exp(r) is off by 3e-9 at most. */
  EACH(count) p[i] = r[i] * 1.3950491e-3f + 8.3688898e-3f;
  EACH(count) p[i] = p[i] * r[i] + 4.16662060e-2f;
  EACH(count) p[i] = p[i] * r[i] + 1.66665182e-1f;
  EACH(count) p[i] = p[i] * r[i] + 0.5f;
  EACH(count) results[i].scale = (vector)(((integer_vector)shifted[i] << 23) + (127 << 23));
  EACH(count) results[i].rest = p[i] * (r[i] * r[i]) + r[i];
}

/* Zero below -87.3, where results would be subnormal, and infinite above 88.3. */
static inline vector exponential(vector x) {
  const vector least = broadcast(-87.3f), most = broadcast(88.3f);
  integer_vector below = x<least, above = x> most;
  vector inside = select_lanes(below, least, select_lanes(above, most, x));
  struct split_exponential e;
  split_exponentials(1, &inside, &e);
  vector result = e.scale * e.rest + e.scale;
  result = select_lanes(above, broadcast(__builtin_inff()), result);
  return select_lanes(below, (vector){0}, result);
}

/* The arguments of the exponential in sigmoid and tanh. */
static inline vector sigmoid_exponent(vector x) { return -clamp(x, -87.0f, 87.0f); }
static inline vector tanh_exponent(vector x) {
  vector within = clamp(x, -20.0f, 20.0f); /* tanh(20) is 1 */
  return within + within;
}

/* 1 / (1 + exp(-x)), at least 1.6e-38, so never subnormal. */
static inline vector sigmoid_from(struct split_exponential e) { return 1.0f / (e.scale * e.rest + (e.scale + 1.0f)); }

/* m / (m + 2) with m = exp(2 x) - 1: no cancellation near zero. */
static inline vector tanh_from(struct split_exponential e) {
  vector minus_one = e.scale * e.rest + (e.scale - 1.0f);
  return minus_one / (minus_one + 2.0f);
}

static inline vector sigmoid(vector x) {
  vector exponent = sigmoid_exponent(x);
  struct split_exponential e;
  split_exponentials(1, &exponent, &e);
  return sigmoid_from(e);
}

static inline vector hyperbolic_tangent(vector x) {
  vector exponent = tanh_exponent(x);
  struct split_exponential e;
  split_exponentials(1, &exponent, &e);
  return tanh_from(e);
}

#endif
