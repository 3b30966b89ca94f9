/** @file Normalization by the root mean square of each row: row / √(mean of squares + epsilon), then a scale for each
 * column. */
#include <math.h>

#include "kernels.h"
#include "matmul.h"
#include "vectors.h"

enum { FLOATS_IN_PART = 1 << 13, COLUMNS_TO_SCALE = 64 };

static int64_t rows_by_root(int64_t width) { return FLOATS_IN_PART / (width + 1) + 1; }

static inline vector scale_at(const float* scale, int64_t column, int64_t left) {
  return scale == NULL ? broadcast(1.0f) : load_up_to(scale + column, left);
}

/* 1 / √(mean of squares + epsilon) */
static float inverse_root(const float* values, int64_t width, float epsilon) {
  vector sums = {0};
  for (int64_t j = 0; j < width; j += LANES) {
    vector part = load_up_to(values + j, width - j);
    sums += part * part;
  }
  return 1 / sqrtf(sum_of(sums) / (float)width + epsilon);
}

static void rms_norm_forward_part(int64_t part, int worker, const void* context) {
  (void)worker;
  const struct rms_norm_forward* a = context;
  int64_t width = a->width, rows = rows_by_root(width), last = min64(a->rows, (part + 1) * rows);
  for (int64_t row = part * rows; row < last; row++) {
    const float* values = a->input + row * width;
    float factor = inverse_root(values, width, (float)a->epsilon);
    for (int64_t j = 0; j < width; j += LANES) {
      vector normal = load_up_to(values + j, width - j) * factor;
      store_up_to(a->output + row * width + j, normal * scale_at(a->scale, j, width - j), width - j);
    }
  }
}

static void rms_norm_forward(const struct rms_norm_forward* arguments) {
  run_parts(ceil_div(arguments->rows, rows_by_root(arguments->width)), rms_norm_forward_part, arguments);
}

/* With n = x · factor and d = gradient · scale: dx = factor · (d - n · mean (d n)). */
static void rms_norm_backward_part(int64_t part, int worker, const void* context) {
  (void)worker;
  const struct rms_norm_backward* a = context;
  int64_t width = a->width, rows = rows_by_root(width), last = min64(a->rows, (part + 1) * rows);
  for (int64_t row = part * rows; row < last; row++) {
    const float* values = a->input + row * width;
    const float* gradient = a->gradient + row * width;
    float factor = inverse_root(values, width, (float)a->epsilon);
    vector products = {0};
    for (int64_t j = 0; j < width; j += LANES)
      products +=
          load_up_to(values + j, width - j) * (load_up_to(gradient + j, width - j) * scale_at(a->scale, j, width - j));
    float mean = sum_of(products) * factor / (float)width;
    for (int64_t j = 0; j < width; j += LANES) {
      vector slope = load_up_to(gradient + j, width - j) * scale_at(a->scale, j, width - j);
      store_up_to(a->input_gradient + row * width + j,
                  (slope - load_up_to(values + j, width - j) * factor * mean) * factor, width - j);
    }
    if (a->factors != NULL) a->factors[row] = factor;
  }
}

/* Each thread takes some columns of all rows, in their order. */
static void rms_norm_scale_part(int64_t part, int worker, const void* context) {
  (void)worker;
  const struct rms_norm_backward* a = context;
  int64_t first = part * COLUMNS_TO_SCALE, count = min64(COLUMNS_TO_SCALE, a->width - first);
  float* restrict to = a->scale_gradient + first;
  memset(to, 0, (size_t)count * 4);
  for (int64_t row = 0; row < a->rows; row++) {
    const float* restrict values = a->input + row * a->width + first;
    const float* restrict gradient = a->gradient + row * a->width + first;
    float factor = a->factors[row];
    for (int64_t j = 0; j < count; j++) to[j] += gradient[j] * (values[j] * factor);
  }
}

static void rms_norm_backward(const struct rms_norm_backward* arguments) {
  run_parts(ceil_div(arguments->rows, rows_by_root(arguments->width)), rms_norm_backward_part, arguments);
  if (arguments->scale != NULL) run_parts(ceil_div(arguments->width, COLUMNS_TO_SCALE), rms_norm_scale_part, arguments);
}
