/** @file The steps of element-wise cells over a sequence whose matmul is done: each unit of each row is a recurrence of
 * its own. */
#include "gated_scan.h"

/* One step: the next memory, and the output. */
struct scanned {
  vector memory, output;
};

static inline __attribute__((always_inline)) struct scanned scan_step(enum scanned_cell cell, vector memory,
                                                                      const float* sums, const float* skip,
                                                                      int64_t units, int64_t left, float lower_bound,
                                                                      const struct scan_parameters* of) {
  const vector* p = of->values;
  if (cell == SRU) {
    vector g = gate_at(sums, 0, units, left);
    vector f = sigmoid(gate_at(sums, 1, units, left) + p[0] * memory + p[2]);
    vector r = sigmoid(gate_at(sums, 2, units, left) + p[1] * memory + p[3]);
    vector highway = load_up_to(skip, left) * sru_scale;
    vector next = g + f * (memory - g);
    return (struct scanned){next, highway + r * (next - highway)};
  }
  if (cell == HGRN) {
    vector f = lower_bound + (1 - lower_bound) * sigmoid(gate_at(sums, 0, units, left) + p[0]);
    vector a = gate_at(sums, 1, units, left) + p[1];
    vector g = a * sigmoid(a);
    vector o = sigmoid(gate_at(sums, 2, units, left) + p[2]);
    vector next = g + f * (memory - g);
    return (struct scanned){next, o * next};
  }
  vector z = sigmoid(gate_at(sums, 0, units, left) + p[0]);
  vector a = gate_at(sums, 1, units, left) + p[1];
  vector g = select_lanes(a < 0, sigmoid(a), a + 0.5f);
  vector next = memory + z * (g - memory);
  return (struct scanned){next, next};
}

static inline __attribute__((always_inline)) void scan_forward_of(enum scanned_cell cell,
                                                                  const struct gated_scan_forward* a, int64_t part) {
  int64_t units = a->units;
  struct scan_part of = scan_part_at(part, units, a->time, a->lengths);
  vector memory[SCAN_VECTORS], output[SCAN_VECTORS] = {0};
  struct scan_parameters parameters[SCAN_VECTORS];
  for (int64_t v = 0; v * LANES < of.count; v++) {
    int64_t column = of.column + v * LANES, left = units - column;
    parameters[v] = parameters_of(cell, a->vectors, a->bias, units, column, left);
    memory[v] = a->initial == NULL ? (vector){0} : load_up_to(a->initial + of.row * units + column, left);
  }
  for (int64_t step = 0; step < of.steps; step++) {
    int64_t position = (a->backwards ? of.steps - 1 - step : step) * a->batch + of.row;
    for (int64_t v = 0; v * LANES < of.count; v++) {
      int64_t column = of.column + v * LANES, left = units - column;
      const float* sums = a->sums + position * a->columns + column;
      const float* skip = skip_at(a->input, sums, units, position, column);
      struct scanned next = scan_step(cell, memory[v], sums, skip, units, left, (float)a->lower_bound, &parameters[v]);
      memory[v] = next.memory, output[v] = next.output;
      store_up_to(a->outputs + position * units + column, next.output, left);
      if (a->memories != NULL) store_up_to(a->memories + position * units + column, next.memory, left);
    }
  }
  for (int64_t v = 0; v * LANES < of.count; v++) {
    int64_t column = of.column + v * LANES, left = units - column;
    store_up_to(a->last_output + of.row * units + column, output[v], left);
    store_up_to(a->last_memory + of.row * units + column, memory[v], left);
  }
  for (int64_t step = of.steps; step < a->time; step++)
    memset(a->outputs + (step * a->batch + of.row) * units + of.column, 0, (size_t)of.count * 4);
}

static void gated_scan_forward_part(int64_t part, int worker, const void* context) {
  (void)worker;
  const struct gated_scan_forward* a = context;
  switch (a->kind) {
    case SRU: scan_forward_of(SRU, a, part); return;
    case HGRN: scan_forward_of(HGRN, a, part); return;
    default: scan_forward_of(MINGRU, a, part);
  }
}

static void gated_scan_forward(const struct gated_scan_forward* arguments) {
  run_parts(arguments->batch * parts_of_row(arguments->units), gated_scan_forward_part, arguments);
}
