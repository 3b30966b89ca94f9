/** @file A causal depthwise convolution: each column of a row is convolved by itself, and reads only steps before and
 * the same step. */
#include "kernels.h"
#include "lengths.h"
#include "matmul.h"
#include "vectors.h"

/* Columns of a row in a part, and of the kernel's gradient in a part. */
enum { COLUMNS_TO_CONVOLVE = 64 };

/* A part: some columns of a row. */
struct convolved {
  int64_t row, column, count, steps;
};

static int64_t convolved_parts(int64_t width) { return ceil_div(width, COLUMNS_TO_CONVOLVE); }

static struct convolved convolved_part(int64_t part, int64_t width, int64_t time, const int32_t* lengths) {
  int64_t row = part / convolved_parts(width), column = part % convolved_parts(width) * COLUMNS_TO_CONVOLVE;
  return (struct convolved){row, column, min64(COLUMNS_TO_CONVOLVE, width - column), length_of_row(lengths, row, time)};
}

/* An input by its step from 1 - size on, or null for a zero. */
static inline const float* input_at(const float* sequence, const float* initial, int64_t step, int64_t size,
                                    int64_t batch, int64_t width, int64_t row) {
  if (step >= 0) return sequence + (step * batch + row) * width;
  return initial == NULL ? NULL : initial + ((step + size - 1) * batch + row) * width;
}

static void causal_convolution_forward_part(int64_t part, int worker, const void* context) {
  (void)worker;
  const struct causal_convolution_forward* a = context;
  int64_t batch = a->batch, width = a->width, size = a->size;
  struct convolved of = convolved_part(part, width, a->time, a->lengths);
  for (int64_t step = 0; step < of.steps; step++) {
    float* restrict to = a->outputs + (step * batch + of.row) * width + of.column;
    memset(to, 0, (size_t)of.count * 4);
    for (int64_t i = 0; i < size; i++) {
      const float* restrict from = input_at(a->sequence, a->initial, step + 1 - size + i, size, batch, width, of.row);
      const float* restrict kernel = a->kernel + i * width + of.column;
      if (from == NULL) continue;
      from += of.column;
      for (int64_t j = 0; j < of.count; j++) to[j] += kernel[j] * from[j];
    }
  }
  for (int64_t step = of.steps; step < a->time; step++)
    memset(a->outputs + (step * batch + of.row) * width + of.column, 0, (size_t)of.count * 4);
  for (int64_t i = 0; i + 1 < size; i++) {
    const float* from = input_at(a->sequence, a->initial, of.steps + 1 - size + i, size, batch, width, of.row);
    float* to = a->last + (i * batch + of.row) * width + of.column;
    if (from == NULL)
      memset(to, 0, (size_t)of.count * 4);
    else
      memcpy(to, from + of.column, (size_t)of.count * 4);
  }
}

static void causal_convolution_forward(const struct causal_convolution_forward* arguments) {
  run_parts(arguments->batch * convolved_parts(arguments->width), causal_convolution_forward_part, arguments);
}

/* The gradients of the inputs of a row, and the row's part of the kernel's gradient. */
static void causal_convolution_backward_part(int64_t part, int worker, const void* context) {
  (void)worker;
  const struct causal_convolution_backward* a = context;
  int64_t batch = a->batch, width = a->width, size = a->size;
  struct convolved of = convolved_part(part, width, a->time, a->lengths);
  for (int64_t step = 1 - size; step < of.steps; step++) {
    float* restrict to = (step >= 0 ? a->sequence_gradient + (step * batch + of.row) * width
                                    : a->initial_gradient + ((step + size - 1) * batch + of.row) * width) +
                         of.column;
    int64_t kept = step - of.steps + size - 1; /* its place in `last` */
    if (kept >= 0)
      memcpy(to, a->last_gradient + (kept * batch + of.row) * width + of.column, (size_t)of.count * 4);
    else
      memset(to, 0, (size_t)of.count * 4);
    for (int64_t i = 0; i < size; i++) {
      int64_t reader = step + size - 1 - i;
      if (reader < 0 || reader >= of.steps) continue;
      const float* restrict gradient = a->outputs_gradient + (reader * batch + of.row) * width + of.column;
      const float* restrict kernel = a->kernel + i * width + of.column;
      for (int64_t j = 0; j < of.count; j++) to[j] += kernel[j] * gradient[j];
    }
  }
  for (int64_t step = of.steps; step < a->time; step++)
    memset(a->sequence_gradient + (step * batch + of.row) * width + of.column, 0, (size_t)of.count * 4);
  for (int64_t i = 0; i < size; i++) {
    float sums[COLUMNS_TO_CONVOLVE] = {0};
    for (int64_t step = 0; step < of.steps; step++) {
      const float* restrict from = input_at(a->sequence, a->initial, step + 1 - size + i, size, batch, width, of.row);
      const float* restrict gradient = a->outputs_gradient + (step * batch + of.row) * width + of.column;
      if (from == NULL) continue;
      from += of.column;
      for (int64_t j = 0; j < of.count; j++) sums[j] += from[j] * gradient[j];
    }
    memcpy(a->row_gradients + (of.row * size + i) * width + of.column, sums, (size_t)of.count * 4);
  }
}

/* Adds the rows' gradients of some of the kernel's weights, in the order of the rows. */
static void add_kernel_gradients_part(int64_t part, int worker, const void* context) {
  (void)worker;
  const struct causal_convolution_backward* a = context;
  int64_t weights = a->size * a->width, first = part * COLUMNS_TO_CONVOLVE;
  int64_t count = min64(COLUMNS_TO_CONVOLVE, weights - first);
  sum_rows(a->kernel_gradient + first, a->row_gradients + first, a->batch, weights, count);
}

static void causal_convolution_backward(const struct causal_convolution_backward* arguments) {
  run_parts(arguments->batch * convolved_parts(arguments->width), causal_convolution_backward_part, arguments);
  run_parts(convolved_parts(arguments->size * arguments->width), add_kernel_gradients_part, arguments);
}
