/** @file Attention pooling: the mean of a row's steps, weighted by the softmax of their scores against a learned query.
 */
#include "exponential.h"
#include "kernels.h"
#include "lengths.h"
#include "matmul.h"
#include <math.h>

/* Each part is a row of the batch. */
static float product_of(const float* a, const float* b, int64_t count) {
  vector partial = {0};
  for (int64_t j = 0; j < count; j += LANES) partial += load_up_to(a + j, count - j) * load_up_to(b + j, count - j);
  return sum_of(partial);
}

static void add_scaled(float* to, const float* values, float factor, int64_t count) {
  for (int64_t j = 0; j < count; j++) to[j] += factor * values[j];
}

struct attending {
  const struct attention_forward* arguments;
  struct panels kernel;
};

static void attend_part(int64_t row, int worker, const void* context) {
  (void)worker;
  const struct attending* attending = context;
  const struct attention_forward* a = attending->arguments;
  int64_t length = length_of_row(a->lengths, row, a->time), hidden_stride = a->batch * a->hidden;
  float *hidden = a->activations + row * a->hidden, *weights = a->attention + row * a->time;
  float* output = a->output + row * a->width;
  memset(output, 0, (size_t)a->width * 4);
  if (length == 0) return;

  for (int64_t t = 0; t < length; t++) memcpy(hidden + t * hidden_stride, a->bias, (size_t)a->hidden * 4);
  multiply_panels(length, a->sequence + row * a->width, a->batch * a->width, attending->kernel, hidden, hidden_stride);
  float maximum = -INFINITY;
  for (int64_t t = 0; t < length; t++) {
    float* values = hidden + t * hidden_stride;
    for (int64_t j = 0; j < a->hidden; j += LANES)
      store_up_to(values + j, hyperbolic_tangent(load_up_to(values + j, a->hidden - j)), a->hidden - j);
    weights[t] = product_of(values, a->query, a->hidden);
    maximum = weights[t] > maximum ? weights[t] : maximum;
  }
  float sum = 0;
  for (int64_t t = 0; t < length; t++) sum += weights[t] = expf(weights[t] - maximum);
  for (int64_t t = 0; t < length; t++) {
    weights[t] /= sum;
    add_scaled(output, a->sequence + (t * a->batch + row) * a->width, weights[t], a->width);
  }
}

static void attention_forward(const struct attention_forward* a) {
  struct attending attending = {
      a, pack_panels((struct matrix_view){a->kernel, a->width, a->hidden, a->hidden, 1}, SCRATCH_PANELS_B)};
  run_parts(a->batch, attend_part, &attending);
}

struct attention_gradient {
  const struct attention_backward* arguments;
  float* slopes;            /* [batch, time]: of the scores */
  struct panels transposed; /* the kernel */
};

/* softmax backward: weight · (gradient of the weight - Σ weight · gradient) */
static void scores_part(int64_t row, int worker, const void* context) {
  (void)worker;
  const struct attention_gradient* gradient = context;
  const struct attention_backward* a = gradient->arguments;
  int64_t length = length_of_row(a->lengths, row, a->time);
  const float *weights = a->attention + row * a->time, *upstream = a->gradient + row * a->width;
  float *slopes = gradient->slopes + row * a->time, mean = 0;
  for (int64_t t = 0; t < length; t++) {
    slopes[t] = product_of(upstream, a->sequence + (t * a->batch + row) * a->width, a->width);
    mean += weights[t] * slopes[t];
  }
  for (int64_t t = 0; t < length; t++) slopes[t] = weights[t] * (slopes[t] - mean);
}

/* Overwrites the activations with the gradient before tanh, then computes the sequence's gradient from both of its
 * uses. */
static void steps_part(int64_t row, int worker, const void* context) {
  (void)worker;
  const struct attention_gradient* gradient = context;
  const struct attention_backward* a = gradient->arguments;
  int64_t length = length_of_row(a->lengths, row, a->time), hidden_stride = a->batch * a->hidden;
  const float *weights = a->attention + row * a->time, *slopes = gradient->slopes + row * a->time;
  float* hidden = a->activations + row * a->hidden;
  for (int64_t t = 0; t < length; t++) {
    float* values = hidden + t * hidden_stride;
    for (int64_t j = 0; j < a->hidden; j++) values[j] = slopes[t] * a->query[j] * (1 - values[j] * values[j]);
  }
  for (int64_t t = 0; t < a->time; t++) {
    float* to = a->sequence_gradient + (t * a->batch + row) * a->width;
    memset(to, 0, (size_t)a->width * 4);
    if (t < length) add_scaled(to, a->gradient + row * a->width, weights[t], a->width);
  }
  multiply_panels(length, hidden, hidden_stride, gradient->transposed, a->sequence_gradient + row * a->width,
                  a->batch * a->width);
}

/* All steps within the rows' lengths, row by row. */
struct attended_steps {
  int64_t count;
  const float **inputs, **hidden, **slopes, **ones;
};

static struct attended_steps list_steps(const struct attention_gradient* gradient) {
  static const float one = 1;
  const struct attention_backward* a = gradient->arguments;
  int64_t most = a->time * a->batch;
  const float** pointers = scratch(0, SCRATCH_ROWS, (size_t)(most + 1) * 4 * sizeof *pointers);
  struct attended_steps steps = {0, pointers, pointers + most, pointers + 2 * most, pointers + 3 * most};
  for (int64_t row = 0; row < a->batch; row++)
    for (int64_t t = 0; t < (length_of_row(a->lengths, row, a->time)); t++, steps.count++) {
      steps.inputs[steps.count] = a->sequence + (t * a->batch + row) * a->width;
      steps.hidden[steps.count] = a->activations + (t * a->batch + row) * a->hidden;
      steps.slopes[steps.count] = gradient->slopes + row * a->time + t;
      steps.ones[steps.count] = &one;
    }
  return steps;
}

static void attention_backward(const struct attention_backward* a) {
  struct attention_gradient gradient = {
      a, scratch(0, SCRATCH_SLOPES, (size_t)(a->batch * a->time) * 4),
      pack_panels((struct matrix_view){a->kernel, a->hidden, a->width, 1, a->hidden}, SCRATCH_PANELS_B)};
  run_parts(a->batch, scores_part, &gradient);
  struct attended_steps steps = list_steps(&gradient);
  struct outer_products products = {.count = steps.count, .columns = a->hidden, .right = steps.hidden, .fresh = true};
  products.gradients[0] = (struct weight_gradient){steps.slopes, 0, 1, a->query_gradient};
  add_outer_products(&products); /* before the activations are overwritten */
  run_parts(a->batch, steps_part, &gradient);
  products.gradients[0] = (struct weight_gradient){steps.inputs, 0, a->width, a->kernel_gradient};
  products.gradients[1] = (struct weight_gradient){steps.ones, 0, 1, a->bias_gradient};
  add_outer_products(&products);
}
