/** @file A gradient's norm, and the weights' updates in place. */
#include "kernels.h"
#include "matmul.h"
#include <math.h>

enum { WEIGHTS_IN_PART = 1 << 14, SUM_LANES = 8 };

struct squares {
  const struct squared_norm* arguments;
  double* sums; /* of each part */
};

static void squares_part(int64_t part, int worker, const void* context) {
  (void)worker;
  const struct squares* squares = context;
  const float* values = squares->arguments->values;
  int64_t index = part * WEIGHTS_IN_PART, last = smaller(squares->arguments->count, index + WEIGHTS_IN_PART);
  double lanes[SUM_LANES] = {0}, sum = 0;
  for (; index + SUM_LANES <= last; index += SUM_LANES)
    for (int lane = 0; lane < SUM_LANES; lane++) lanes[lane] += (double)values[index + lane] * values[index + lane];
  for (; index < last; index++) sum += (double)values[index] * values[index];
  for (int lane = 0; lane < SUM_LANES; lane++) sum += lanes[lane];
  squares->sums[part] = sum;
}

static void squared_norm(const struct squared_norm* arguments) {
  int64_t parts = divide_up(arguments->count, WEIGHTS_IN_PART);
  struct squares squares = {arguments, scratch(0, SCRATCH_SUMS, (size_t)parts * sizeof(double))};
  run_parts(parts, squares_part, &squares);
  double sum = 0;
  for (int64_t part = 0; part < parts; part++) sum += squares.sums[part];
  *arguments->sum = sum;
}

static void adam_part(int64_t part, int worker, const void* context) {
  (void)worker;
  const struct adam_update* a = context;
  const float rate = (float)(a->learning_rate * a->correction1), correction2 = (float)a->correction2,
              scale = (float)a->scale;
  const float beta1 = (float)a->beta1, beta2 = (float)a->beta2, epsilon = (float)a->epsilon;
  const float rest1 = (float)(1 - a->beta1), rest2 = (float)(1 - a->beta2);
  const float* restrict gradient = a->gradient;
  float* restrict weights = a->weights, * restrict mean = a->mean, * restrict variance = a->variance;
  int64_t last = smaller(a->count, (part + 1) * WEIGHTS_IN_PART);
  for (int64_t index = part * WEIGHTS_IN_PART; index < last; index++) {
    float slope = gradient[index] * scale;
    mean[index] = beta1 * mean[index] + rest1 * slope;
    variance[index] = beta2 * variance[index] + rest2 * (slope * slope);
    weights[index] -= rate * mean[index] / (sqrtf(variance[index] * correction2) + epsilon);
  }
}

static void adam_update(const struct adam_update* arguments) {
  run_parts(divide_up(arguments->count, WEIGHTS_IN_PART), adam_part, arguments);
}

static void sgd_part(int64_t part, int worker, const void* context) {
  (void)worker;
  const struct sgd_update* a = context;
  const float rate = (float)a->learning_rate, momentum = (float)a->momentum, scale = (float)a->scale;
  int64_t last = smaller(a->count, (part + 1) * WEIGHTS_IN_PART);
  for (int64_t index = part * WEIGHTS_IN_PART; index < last; index++) {
    float step = a->gradient[index] * scale;
    if (a->velocity != NULL) step = a->velocity[index] = momentum * a->velocity[index] + step;
    a->weights[index] -= rate * step;
  }
}

static void sgd_update(const struct sgd_update* arguments) {
  run_parts(divide_up(arguments->count, WEIGHTS_IN_PART), sgd_part, arguments);
}
