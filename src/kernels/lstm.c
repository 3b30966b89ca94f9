/** @file One direction of an LSTM layer (Hochreiter & Schmidhuber 1997, Gers 2000) over a whole sequence, and back. */
#include "exponential.h"
#include "kernels.h"
#include "matmul.h"

/* Rows go to threads for the whole sequence, so steps need no barrier. Sorted by falling length, the rows that a step
 * is for come first, in either direction. */
struct share {
  int64_t rows;
  const int32_t* order;   /* the share's rows in the batch */
  const int32_t* lengths; /* of the batch; null where all are `time` */
  bool together;          /* rows order[0] … order[0] + rows - 1: they are used where they stand */
};

static int64_t row_length(const int32_t* lengths, int64_t row, int64_t time) {
  return lengths == NULL ? time : lengths[row];
}

/* A counting sort, stable. */
static const int32_t* sort_rows(int64_t batch, int64_t time, const int32_t* lengths) {
  int32_t* order = scratch(0, SCRATCH_ORDER, (size_t)(batch + time + 2) * sizeof *order);
  if (lengths == NULL) {
    for (int64_t row = 0; row < batch; row++) order[row] = (int32_t)row;
    return order;
  }
  int32_t* starts = order + batch; /* of length time, time - 1, … */
  memset(starts, 0, (size_t)(time + 2) * sizeof *starts);
  for (int64_t row = 0; row < batch; row++) starts[time - lengths[row] + 1]++;
  for (int64_t place = 0; place <= time; place++) starts[place + 1] += starts[place];
  for (int64_t row = 0; row < batch; row++) order[starts[time - lengths[row]]++] = (int32_t)row;
  return order;
}

/* Without lengths a share is a run of rows; with them, every n-th row of the sorted batch: long and short ones alike.
 */
static struct share share_of(int64_t part, int64_t parts, int64_t batch, const int32_t* lengths, const int32_t* order,
                             int32_t* own) {
  if (lengths == NULL) {
    int64_t first = batch * part / parts;
    return (struct share){batch * (part + 1) / parts - first, order + first, lengths, true};
  }
  int64_t rows = 0;
  for (int64_t place = part; place < batch; place += parts) own[rows++] = order[place];
  return (struct share){rows, own, lengths, parts == 1 && batch == 1};
}

static int64_t active_rows(const struct share* share, int64_t t) {
  if (share->lengths == NULL) return share->rows;
  int64_t active = share->rows;
  while (active > 0 && share->lengths[share->order[active - 1]] <= t) active--;
  return active;
}

static int64_t step_time(bool backwards, int64_t step, int64_t time) { return backwards ? time - 1 - step : step; }

/* The initial state of a share's rows, side by side. */
static void gather_state(const struct share* share, const float* initial, int64_t units, float* state) {
  if (initial == NULL)
    memset(state, 0, (size_t)(share->rows * units) * 4);
  else
    for (int64_t index = 0; index < share->rows; index++)
      memcpy(state + index * units, initial + share->order[index] * units, (size_t)units * 4);
}

static void scatter_state(const struct share* share, const float* state, int64_t units, float* last) {
  if (last == NULL) return;
  for (int64_t index = 0; index < share->rows; index++)
    memcpy(last + share->order[index] * units, state + index * units, (size_t)units * 4);
}

/* Rows of a step are this far apart in scratch: off a power of two, so that they do not fall on the same lines of the
 * cache. */
static int64_t spread(int64_t width) { return divide_up(width, 16) * 16 + 16; }

/* --- forward --- */

struct forward {
  const struct lstm_forward* arguments;
  struct panels kernel, recurrent; /* without values where few rows use them */
  const int32_t* order;
  int64_t parts;
};

static void multiply_weights(int64_t rows, int64_t inner, const float* left, ptrdiff_t left_stride,
                             const float* weights, struct panels panels, float* output, ptrdiff_t output_stride,
                             int worker) {
  if (panels.values == NULL)
    multiply_few_rows(rows, inner, left, left_stride, weights, panels.columns, 0, panels.columns, output, output_stride,
                      worker);
  else
    multiply_panels(rows, left, left_stride, panels, output, output_stride);
}

/* The inputs of the active rows at time t, side by side. */
static const float* gather_inputs(const struct share* share, int64_t active, const float* sequence_at_t, int64_t inputs,
                                  float* side_by_side) {
  if (share->together) return sequence_at_t + share->order[0] * inputs;
  for (int64_t index = 0; index < active; index++)
    memcpy(side_by_side + index * inputs, sequence_at_t + share->order[index] * inputs, (size_t)inputs * 4);
  return side_by_side;
}

/* Where a row's activations go at one time step; gates and cells are null where there will be no way back. */
struct activation {
  const float* sums;
  float *cell, *hidden, *output, *gates, *cells;
};

static struct activation activation_at(const struct lstm_forward* a, int64_t t, int64_t row, const float* sums,
                                       float* cell, float* hidden) {
  int64_t place = t * a->batch + row;
  return (struct activation){.sums = sums,
                             .cell = cell,
                             .hidden = hidden,
                             .output = a->outputs + place * a->stride + a->offset,
                             .gates = a->gates == NULL ? NULL : a->gates + place * 4 * a->units,
                             .cells = a->cells == NULL ? NULL : a->cells + place * a->units};
}

/* The units first … last - 1 of one row: gates from their sums, then cell and hidden. */
static void activate(struct activation to, int64_t units, int64_t first, int64_t last) {
  for (int64_t j = first; j < last; j += LANES) {
    int64_t left = last - j;
    vector input = sigmoid(load_up_to(to.sums + j, left));
    vector forget = sigmoid(load_up_to(to.sums + units + j, left));
    vector candidate = hyperbolic_tangent(load_up_to(to.sums + 2 * units + j, left));
    vector out = sigmoid(load_up_to(to.sums + 3 * units + j, left));
    vector memory = forget * load_up_to(to.cell + j, left) + input * candidate;
    vector result = out * hyperbolic_tangent(memory);
    store_up_to(to.cell + j, memory, left);
    store_up_to(to.hidden + j, result, left);
    store_up_to(to.output + j, result, left);
    if (to.cells != NULL) store_up_to(to.cells + j, memory, left);
    if (to.gates == NULL) continue;
    store_up_to(to.gates + j, input, left);
    store_up_to(to.gates + units + j, forget, left);
    store_up_to(to.gates + 2 * units + j, candidate, left);
    store_up_to(to.gates + 3 * units + j, out, left);
  }
}

static void forward_part(int64_t part, int worker, const void* context) {
  const struct forward* forward = context;
  const struct lstm_forward* a = forward->arguments;
  int64_t units = a->units, width = 4 * units, sums_stride = spread(width);
  int32_t* own = scratch(worker, SCRATCH_ROWS, (size_t)a->batch * sizeof *own);
  struct share share = share_of(part, forward->parts, a->batch, a->lengths, forward->order, own);
  if (share.rows == 0) return;

  float* inputs_side_by_side = scratch(worker, SCRATCH_INPUTS, (size_t)(share.rows * a->inputs) * 4);
  float* sums = scratch(worker, SCRATCH_GATES, (size_t)(share.rows * sums_stride) * 4);
  float* hidden = scratch(worker, SCRATCH_HIDDEN, (size_t)(share.rows * units) * 4);
  float* cell = scratch(worker, SCRATCH_CELL, (size_t)(share.rows * units) * 4);
  gather_state(&share, a->initial_hidden, units, hidden);
  gather_state(&share, a->initial_cell, units, cell);

  for (int64_t step = 0; step < a->time; step++) {
    int64_t t = step_time(a->backwards, step, a->time), active = active_rows(&share, t);
    const float* inputs =
        gather_inputs(&share, active, a->sequence + t * a->batch * a->inputs, a->inputs, inputs_side_by_side);
    for (int64_t index = 0; index < active; index++) memcpy(sums + index * sums_stride, a->bias, (size_t)width * 4);
    multiply_weights(active, a->inputs, inputs, a->inputs, a->kernel, forward->kernel, sums, sums_stride, worker);
    multiply_weights(active, units, hidden, units, a->recurrent, forward->recurrent, sums, sums_stride, worker);
    for (int64_t index = 0; index < share.rows; index++) {
      struct activation to = activation_at(a, t, share.order[index], sums + index * sums_stride, cell + index * units,
                                           hidden + index * units);
      if (index < active)
        activate(to, units, 0, units);
      else
        memset(to.output, 0, (size_t)units * 4);
    }
  }
  scatter_state(&share, hidden, units, a->last_hidden);
  scatter_state(&share, cell, units, a->last_cell);
}

/* --- forward, with fewer rows than threads: they split the units, and wait for each other after each step --- */

struct unit_step {
  const struct lstm_forward* arguments;
  int64_t parts, t, rows; /* rows: of the batch, side by side, those that take the step */
  const int32_t* order;
  const float *inputs, *hidden; /* [rows, inputs], [rows, units] */
  float *sums, *cell, *next_hidden;
};

/* Whole vectors, so that each unit goes the same way as without a split. */
static int64_t first_unit(const struct unit_step* step, int64_t part) {
  int64_t units = step->arguments->units;
  return smaller(units, divide_up(units, LANES) * part / step->parts * LANES);
}

static void unit_part(int64_t part, int worker, const void* context) {
  const struct unit_step* step = context;
  const struct lstm_forward* a = step->arguments;
  int64_t units = a->units, width = 4 * units, first = first_unit(step, part), last = first_unit(step, part + 1);
  for (int64_t row = 0; row < step->rows; row++)
    for (int64_t gate = 0; gate < 4; gate++)
      memcpy(step->sums + row * width + gate * units + first, a->bias + gate * units + first,
             (size_t)(last - first) * 4);
  for (int64_t gate = 0; gate < 4; gate++) {
    int64_t from = gate * units + first, to = gate * units + last;
    multiply_few_rows(step->rows, a->inputs, step->inputs, a->inputs, a->kernel, width, from, to, step->sums, width,
                      worker);
    multiply_few_rows(step->rows, units, step->hidden, units, a->recurrent, width, from, to, step->sums, width, worker);
  }
  for (int64_t row = 0; row < step->rows; row++)
    activate(activation_at(a, step->t, step->order[row], step->sums + row * width, step->cell + row * units,
                           step->next_hidden + row * units),
             units, first, last);
}

static void forward_by_units(const struct lstm_forward* a, const int32_t* order) {
  size_t state_bytes = (size_t)(a->batch * a->units) * 4;
  struct share all = {a->batch, order, a->lengths, a->batch == 1};
  float* inputs_side_by_side = scratch(0, SCRATCH_INPUTS, (size_t)(a->batch * a->inputs) * 4);
  float *hidden = scratch(0, SCRATCH_HIDDEN, 2 * state_bytes), *next_hidden = hidden + a->batch * a->units;
  struct unit_step step = {.arguments = a, .order = order};
  step.parts = smaller(thread_count(), (a->inputs + a->units) * 4 * a->units / LEAST_WEIGHTS + 1);
  step.sums = scratch(0, SCRATCH_GATES, 4 * state_bytes);
  step.cell = scratch(0, SCRATCH_CELL, state_bytes);
  gather_state(&all, a->initial_hidden, a->units, hidden);
  gather_state(&all, a->initial_cell, a->units, step.cell);

  for (int64_t index = 0; index < a->time; index++) {
    step.t = step_time(a->backwards, index, a->time);
    step.rows = active_rows(&all, step.t);
    step.inputs =
        gather_inputs(&all, step.rows, a->sequence + step.t * a->batch * a->inputs, a->inputs, inputs_side_by_side);
    step.hidden = hidden;
    step.next_hidden = next_hidden;
    run_parts(step.parts, unit_part, &step);
    int64_t computed = step.rows * a->units;
    memcpy(next_hidden + computed, hidden + computed, state_bytes - (size_t)computed * 4);
    for (int64_t row = step.rows; row < a->batch; row++)
      memset(activation_at(a, step.t, order[row], NULL, NULL, NULL).output, 0, (size_t)a->units * 4);
    float* written = next_hidden;
    next_hidden = hidden;
    hidden = written;
  }
  scatter_state(&all, hidden, a->units, a->last_hidden);
  scatter_state(&all, step.cell, a->units, a->last_cell);
}

static struct matrix_view weights_view(const float* values, int64_t rows, int64_t columns) {
  return (struct matrix_view){values, rows, columns, columns, 1};
}

static void lstm_forward(const struct lstm_forward* arguments) {
  int64_t batch = arguments->batch, width = 4 * arguments->units;
  const int32_t* order = sort_rows(batch, arguments->time, arguments->lengths);
  if (batch < thread_count() && batch <= FEW_ROWS) {
    forward_by_units(arguments, order);
    return;
  }
  struct forward forward = {arguments,
                            {NULL, arguments->inputs, width},
                            {NULL, arguments->units, width},
                            order,
                            smaller(thread_count(), batch)};
  if (arguments->time * divide_up(batch, forward.parts) > FEW_ROWS) {
    forward.kernel = pack_panels(weights_view(arguments->kernel, arguments->inputs, width), SCRATCH_PANELS_A);
    forward.recurrent = pack_panels(weights_view(arguments->recurrent, arguments->units, width), SCRATCH_PANELS_B);
  }
  run_parts(forward.parts, forward_part, &forward);
}

/* --- backward --- */

struct backward {
  const struct lstm_backward* arguments;
  struct panels kernel, recurrent; /* transposed */
  const int32_t* order;
  int64_t parts;
};

/* One row and step: hidden_gradient and cell_gradient come from the step after; gates become their gradients before
 * activation. */
static void deactivate(int64_t units, const float* hidden_gradient, const float* output_gradient, const float* cells,
                       const float* cells_before, float* cell_gradient, float* gates, float* sums_gradient) {
  for (int64_t j = 0; j < units; j += LANES) {
    int64_t left = units - j;
    vector input = load_up_to(gates + j, left), forget = load_up_to(gates + units + j, left);
    vector candidate = load_up_to(gates + 2 * units + j, left), out = load_up_to(gates + 3 * units + j, left);
    vector before = cells_before == NULL ? (vector){0} : load_up_to(cells_before + j, left);
    vector squashed = hyperbolic_tangent(load_up_to(cells + j, left));
    vector hidden = load_up_to(hidden_gradient + j, left);
    if (output_gradient != NULL) hidden += load_up_to(output_gradient + j, left);
    vector memory = load_up_to(cell_gradient + j, left) + hidden * out * (1.0f - squashed * squashed);
    store_up_to(cell_gradient + j, memory * forget, left);
    vector gradients[4] = {memory * candidate * (input * (1.0f - input)), memory * before * (forget * (1.0f - forget)),
                           memory * input * (1.0f - candidate * candidate), hidden * squashed * (out * (1.0f - out))};
    for (int gate = 0; gate < 4; gate++) {
      store_up_to(gates + gate * units + j, gradients[gate], left);
      store_up_to(sums_gradient + gate * units + j, gradients[gate], left);
    }
  }
}

/* sequence_gradient [active rows] = or += sums_gradient · kernelᵀ. */
static void add_sequence_gradient(const struct backward* backward, const struct share* share, int64_t active, int64_t t,
                                  const float* sums_gradient, int64_t sums_stride, float* side_by_side) {
  const struct lstm_backward* a = backward->arguments;
  float* at_t = a->sequence_gradient + t * a->batch * a->inputs;
  size_t row_bytes = (size_t)a->inputs * 4;
  if (!a->accumulate)
    for (int64_t index = 0; index < share->rows; index++) memset(at_t + share->order[index] * a->inputs, 0, row_bytes);
  if (share->together) {
    multiply_panels(active, sums_gradient, sums_stride, backward->kernel, at_t + share->order[0] * a->inputs,
                    a->inputs);
    return;
  }
  for (int64_t index = 0; index < active; index++)
    memcpy(side_by_side + index * a->inputs, at_t + share->order[index] * a->inputs, row_bytes);
  multiply_panels(active, sums_gradient, sums_stride, backward->kernel, side_by_side, a->inputs);
  for (int64_t index = 0; index < active; index++)
    memcpy(at_t + share->order[index] * a->inputs, side_by_side + index * a->inputs, row_bytes);
}

/* The cells of the step before, or the initial ones (null for zeros). */
static const float* cells_before(const struct lstm_backward* a, int64_t t, int64_t row) {
  int64_t before = a->backwards ? t + 1 : t - 1;
  bool first = a->backwards ? before >= row_length(a->lengths, row, a->time) : before < 0;
  if (!first) return a->cells + (before * a->batch + row) * a->units;
  return a->initial_cell == NULL ? NULL : a->initial_cell + row * a->units;
}

static void backward_part(int64_t part, int worker, const void* context) {
  const struct backward* backward = context;
  const struct lstm_backward* a = backward->arguments;
  int64_t units = a->units, width = 4 * units, sums_stride = spread(width);
  int32_t* own = scratch(worker, SCRATCH_ROWS, (size_t)a->batch * sizeof *own);
  struct share share = share_of(part, backward->parts, a->batch, a->lengths, backward->order, own);
  if (share.rows == 0) return;

  float* inputs_side_by_side = scratch(worker, SCRATCH_INPUTS, (size_t)(share.rows * a->inputs) * 4);
  float* sums_gradient = scratch(worker, SCRATCH_GATES, (size_t)(share.rows * sums_stride) * 4);
  float* hidden = scratch(worker, SCRATCH_HIDDEN, (size_t)(share.rows * units) * 4);
  float* cell = scratch(worker, SCRATCH_CELL, (size_t)(share.rows * units) * 4);
  gather_state(&share, a->last_hidden_gradient, units, hidden);
  gather_state(&share, a->last_cell_gradient, units, cell);

  for (int64_t step = a->time - 1; step >= 0; step--) {
    int64_t t = step_time(a->backwards, step, a->time), active = active_rows(&share, t);
    for (int64_t index = 0; index < share.rows; index++) {
      int64_t row = share.order[index], place = t * a->batch + row;
      float* gates = a->gates + place * width;
      if (index >= active)
        memset(gates, 0, (size_t)width * 4);
      else
        deactivate(units, hidden + index * units,
                   a->outputs_gradient == NULL ? NULL : a->outputs_gradient + place * a->stride + a->offset,
                   a->cells + place * units, cells_before(a, t, row), cell + index * units, gates,
                   sums_gradient + index * sums_stride);
    }
    memset(hidden, 0, (size_t)(active * units) * 4);
    multiply_panels(active, sums_gradient, sums_stride, backward->recurrent, hidden, units);
    if (a->sequence_gradient != NULL)
      add_sequence_gradient(backward, &share, active, t, sums_gradient, sums_stride, inputs_side_by_side);
  }
  scatter_state(&share, hidden, units, a->initial_hidden_gradient);
  scatter_state(&share, cell, units, a->initial_cell_gradient);
}

/* The hidden values of the step before, or the initial ones. */
static const float* hidden_before(const struct lstm_backward* a, int64_t t, int64_t row, const float* zeros) {
  int64_t before = a->backwards ? t + 1 : t - 1;
  bool first = a->backwards ? before >= row_length(a->lengths, row, a->time) : before < 0;
  if (!first) return a->outputs + (before * a->batch + row) * a->stride + a->offset;
  return a->initial_hidden == NULL ? zeros : a->initial_hidden + row * a->units;
}

/* Sums over all steps of all rows, time by time; padding takes no part. */
static void weight_gradients(const struct lstm_backward* a) {
  static const float one = 1;
  int64_t width = 4 * a->units, places = a->time * a->batch, count = 0;
  const float** rows = scratch(0, SCRATCH_ROWS_B, (size_t)(places * 4) * sizeof *rows);
  const float **inputs = rows, **gradients = rows + places, **hidden = rows + 2 * places, **ones = rows + 3 * places;
  float* zeros = scratch(0, SCRATCH_HIDDEN, (size_t)a->units * 4);
  memset(zeros, 0, (size_t)a->units * 4);
  for (int64_t t = 0; t < a->time; t++)
    for (int64_t row = 0; row < a->batch; row++) {
      if (t >= row_length(a->lengths, row, a->time)) continue;
      inputs[count] = a->sequence + (t * a->batch + row) * a->inputs;
      gradients[count] = a->gates + (t * a->batch + row) * width;
      hidden[count] = hidden_before(a, t, row, zeros);
      ones[count++] = &one;
    }
  add_outer_products(&(struct outer_products){.count = count,
                                              .columns = width,
                                              .right = gradients,
                                              .fresh = true,
                                              .gradients = {{inputs, 0, a->inputs, a->kernel_gradient},
                                                            {hidden, 0, a->units, a->recurrent_gradient},
                                                            {ones, 0, 1, a->bias_gradient}}});
}

static struct matrix_view transposed_view(const float* values, int64_t rows, int64_t columns) {
  return (struct matrix_view){values, columns, rows, 1, columns};
}

static void lstm_backward(const struct lstm_backward* arguments) {
  int64_t width = 4 * arguments->units;
  struct backward backward = {.arguments = arguments,
                              .order = sort_rows(arguments->batch, arguments->time, arguments->lengths),
                              .parts = smaller(thread_count(), arguments->batch)};
  backward.recurrent = pack_panels(transposed_view(arguments->recurrent, arguments->units, width), SCRATCH_PANELS_B);
  if (arguments->sequence_gradient != NULL)
    backward.kernel = pack_panels(transposed_view(arguments->kernel, arguments->inputs, width), SCRATCH_PANELS_A);
  run_parts(backward.parts, backward_part, &backward);
  weight_gradients(arguments);
}
