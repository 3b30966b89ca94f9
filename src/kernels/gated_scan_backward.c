/** @file The gradients of the steps of element-wise cells, from each row's last step to its first. */
#include "gated_scan.h"

/* Columns of the parameters' gradients in a part. */
enum { SCAN_COLUMNS = 64 };

/* The gradients of one step: of the memory before, of each gate's sum, and of SRU's highway connection. */
struct scan_gradients {
  vector before, sums[3], highway;
};

static inline __attribute__((always_inline)) struct scan_gradients scan_step_back(
    enum scanned_cell cell, vector before, vector next, vector memory_gradient, vector gradient, const float* sums,
    const float* skip, int64_t units, int64_t left, float lower_bound, const struct scan_parameters* of) {
  const vector* p = of->values;
  if (cell == SRU) {
    vector g = gate_at(sums, 0, units, left);
    vector f = sigmoid(gate_at(sums, 1, units, left) + p[0] * before + p[2]);
    vector r = sigmoid(gate_at(sums, 2, units, left) + p[1] * before + p[3]);
    vector highway = load_up_to(skip, left) * sru_scale;
    vector of_next = memory_gradient + gradient * r;
    vector of_f = of_next * (before - g) * f * (1.0f - f);
    vector of_r = gradient * (next - highway) * r * (1.0f - r);
    return (struct scan_gradients){
        of_next * f + of_f * p[0] + of_r * p[1], {of_next * (1.0f - f), of_f, of_r}, gradient * (1.0f - r) * sru_scale};
  }
  if (cell == HGRN) {
    vector s = sigmoid(gate_at(sums, 0, units, left) + p[0]);
    vector f = lower_bound + (1 - lower_bound) * s;
    vector a = gate_at(sums, 1, units, left) + p[1];
    vector t = sigmoid(a);
    vector g = a * t;
    vector o = sigmoid(gate_at(sums, 2, units, left) + p[2]);
    vector of_next = memory_gradient + gradient * o;
    vector of_f = of_next * (before - g) * (1 - lower_bound) * s * (1.0f - s);
    vector of_a = of_next * (1.0f - f) * (t + g * (1.0f - t));
    return (struct scan_gradients){of_next * f, {of_f, of_a, gradient * next * o * (1.0f - o)}, {0}};
  }
  vector z = sigmoid(gate_at(sums, 0, units, left) + p[0]);
  vector a = gate_at(sums, 1, units, left) + p[1];
  vector t = sigmoid(a);
  integer_vector below = a < 0;
  vector g = select_lanes(below, t, a + 0.5f);
  vector of_next = memory_gradient + gradient;
  vector of_z = of_next * (g - before) * z * (1.0f - z);
  vector of_a = of_next * z * select_lanes(below, t * (1.0f - t), broadcast(1.0f));
  return (struct scan_gradients){of_next * (1.0f - z), {of_z, of_a}, {0}};
}

/* What a vector of units keeps from step to step. */
struct scan_kept {
  struct scan_parameters of;
  vector memory;        /* after the step */
  vector carried;       /* its gradient */
  vector parameters[4]; /* the parameters' gradients */
};

static inline __attribute__((always_inline)) void scan_backward_of(enum scanned_cell cell,
                                                                   const struct gated_scan_backward* a, int64_t part) {
  int64_t units = a->units, gates = cell == MINGRU ? 2 : 3, parameters = parameter_count(cell);
  struct scan_part of = scan_part_at(part, units, a->time, a->lengths);
  struct scan_kept kept[SCAN_VECTORS];
  for (int64_t v = 0; v * LANES < of.count; v++) {
    int64_t column = of.column + v * LANES, left = units - column;
    int64_t last = (a->backwards ? 0 : of.steps - 1) * a->batch + of.row;
    kept[v] = (struct scan_kept){
        .of = parameters_of(cell, a->vectors, a->bias, units, column, left),
        .memory = of.steps == 0 ? (vector){0} : load_up_to(a->memories + last * units + column, left),
        .carried = load_up_to(a->last_memory_gradient + of.row * units + column, left)};
  }
  /* The vectors of a part are read side by side: they are in the same pages. */
  for (int64_t step = of.steps - 1; step >= 0; step--) {
    int64_t at = a->backwards ? of.steps - 1 - step : step, position = at * a->batch + of.row;
    int64_t earlier = (a->backwards ? at + 1 : at - 1) * a->batch + of.row;
    for (int64_t v = 0; v * LANES < of.count; v++) {
      int64_t column = of.column + v * LANES, left = units - column, in_batch = of.row * units + column;
      struct scan_kept* k = &kept[v];
      vector before = step > 0             ? load_up_to(a->memories + earlier * units + column, left)
                      : a->initial == NULL ? (vector){0}
                                           : load_up_to(a->initial + in_batch, left);
      vector gradient = load_up_to(a->outputs_gradient + position * units + column, left);
      if (step == of.steps - 1) gradient += load_up_to(a->last_output_gradient + in_batch, left);
      const float* sums = a->sums + position * a->columns + column;
      const float* skip = skip_at(a->input, sums, units, position, column);
      struct scan_gradients found = scan_step_back(cell, before, k->memory, k->carried, gradient, sums, skip, units,
                                                   left, (float)a->lower_bound, &k->of);
      k->carried = found.before, k->memory = before;
      float* to = a->sums_gradient + position * a->columns + column;
      for (int64_t gate = 0; gate < gates; gate++) store_up_to(to + gate * units, found.sums[gate], left);
      if (cell == SRU) {
        float* highway = a->input_gradient != NULL ? a->input_gradient + position * units + column : to + 3 * units;
        store_up_to(highway, found.highway, left);
        for (int64_t i = 0; i < 2; i++) {
          k->parameters[i] += found.sums[1 + i] * before;
          k->parameters[2 + i] += found.sums[1 + i];
        }
      } else {
        for (int64_t gate = 0; gate < gates; gate++) k->parameters[gate] += found.sums[gate];
      }
    }
  }
  for (int64_t v = 0; v * LANES < of.count; v++) {
    int64_t column = of.column + v * LANES, left = units - column;
    store_up_to(a->initial_gradient + of.row * units + column, kept[v].carried, left);
    for (int64_t i = 0; i < parameters; i++)
      store_up_to(a->row_gradients + (of.row * parameters + i) * units + column, kept[v].parameters[i], left);
  }
  for (int64_t step = of.steps; step < a->time; step++) {
    int64_t position = step * a->batch + of.row;
    for (int64_t gate = 0; gate < a->columns / units; gate++)
      memset(a->sums_gradient + position * a->columns + gate * units + of.column, 0, (size_t)of.count * 4);
    if (a->input_gradient != NULL) memset(a->input_gradient + position * units + of.column, 0, (size_t)of.count * 4);
  }
}

static void gated_scan_backward_part(int64_t part, int worker, const void* context) {
  (void)worker;
  const struct gated_scan_backward* a = context;
  switch (a->kind) {
    case SRU: scan_backward_of(SRU, a, part); return;
    case HGRN: scan_backward_of(HGRN, a, part); return;
    default: scan_backward_of(MINGRU, a, part);
  }
}

/* Adds the rows' gradients of some parameters, in the order of the rows. */
static void add_row_gradients_part(int64_t part, int worker, const void* context) {
  (void)worker;
  const struct gated_scan_backward* a = context;
  int64_t width = parameter_count((enum scanned_cell)a->kind) * a->units, first = part * SCAN_COLUMNS;
  int64_t count = min64(SCAN_COLUMNS, width - first);
  sum_rows(a->parameters_gradient + first, a->row_gradients + first, a->batch, width, count);
}

static void gated_scan_backward(const struct gated_scan_backward* arguments) {
  run_parts(arguments->batch * parts_of_row(arguments->units), gated_scan_backward_part, arguments);
  int64_t width = parameter_count((enum scanned_cell)arguments->kind) * arguments->units;
  run_parts(ceil_div(width, SCAN_COLUMNS), add_row_gradients_part, arguments);
}
