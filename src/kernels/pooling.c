/** @file The mean and the maximum over time, each row within its own length. */
#include "kernels.h"
#include "matmul.h"

/* The parts are the batch's rows. */
static int64_t pooled_length(const int32_t* lengths, int64_t row, int64_t time) {
  return lengths == NULL ? time : lengths[row];
}

static void mean_forward_part(int64_t row, int worker, const void* context) {
  (void)worker;
  const struct pool_mean_forward* a = context;
  int64_t length = pooled_length(a->lengths, row, a->time);
  float* output = a->output + row * a->width;
  memset(output, 0, (size_t)a->width * 4);
  for (int64_t t = 0; t < length; t++) {
    const float* values = a->sequence + (t * a->batch + row) * a->width;
    for (int64_t j = 0; j < a->width; j++) output[j] += values[j];
  }
  if (length == 0) return;
  for (int64_t j = 0; j < a->width; j++) output[j] /= (float)length;
}

static void pool_mean_forward(const struct pool_mean_forward* arguments) {
  run_parts(arguments->batch, mean_forward_part, arguments);
}

static void mean_backward_part(int64_t row, int worker, const void* context) {
  (void)worker;
  const struct pool_mean_backward* a = context;
  int64_t length = pooled_length(a->lengths, row, a->time);
  const float* gradient = a->gradient + row * a->width;
  for (int64_t t = 0; t < a->time; t++) {
    float* to = a->sequence_gradient + (t * a->batch + row) * a->width;
    if (t >= length)
      memset(to, 0, (size_t)a->width * 4);
    else
      for (int64_t j = 0; j < a->width; j++) to[j] = gradient[j] / (float)length;
  }
}

static void pool_mean_backward(const struct pool_mean_backward* arguments) {
  run_parts(arguments->batch, mean_backward_part, arguments);
}

static void max_forward_part(int64_t row, int worker, const void* context) {
  (void)worker;
  const struct pool_max_forward* a = context;
  int64_t length = pooled_length(a->lengths, row, a->time);
  float* output = a->output + row * a->width;
  int32_t* positions = a->positions + row * a->width;
  for (int64_t j = 0; j < a->width; j++) {
    output[j] = length == 0 ? 0 : a->sequence[row * a->width + j];
    positions[j] = length == 0 ? -1 : 0;
  }
  for (int64_t t = 1; t < length; t++) {
    const float* values = a->sequence + (t * a->batch + row) * a->width;
    for (int64_t j = 0; j < a->width; j++) {
      bool better = !(values[j] <= output[j]) && output[j] == output[j]; /* a NaN, once there, stays */
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
  const float* gradient = a->gradient + row * a->width;
  for (int64_t t = 0; t < a->time; t++)
    memset(a->sequence_gradient + (t * a->batch + row) * a->width, 0, (size_t)a->width * 4);
  for (int64_t j = 0; j < a->width; j++)
    if (positions[j] >= 0) a->sequence_gradient[(positions[j] * a->batch + row) * a->width + j] = gradient[j];
}

static void pool_max_backward(const struct pool_max_backward* arguments) {
  run_parts(arguments->batch, max_backward_part, arguments);
}
