/** @file The gate of a gated MLP: silu(gate) · value. */
#include "exponential.h"
#include "kernels.h"
#include "matmul.h"
#include "vectors.h"

enum { GATES_IN_PART = 1 << 13 };

static int64_t gated_rows_in_part(int64_t units) { return GATES_IN_PART / (units + 1) + 1; }

static void silu_gate_forward_part(int64_t part, int worker, const void* context) {
  (void)worker;
  const struct silu_gate_forward* a = context;
  int64_t units = a->units, rows = gated_rows_in_part(units), last = min64(a->rows, (part + 1) * rows);
  for (int64_t row = part * rows; row < last; row++) {
    const float* gates = a->sums + row * 2 * units;
    for (int64_t j = 0; j < units; j += LANES) {
      vector gate = load_up_to(gates + j, units - j), value = load_up_to(gates + units + j, units - j);
      store_up_to(a->output + row * units + j, gate * sigmoid(gate) * value, units - j);
    }
  }
}

static void silu_gate_forward(const struct silu_gate_forward* arguments) {
  run_parts(ceil_div(arguments->rows, gated_rows_in_part(arguments->units)), silu_gate_forward_part, arguments);
}

/* silu'(a) = σ(a) (1 + a (1 - σ(a))) */
static void silu_gate_backward_part(int64_t part, int worker, const void* context) {
  (void)worker;
  const struct silu_gate_backward* a = context;
  int64_t units = a->units, rows = gated_rows_in_part(units), last = min64(a->rows, (part + 1) * rows);
  for (int64_t row = part * rows; row < last; row++) {
    const float* gates = a->sums + row * 2 * units;
    float* to = a->sums_gradient + row * 2 * units;
    for (int64_t j = 0; j < units; j += LANES) {
      int64_t left = units - j;
      vector gate = load_up_to(gates + j, left), value = load_up_to(gates + units + j, left);
      vector slope = load_up_to(a->gradient + row * units + j, left);
      vector s = sigmoid(gate);
      store_up_to(to + j, slope * value * (s + gate * s * (1.0f - s)), left);
      store_up_to(to + units + j, slope * gate * s, left);
    }
  }
}

static void silu_gate_backward(const struct silu_gate_backward* arguments) {
  run_parts(ceil_div(arguments->rows, gated_rows_in_part(arguments->units)), silu_gate_backward_part, arguments);
}
