/** @file exp, sigmoid and tanh of vectors, within a few units of the last place; NaN stays NaN. */
#ifndef RNN_EXPONENTIAL_H
#define RNN_EXPONENTIAL_H
#include "vectors.h"

/* exp(x) = scale · (1 + rest), scale a power of two, |rest| < 0.42; x in -87.3 … 88.3. */
struct split_exponential {
  vector scale, rest;
};

static inline struct split_exponential split_exponential(vector x) {
  const float log2_of_e = 1.44269504f,
              shift = 12582912.0f; /* adding 1.5 · 2^23 rounds to a whole number in the low bits */
  const float ln2_high = 0.693359375f, ln2_low = -2.12194440e-4f;
  vector shifted = x * log2_of_e + shift;
  vector power = shifted - shift;
  vector r = x - power * ln2_high - power * ln2_low; /* |r| ≤ ln 2 / 2 */
  /* Minimax polynomial of (exp(r) - 1 - r) / r²: Cephes, expf.c. */
  vector p = r * 1.9875691500e-4f + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  integer_vector exponent = ((integer_vector)shifted << 23) + (127 << 23);
  return (struct split_exponential){(vector)exponent, p * (r * r) + r};
}

/* Zero below -87.3, where results would be subnormal, and infinite above 88.3. */
static inline vector exponential(vector x) {
  const vector least = broadcast(-87.3f), most = broadcast(88.3f);
  integer_vector below = x<least, above = x> most;
  vector inside = choose(below, least, choose(above, most, x));
  struct split_exponential e = split_exponential(inside);
  vector result = e.scale * e.rest + e.scale;
  result = choose(above, broadcast(__builtin_inff()), result);
  return choose(below, (vector){0}, result);
}

/* Not less than 1.6e-38, and so never subnormal. */
static inline vector sigmoid(vector x) {
  struct split_exponential e = split_exponential(clamp(-x, -87.0f, 87.0f));
  return 1.0f / (e.scale * e.rest + (e.scale + 1.0f));
}

/* -m / (m + 2) of m = exp(-2 |x|) - 1, with x's sign: no cancellation near zero. */
static inline vector hyperbolic_tangent(vector x) {
  const integer_vector sign_bit = (integer_vector)broadcast(-0.0f);
  integer_vector sign = (integer_vector)x & sign_bit;
  vector magnitude = (vector)((integer_vector)x & ~sign_bit);
  struct split_exponential e = split_exponential(clamp(-2.0f * magnitude, -40.0f, 0.0f));
  vector minus_one = e.scale * e.rest + (e.scale - 1.0f);
  vector result = -minus_one / (minus_one + 2.0f);
  return (vector)(((integer_vector)result & ~sign_bit) | sign);
}

#endif
