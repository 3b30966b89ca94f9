/** @file Layer normalization: (row - mean) / √(variance + epsilon), then scale and shift for each column. */
#include <math.h>

#include "kernels.h"
#include "matmul.h"
#include "vectors.h"

enum { FLOATS_TO_NORMALIZE = 1 << 13, COLUMNS_TO_SUM = 64 };

/* A row's mean, and 1 / √(variance + epsilon). */
struct moments {
  float mean, factor;
};

static struct moments moments_of(const float* values, int64_t width, float epsilon) {
  int64_t whole = width / LANES * LANES;
  vector sums = {0};
  float rest = 0;
  for (int64_t j = 0; j < whole; j += LANES) sums += load(values + j);
  for (int64_t j = whole; j < width; j++) rest += values[j];
  float mean = (sum_of(sums) + rest) / (float)width;
  sums = (vector){0}, rest = 0;
  for (int64_t j = 0; j < whole; j += LANES) {
    vector centered = load(values + j) - mean;
    sums += centered * centered;
  }
  for (int64_t j = whole; j < width; j++) rest += (values[j] - mean) * (values[j] - mean);
  return (struct moments){mean, 1 / sqrtf((sum_of(sums) + rest) / (float)width + epsilon)};
}

static int64_t rows_to_normalize(int64_t width) { return FLOATS_TO_NORMALIZE / (width + 1) + 1; }

static void normalize_row(int64_t width, const float* restrict values, const float* restrict scale,
                          const float* restrict shift, float epsilon, float* restrict output) {
  struct moments of = moments_of(values, width, epsilon);
  for (int64_t j = 0; j < width; j++) output[j] = (values[j] - of.mean) * of.factor * scale[j] + shift[j];
}

static void layer_norm_forward_part(int64_t part, int worker, const void* context) {
  (void)worker;
  const struct layer_norm_forward* a = context;
  int64_t rows = rows_to_normalize(a->width), last = min64(a->rows, (part + 1) * rows);
  for (int64_t row = part * rows; row < last; row++)
    normalize_row(a->width, a->input + row * a->width, a->scale, a->shift, (float)a->epsilon,
                  a->output + row * a->width);
}

static void layer_norm_forward(const struct layer_norm_forward* arguments) {
  run_parts(ceil_div(arguments->rows, rows_to_normalize(arguments->width)), layer_norm_forward_part, arguments);
}

/* With n = (x - mean) · factor and d = gradient · scale: dx = factor · (d - mean d - n · mean (d n)). */
static void layer_norm_backward_row(const struct layer_norm_backward* a, int64_t row) {
  const float* restrict values = a->input + row * a->width;
  const float* restrict gradient = a->gradient + row * a->width;
  const float* restrict scale = a->scale;
  float* restrict input_gradient = a->input_gradient + row * a->width;
  struct moments of = moments_of(values, a->width, (float)a->epsilon);
  int64_t whole = a->width / LANES * LANES;
  vector sums = {0}, products = {0};
  float sum = 0, product = 0;
  for (int64_t j = 0; j < whole; j += LANES) {
    vector slope = load(gradient + j) * load(scale + j);
    sums += slope;
    products += slope * ((load(values + j) - of.mean) * of.factor);
  }
  for (int64_t j = whole; j < a->width; j++) {
    float slope = gradient[j] * scale[j];
    sum += slope;
    product += slope * ((values[j] - of.mean) * of.factor);
  }
  sum = (sum_of(sums) + sum) / (float)a->width;
  product = (sum_of(products) + product) / (float)a->width;
  for (int64_t j = 0; j < a->width; j++)
    input_gradient[j] = of.factor * (gradient[j] * scale[j] - sum - (values[j] - of.mean) * of.factor * product);
  a->moments[2 * row] = of.mean;
  a->moments[2 * row + 1] = of.factor;
}

static void layer_norm_backward_part(int64_t part, int worker, const void* context) {
  (void)worker;
  const struct layer_norm_backward* a = context;
  int64_t rows = rows_to_normalize(a->width), last = min64(a->rows, (part + 1) * rows);
  for (int64_t row = part * rows; row < last; row++) layer_norm_backward_row(a, row);
}

/* Each thread takes some columns of all rows, in their order. */
static void normalize_columns_part(int64_t part, int worker, const void* context) {
  (void)worker;
  const struct layer_norm_backward* a = context;
  int64_t first = part * COLUMNS_TO_SUM, count = min64(COLUMNS_TO_SUM, a->width - first);
  float* restrict scale_gradient = a->scale_gradient + first;
  float* restrict shift_gradient = a->shift_gradient + first;
  memset(scale_gradient, 0, (size_t)count * 4);
  memset(shift_gradient, 0, (size_t)count * 4);
  for (int64_t row = 0; row < a->rows; row++) {
    const float* restrict values = a->input + row * a->width + first;
    const float* restrict gradient = a->gradient + row * a->width + first;
    float mean = a->moments[2 * row], factor = a->moments[2 * row + 1];
    for (int64_t j = 0; j < count; j++) {
      scale_gradient[j] += gradient[j] * ((values[j] - mean) * factor);
      shift_gradient[j] += gradient[j];
    }
  }
}

static void layer_norm_backward(const struct layer_norm_backward* arguments) {
  run_parts(ceil_div(arguments->rows, rows_to_normalize(arguments->width)), layer_norm_backward_part, arguments);
  run_parts(ceil_div(arguments->width, COLUMNS_TO_SUM), normalize_columns_part, arguments);
}
