/** @file The kernels of each instruction set that runs here against plain loops, without Node: for scripts/emulate.mjs. */
#include "../../src/kernels/cells.h"
#include "../../src/kernels/dispatch.h"
#include "../../src/kernels/exponential.h"
#include "../../src/kernels/threads.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { MOST = 40, MOST_GATES = 4 * MOST };

static const struct kernel_table* kernels;
static double greatest_error;
static int passed, failed;

static void compare(double actual, double expected) {
  double error = fabs(actual - expected) / (1 + fabs(expected));
  if (!(error <= greatest_error)) greatest_error = error; /* NaN too */
}

static void report(const char* isa, const char* what, double tolerance) {
  int fits = greatest_error <= tolerance;
  printf("%s %s, %s: greatest error %.1e\n", fits ? "✓" : "×", isa, what, greatest_error);
  fits ? passed++ : failed++;
  greatest_error = 0;
}

static double uniform(void) { return 2.0 * rand() / RAND_MAX - 1; }
static int64_t any_size(void) { return 1 + rand() % MOST; }
static float* floats(int64_t count) {
  float* values = malloc((size_t)(count + 1) * sizeof *values);
  for (int64_t index = 0; index < count; index++) values[index] = (float)uniform();
  return values;
}

/* --- functions of vectors --- */

static void check_functions(const char* isa) {
  for (float x = -30; x < 30; x += 0.01f) {
    compare(exponential(broadcast(x))[LANES - 1] / exp(x), 1);
    compare(sigmoid(broadcast(x))[0], 1 / (1 + exp(-x)));
    compare(hyperbolic_tangent(broadcast(x))[0], tanh(x));
  }
  report(isa, "exponential, sigmoid and tanh", 1e-6);
}

/* --- products --- */

static void check_products(const char* isa) {
  for (int round = 0; round < 60; round++) {
    int64_t rows = any_size(), inner = any_size(), columns = any_size();
    struct matmul product = {rows, inner, columns, round & 1, round >> 1 & 1, floats(rows * inner),
                             floats(inner * columns), floats(columns), floats(rows * columns)};
    kernels->matmul(&product);
    for (int64_t row = 0; row < rows; row++)
      for (int64_t column = 0; column < columns; column++) {
        double sum = product.bias[column];
        for (int64_t k = 0; k < inner; k++)
          sum += (double)product.a[product.transpose_a ? k * rows + row : row * inner + k] *
                 product.b[product.transpose_b ? column * inner + k : k * columns + column];
        compare(product.output[row * columns + column], sum);
      }
    free((void*)product.a), free((void*)product.b), free((void*)product.bias), free(product.output);
  }
  report(isa, "matrix products", 1e-5);
}

/* --- an LSTM's layer: its outputs, and its gradients by differences --- */

static double sigma(double x) { return 1 / (1 + exp(-x)); }

/* Σ weights · outputs of one row, by the equations, with `shift` on one element of the kernel or the recurrent weights. */
static double weighed_outputs(const struct recurrent_forward* a, int64_t row, const float* weights,
                              const float* shifted, double shift, float* outputs) {
  double hidden[MOST] = {0}, cell[MOST] = {0}, gates[MOST_GATES], sum = 0;
  int64_t units = a->units, width = 4 * units;
  for (int64_t t = 0; t < a->lengths[row]; t++) {
    int64_t place = t * a->batch + row;
    for (int64_t gate = 0; gate < width; gate++) {
      gates[gate] = a->bias[gate];
      for (int64_t k = 0; k < a->inputs; k++) {
        const float* weight = a->kernel + k * width + gate;
        gates[gate] += a->sequence[place * a->inputs + k] * (*weight + (weight == shifted ? shift : 0));
      }
      for (int64_t k = 0; k < units; k++) {
        const float* weight = a->recurrent + k * width + gate;
        gates[gate] += hidden[k] * (*weight + (weight == shifted ? shift : 0));
      }
    }
    for (int64_t unit = 0; unit < units; unit++) {
      cell[unit] = sigma(gates[units + unit]) * cell[unit] + sigma(gates[unit]) * tanh(gates[2 * units + unit]);
      hidden[unit] = sigma(gates[3 * units + unit]) * tanh(cell[unit]);
      sum += weights[place * units + unit] * hidden[unit];
      if (outputs != NULL) compare(outputs[place * units + unit], hidden[unit]);
    }
  }
  return sum;
}

static double slope(const struct recurrent_forward* a, const float* weights, const float* weight) {
  const double shift = 1e-5;
  double difference = 0;
  for (int64_t row = 0; row < a->batch; row++)
    difference += weighed_outputs(a, row, weights, weight, shift, NULL) -
                  weighed_outputs(a, row, weights, weight, -shift, NULL);
  return difference / (2 * shift);
}

static void check_layers(const char* isa) {
  int64_t cell = 0;
  while (cell_sizes[cell].gates != 4) cell++;
  for (int round = 0; round < 20; round++) {
    int64_t time = 1 + rand() % 6, batch = any_size(), inputs = any_size(), units = any_size();
    int64_t width = 4 * units, outputs = time * batch * units;
    int32_t lengths[MOST];
    for (int64_t row = 0; row < batch; row++) lengths[row] = rand() % (int)(time + 1);
    const float* weights = floats(outputs);
    struct recurrent_forward forward = {.cell = cell, .time = time, .batch = batch, .inputs = inputs, .units = units,
                                        .stride = units, .sequence = floats(time * batch * inputs), .lengths = lengths,
                                        .kernel = floats(inputs * width), .recurrent = floats(units * width),
                                        .bias = floats(width), .outputs = floats(outputs),
                                        .kept = floats(time * batch * cell_sizes[cell].kept * units),
                                        .last_hidden = floats(batch * units), .last_cell = floats(batch * units)};
    kernels->recurrent_forward(&forward);
    for (int64_t row = 0; row < batch; row++) weighed_outputs(&forward, row, weights, NULL, 0, forward.outputs);
    struct recurrent_backward backward = {.cell = cell, .time = time, .batch = batch, .inputs = inputs, .units = units,
                                          .stride = units, .sequence = forward.sequence, .lengths = lengths,
                                          .kernel = forward.kernel, .recurrent = forward.recurrent,
                                          .outputs = forward.outputs, .kept = forward.kept, .outputs_gradient = weights,
                                          .kernel_gradient = floats(inputs * width),
                                          .recurrent_gradient = floats(units * width), .bias_gradient = floats(width)};
    kernels->recurrent_backward(&backward);
    for (int sample = 0; sample < 5; sample++) {
      int64_t of_kernel = rand() % (inputs * width), of_recurrent = rand() % (units * width);
      compare(backward.kernel_gradient[of_kernel], slope(&forward, weights, forward.kernel + of_kernel));
      compare(backward.recurrent_gradient[of_recurrent], slope(&forward, weights, forward.recurrent + of_recurrent));
    }
  }
  report(isa, "a layer of LSTM and its gradients", 1e-4);
}

int main(void) {
  const struct variant* variants;
  int count = supported_variants(&variants);
  for (int index = 0; index < count; index++) {
    kernels = variants[index].kernels;
    set_thread_count(1 + index);
    check_functions(variants[index].isa);
    check_products(variants[index].isa);
    check_layers(variants[index].isa);
  }
  set_thread_count(3);
  check_products("three threads");
  check_layers("three threads");
  printf("%d passed, %d failed\n", passed, failed);
  return failed > 0;
}
