/** @file Pooling a row's steps, within its length, to one vector: their mean, their maximum, or all steps side by side.
 */
#include "kernels.h"
#include "lengths.h"
#include "matmul.h"

/* Each part is a row of the batch. */
static void mean_forward_part(int64_t row, int worker, const void* context) {
  (void)worker;
  const struct pool_mean_forward* a = context;
  int64_t length = length_of_row(a->lengths, row, a->time);
  float* restrict output = a->output + row * a->stride + a->offset;
  memset(output, 0, (size_t)a->width * 4);
  for (int64_t t = 0; t < length; t++) {
    const float* restrict values = a->sequence + (t * a->batch + row) * a->width;
    for (int64_t j = 0; j < a->width; j++) output[j] += values[j];
  }
  if (length == 0) return;
  for (int64_t j = 0; j < a->width; j++) output[j] /= (float)length;
}

static void pool_mean_forward(const struct pool_mean_forward* arguments) {
  run_parts(arguments->batch, mean_forward_part, arguments);
}

static void mean_backward_part(int64_t row, int worker, const void* context) {
  const struct pool_mean_backward* a = context;
  int64_t length = length_of_row(a->lengths, row, a->time);
  const float* gradient = a->gradient + row * a->stride + a->offset;
  float* restrict share = scratch(worker, SCRATCH_SLOPES, (size_t)(a->width + 1) * 4);
  for (int64_t j = 0; j < a->width; j++) share[j] = gradient[j] / (float)length;
  for (int64_t t = 0; t < a->time; t++) {
    float* restrict to = a->sequence_gradient + (t * a->batch + row) * a->width;
    if (t < length && a->accumulate)
      for (int64_t j = 0; j < a->width; j++) to[j] += share[j];
    else if (t < length)
      memcpy(to, share, (size_t)a->width * 4);
    else if (!a->accumulate)
      memset(to, 0, (size_t)a->width * 4);
  }
}

static void pool_mean_backward(const struct pool_mean_backward* arguments) {
  run_parts(arguments->batch, mean_backward_part, arguments);
}

static void max_forward_part(int64_t row, int worker, const void* context) {
  (void)worker;
  const struct pool_max_forward* a = context;
  int64_t length = length_of_row(a->lengths, row, a->time);
  float* restrict output = a->output + row * a->stride + a->offset;
  int32_t* restrict positions = a->positions + row * a->width;
  for (int64_t j = 0; j < a->width; j++) {
    output[j] = length == 0 ? 0 : a->sequence[row * a->width + j];
    positions[j] = length == 0 ? -1 : 0;
  }
  for (int64_t t = 1; t < length; t++) {
    const float* restrict values = a->sequence + (t * a->batch + row) * a->width;
    for (int64_t j = 0; j < a->width; j++) {
      bool better = !(values[j] <= output[j]) && output[j] == output[j]; /* a NaN stays the maximum */
      output[j] = better ? values[j] : output[j];
      positions[j] = better ? (int32_t)t : positions[j];
    }
  }
}

static void pool_max_forward(const struct pool_max_forward* arguments) {
  run_parts(arguments->batch, max_forward_part, arguments);
}

static void max_backward_part(int64_t row, int worker, const void* context) {
  (void)worker;
  const struct pool_max_backward* a = context;
  const int32_t* positions = a->positions + row * a->width;
  const float* gradient = a->gradient + row * a->stride + a->offset;
  for (int64_t t = 0; t < a->time && !a->accumulate; t++)
    memset(a->sequence_gradient + (t * a->batch + row) * a->width, 0, (size_t)a->width * 4);
  for (int64_t j = 0; j < a->width; j++)
    if (positions[j] >= 0) a->sequence_gradient[(positions[j] * a->batch + row) * a->width + j] += gradient[j];
}

static void pool_max_backward(const struct pool_max_backward* arguments) {
  run_parts(arguments->batch, max_backward_part, arguments);
}

static void flatten_forward_part(int64_t row, int worker, const void* context) {
  (void)worker;
  const struct flatten_forward* a = context;
  int64_t length = length_of_row(a->lengths, row, a->time);
  for (int64_t t = 0; t < a->steps; t++) {
    float* to = a->output + (row * a->steps + t) * a->width;
    if (t < length)
      memcpy(to, a->sequence + (t * a->batch + row) * a->width, (size_t)a->width * 4);
    else
      memset(to, 0, (size_t)a->width * 4);
  }
}

static void flatten_forward(const struct flatten_forward* arguments) {
  run_parts(arguments->batch, flatten_forward_part, arguments);
}

static void flatten_backward_part(int64_t row, int worker, const void* context) {
  (void)worker;
  const struct flatten_backward* a = context;
  int64_t length = min64(length_of_row(a->lengths, row, a->time), a->steps);
  for (int64_t t = 0; t < a->time; t++) {
    float* to = a->sequence_gradient + (t * a->batch + row) * a->width;
    if (t < length)
      memcpy(to, a->gradient + (row * a->steps + t) * a->width, (size_t)a->width * 4);
    else
      memset(to, 0, (size_t)a->width * 4);
  }
}

static void flatten_backward(const struct flatten_backward* arguments) {
  run_parts(arguments->batch, flatten_backward_part, arguments);
}
