/** @file Convolution over time as matmuls of windows of steps, which overlap in memory. */
#include "kernels.h"
#include "lengths.h"
#include "matmul.h"

enum { STEPS_IN_PART = 128 };

static const float one = 1; /* the constant input of the bias */

/* Copies the steps first … first + count - 1 of one row of a sequence [time, batch, stride], side by side; zeros
 * outside the row's length. */
static void gather_steps(const float* sequence, int64_t batch, int64_t stride, int64_t row, int64_t length,
                         int64_t first, int64_t count, int64_t width, float* to) {
  for (int64_t t = first; t < first + count; t++, to += width) {
    if (t < 0 || t >= length)
      memset(to, 0, (size_t)width * 4);
    else
      memcpy(to, sequence + (t * batch + row) * stride, (size_t)width * 4);
  }
}

/* --- forward --- */

struct convolving {
  const struct convolution_forward* arguments;
  struct panels kernel; /* no values if there are few rows */
  int64_t blocks;       /* parts of steps in each row */
};

static void convolve_part(int64_t part, int worker, const void* context) {
  const struct convolving* convolving = context;
  const struct convolution_forward* a = convolving->arguments;
  int64_t row = part / convolving->blocks, first = part % convolving->blocks * STEPS_IN_PART;
  int64_t last = min64(a->steps, first + STEPS_IN_PART), length = length_of_row(a->lengths, row, a->time);
  int64_t end = min64(last, length + a->steps - a->time), count = end - first; /* of the steps within the length */
  int64_t step_stride = a->batch * a->stride, inner = a->size * a->inputs;
  float* output = a->outputs + first * step_stride + row * a->stride + a->offset;

  for (int64_t t = first; t < last; t++) {
    float* to = output + (t - first) * step_stride;
    if (t < end)
      memcpy(to, a->bias, (size_t)a->filters * 4);
    else
      memset(to, 0, (size_t)a->filters * 4);
  }
  if (count <= 0) return;
  const float* windows = a->sequence + first * a->inputs;
  if (a->batch > 1 || a->size > 1) {
    float* gathered = scratch(worker, SCRATCH_WINDOWS, (size_t)((count + a->size - 1) * a->inputs) * 4);
    gather_steps(a->sequence, a->batch, a->inputs, row, length, first - a->before, count + a->size - 1, a->inputs,
                 gathered);
    windows = gathered;
  }
  if (convolving->kernel.values == NULL)
    multiply_few_rows(count, inner, windows, a->inputs, a->kernel, a->filters, 0, a->filters, output, step_stride,
                      worker);
  else
    multiply_panels(count, windows, a->inputs, convolving->kernel, output, step_stride);
  for (int64_t t = 0; t < count && a->relu; t++)
    for (int64_t filter = 0; filter < a->filters; filter++) {
      float value = output[t * step_stride + filter];
      output[t * step_stride + filter] = value < 0 ? 0 : value;
    }
}

static void convolution_forward(const struct convolution_forward* a) {
  struct convolving convolving = {.arguments = a, .blocks = ceil_div(a->steps, STEPS_IN_PART)};
  if (a->steps * a->batch > FEW_ROWS)
    convolving.kernel =
        pack_panels((struct matrix_view){a->kernel, a->size * a->inputs, a->filters, a->filters, 1}, SCRATCH_PANELS_B);
  run_parts(a->batch * convolving.blocks, convolve_part, &convolving);
}

/* --- backward --- */

struct convolution_gradient {
  const struct convolution_backward* arguments;
  int64_t padded; /* steps of a row with padding: time + size - 1 */
  float* windows; /* [batch, padded, inputs] */
  float* slopes;  /* [batch, padded, filters]: gradients before the activation, from step size - 1 - before on */
  float* turned;  /* [size, filters, inputs]: the kernel with its steps reversed, each step's matrix transposed */
  struct panels turned_panels;
};

static float* slope_at(const struct convolution_gradient* gradient, int64_t row, int64_t t) {
  const struct convolution_backward* a = gradient->arguments;
  return gradient->slopes + (row * gradient->padded + a->size - 1 - a->before + t) * a->filters;
}

static void gather_row_part(int64_t row, int worker, const void* context) {
  (void)worker;
  const struct convolution_gradient* gradient = context;
  const struct convolution_backward* a = gradient->arguments;
  int64_t length = length_of_row(a->lengths, row, a->time);
  gather_steps(a->sequence, a->batch, a->inputs, row, length, -a->before, gradient->padded, a->inputs,
               gradient->windows + row * gradient->padded * a->inputs);
  gather_steps(a->outputs_gradient + a->offset, a->batch, a->stride, row, length + a->steps - a->time,
               a->before - a->size + 1, gradient->padded, a->filters,
               gradient->slopes + row * gradient->padded * a->filters);
  for (int64_t t = 0; t < length + a->steps - a->time && a->relu; t++) {
    const float* outputs = a->outputs + (t * a->batch + row) * a->stride + a->offset;
    float* slopes = slope_at(gradient, row, t);
    for (int64_t filter = 0; filter < a->filters; filter++) slopes[filter] = outputs[filter] > 0 ? slopes[filter] : 0;
  }
}

static void turn_part(int64_t step, int worker, const void* context) {
  (void)worker;
  const struct convolution_gradient* gradient = context;
  const struct convolution_backward* a = gradient->arguments;
  const float* from = a->kernel + (a->size - 1 - step) * a->inputs * a->filters;
  float* to = gradient->turned + step * a->inputs * a->filters;
  for (int64_t input = 0; input < a->inputs; input++)
    for (int64_t filter = 0; filter < a->filters; filter++)
      to[filter * a->inputs + input] = from[input * a->filters + filter];
}

/* The gradient of a step is a convolution of the outputs' gradients around it with the reversed kernel. */
static void sequence_part(int64_t row, int worker, const void* context) {
  (void)worker;
  const struct convolution_gradient* gradient = context;
  const struct convolution_backward* a = gradient->arguments;
  int64_t length = length_of_row(a->lengths, row, a->time), step_stride = a->batch * a->inputs;
  float* to = a->sequence_gradient + row * a->inputs;
  for (int64_t t = 0; t < a->time && !a->accumulate; t++) memset(to + t * step_stride, 0, (size_t)a->inputs * 4);
  multiply_panels(length, gradient->slopes + row * gradient->padded * a->filters, a->filters, gradient->turned_panels,
                  to, step_stride);
}

static void add_filter_gradient(const struct convolution_gradient* gradient) {
  const struct convolution_backward* a = gradient->arguments;
  const float** windows = scratch(0, SCRATCH_ROWS, (size_t)(a->steps * a->batch + 1) * 3 * sizeof *windows);
  const float** slopes = windows + a->steps * a->batch;
  const float** ones = slopes + a->steps * a->batch;
  int64_t count = 0;
  for (int64_t row = 0; row < a->batch; row++)
    for (int64_t t = 0; t < length_of_row(a->lengths, row, a->time) + a->steps - a->time; t++, count++) {
      windows[count] = gradient->windows + (row * gradient->padded + t) * a->inputs;
      slopes[count] = slope_at(gradient, row, t);
      ones[count] = &one;
    }
  add_outer_products(&(struct outer_products){
      .count = count,
      .columns = a->filters,
      .right = slopes,
      .fresh = true,
      .gradients = {{windows, 0, a->size * a->inputs, a->kernel_gradient}, {ones, 0, 1, a->bias_gradient}}});
}

static void convolution_backward(const struct convolution_backward* a) {
  struct convolution_gradient gradient = {.arguments = a, .padded = a->time + a->size - 1};
  gradient.windows = scratch(0, SCRATCH_WINDOWS, (size_t)(a->batch * gradient.padded * a->inputs) * 4);
  gradient.slopes = scratch(0, SCRATCH_SLOPES, (size_t)(a->batch * gradient.padded * a->filters) * 4);
  run_parts(a->batch, gather_row_part, &gradient);
  add_filter_gradient(&gradient);
  if (a->sequence_gradient == NULL) return;
  int64_t inner = a->size * a->filters;
  gradient.turned = scratch(0, SCRATCH_TURNED, (size_t)(inner * a->inputs) * 4);
  run_parts(a->size, turn_part, &gradient);
  gradient.turned_panels =
      pack_panels((struct matrix_view){gradient.turned, inner, a->inputs, a->inputs, 1}, SCRATCH_PANELS_B);
  run_parts(a->batch, sequence_part, &gradient);
}
