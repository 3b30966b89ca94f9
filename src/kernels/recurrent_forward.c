/** @file The forward pass of one direction of a recurrent layer, for any cell. */
#include "recurrent.h"

/* A matrix of weights [rows, columns] and its panels, which have no values if few rows use them. */
struct weights {
  const float* values;
  int64_t rows, columns;
  ptrdiff_t stride;
  struct panels panels;
};

struct forward {
  const struct recurrent_forward* arguments;
  const struct cell* cell;
  int64_t width; /* of all gates */
  bool apart;    /* the recurrent matmul has its own sums and bias */
  struct weights kernel, recurrent[MAX_STAGES];
  struct panels by_gate[MAX_GATES]; /* the recurrent weights of each gate, if threads split the units */
  struct weights joined;            /* the kernel's rows, then the recurrent ones, if a step uses both in one matmul */
  const float* projected;           /* [vocabulary, width] for an input of tokens: bias + table · kernel */
  const int32_t* order;
  int64_t parts;
};

static void pack_weights(struct weights* weights, enum scratch_purpose purpose) {
  weights->panels =
      pack_panels((struct matrix_view){weights->values, weights->rows, weights->columns, weights->stride, 1}, purpose);
}

/* output += left · weights, in the columns of the panels first … last - 1. */
static void multiply_weights(int64_t rows, const float* left, const struct weights* weights, int64_t first,
                             int64_t last, float* output, ptrdiff_t output_stride, int worker) {
  int64_t column = first * PANEL, past = min64(last * PANEL, weights->columns);
  if (weights->panels.values == NULL)
    multiply_few_rows(rows, weights->rows, left, weights->rows, weights->values, weights->stride, column, past, output,
                      output_stride, worker);
  else
    multiply_panels(rows, left, weights->rows, some_panels(weights->panels, column, past - column), output + column,
                    output_stride);
}

static int64_t panel_count(const struct weights* weights) { return ceil_div(weights->columns, PANEL); }

/* --- the input's part of the sums --- */

/* Copies the inputs at these positions side by side; null if the input is tokens. */
static const float* gather_inputs(const struct forward* forward, int64_t count, const int64_t* positions, int worker) {
  const struct recurrent_forward* a = forward->arguments;
  if (forward->projected != NULL) return NULL;
  float* inputs = scratch(worker, SCRATCH_INPUTS, (size_t)(count * a->inputs) * 4);
  for (int64_t index = 0; index < count; index++)
    memcpy(inputs + index * a->inputs, a->sequence + positions[index] * a->inputs, (size_t)a->inputs * 4);
  return inputs;
}

/* sums [count, width] = bias + inputs · kernel, in the columns of the panels first … last - 1. */
static void project(const struct forward* forward, int64_t count, const int64_t* positions, const float* inputs,
                    int64_t first, int64_t last, float* sums, int64_t stride, int worker) {
  const struct recurrent_forward* a = forward->arguments;
  int64_t column = first * PANEL, columns = min64(last * PANEL, forward->width) - column;
  for (int64_t index = 0; index < count; index++) {
    const float* from =
        forward->projected == NULL ? a->bias : forward->projected + a->tokens[positions[index]] * forward->width;
    memcpy(sums + index * stride + column, from + column, (size_t)columns * 4);
  }
  if (inputs != NULL) multiply_weights(count, inputs, &forward->kernel, first, last, sums, stride, worker);
}

enum { TABLE_ROWS_IN_PART = 4 * TILE_ROWS };

static void table_part(int64_t part, int worker, const void* context) {
  const struct forward* forward = context;
  const struct recurrent_forward* a = forward->arguments;
  int64_t first = part * TABLE_ROWS_IN_PART, rows = min64(TABLE_ROWS_IN_PART, a->vocabulary - first);
  float* projected = (float*)forward->projected + first * forward->width;
  for (int64_t row = 0; row < rows; row++)
    memcpy(projected + row * forward->width, a->bias, (size_t)forward->width * 4);
  multiply_weights(rows, a->sequence + first * a->inputs, &forward->kernel, 0, panel_count(&forward->kernel), projected,
                   forward->width, worker);
}

/* --- steps --- */

/* The rows active at a step, side by side. */
struct step {
  const struct forward* forward;
  int64_t rows;
  const int64_t* positions; /* positions of the rows in the sequence */
  float *sums, *recurrent_sums;
  int64_t stride;    /* stride of the sums */
  const float* mask; /* null without dropout */
  const float* before;
  float* read;                   /* with dropout: before · mask */
  float *hidden, *cell, *factor; /* hidden may be the same memory as `before` */
};

/* What the recurrent matmul reads. */
static const float* read_of(const struct step* step) { return step->mask == NULL ? step->before : step->read; }

static void mask_hidden(const struct step* step) {
  if (step->mask == NULL) return;
  apply_mask(step->rows * step->forward->arguments->units, step->before, step->mask, step->read);
}

/* Runs the units first … last - 1 of a stage, after its matmul. */
static void run_stage(const struct step* step, const struct stage* stage, int64_t first, int64_t last) {
  const struct recurrent_forward* a = step->forward->arguments;
  int64_t units = a->units, saved = cell_sizes[a->cell].saved * units;
  for (int64_t index = 0; index < step->rows; index++)
    stage->forward(&(struct forward_row){.units = units,
                                         .first = first,
                                         .last = last,
                                         .sums = step->sums + index * step->stride,
                                         .recurrent_sums = step->recurrent_sums + index * step->stride,
                                         .before = step->before + index * units,
                                         .read = read_of(step) + index * units,
                                         .hidden = step->hidden + index * units,
                                         .cell = step->cell + index * units,
                                         .factor = step->factor + index * units,
                                         .saved = a->saved == NULL ? NULL : a->saved + step->positions[index] * saved});
}

/* Starts the columns first … last - 1 of the recurrent sums with the bias. */
static void start_recurrent_sums(const struct step* step, int64_t first, int64_t last) {
  const struct forward* forward = step->forward;
  if (!forward->apart) return;
  for (int64_t index = 0; index < step->rows; index++)
    memcpy(step->recurrent_sums + index * step->stride + first, forward->arguments->bias + forward->width + first,
           (size_t)(last - first) * 4);
}

static void take_step(const struct step* step, int worker) {
  const struct forward* forward = step->forward;
  int64_t units = forward->arguments->units;
  start_recurrent_sums(step, 0, forward->width);
  mask_hidden(step);
  for (int64_t index = 0; index < stage_count(forward->cell); index++) {
    const struct stage* stage = &forward->cell->stages[index];
    const struct weights* weights = &forward->recurrent[index];
    multiply_weights(step->rows, index == 0 ? read_of(step) : step->factor, weights, 0, panel_count(weights),
                     step->recurrent_sums + stage->first_gate * units, step->stride, worker);
    run_stage(step, stage, 0, units);
  }
}

/* Writes the outputs of the units first … last - 1, zero past a row's length; does nothing if they are not wanted. */
static void write_outputs(const struct recurrent_forward* a, const struct row_subset* subset, int64_t t, int64_t active,
                          const float* hidden, int64_t hidden_stride, int64_t first, int64_t last) {
  size_t bytes = (size_t)(last - first) * 4;
  for (int64_t index = 0; index < subset->rows && a->outputs != NULL; index++) {
    float* output = a->outputs + (t * a->batch + subset->order[index]) * a->stride + a->offset + first;
    if (index < active)
      memcpy(output, hidden + index * hidden_stride + first, bytes);
    else
      memset(output, 0, bytes);
  }
}

/* Allocates a step's working memory and copies the initial state of its rows. */
static struct step begin(const struct forward* forward, const struct row_subset* subset, float* hidden, int worker) {
  const struct recurrent_forward* a = forward->arguments;
  int64_t stride = padded_stride(forward->width);
  size_t state_bytes = (size_t)(subset->rows * a->units) * 4;
  struct step step = {.forward = forward, .stride = stride, .before = hidden, .hidden = hidden};
  step.cell = scratch(worker, SCRATCH_CELL, state_bytes);
  step.factor = scratch(worker, SCRATCH_FACTOR, state_bytes);
  step.mask = gather_mask(subset, a->mask, a->units, worker);
  if (step.mask != NULL) step.read = scratch(worker, SCRATCH_READ, state_bytes);
  if (forward->apart)
    step.recurrent_sums = scratch(worker, SCRATCH_RECURRENT_GATES, (size_t)(subset->rows * stride) * 4);
  gather_state(subset, a->initial_hidden, a->units, hidden, a->units);
  gather_state(subset, a->initial_cell, a->units, step.cell, a->units);
  return step;
}

static void forward_part(int64_t part, int worker, const void* context) {
  const struct forward* forward = context;
  const struct recurrent_forward* a = forward->arguments;
  struct row_subset subset = subset_of(part, forward->parts, a->batch, a->lengths, forward->order, worker);
  if (subset.rows == 0) return;
  struct step step =
      begin(forward, &subset, scratch(worker, SCRATCH_HIDDEN, (size_t)(subset.rows * a->units) * 4), worker);
  int64_t* positions = scratch(worker, SCRATCH_POSITIONS, (size_t)rows_together(&subset) * sizeof *positions);
  float* sums = scratch(worker, SCRATCH_GATES, (size_t)(rows_together(&subset) * step.stride) * 4);

  for (int64_t first = 0, last; first < a->time; first = last) {
    last = min64(a->time, first + steps_together(&subset));
    int64_t count = list_positions(&subset, a->time, a->batch, a->backwards, first, last, positions), done = 0;
    project(forward, count, positions, gather_inputs(forward, count, positions, worker), 0,
            panel_count(&forward->kernel), sums, step.stride, worker);
    for (int64_t index = first; index < last; index++) {
      int64_t t = step_time(a->backwards, index, a->time);
      step.rows = active_rows(&subset, t);
      step.positions = positions + done;
      step.sums = sums + done * step.stride;
      if (!forward->apart) step.recurrent_sums = step.sums;
      take_step(&step, worker);
      write_outputs(a, &subset, t, step.rows, step.hidden, a->units, 0, a->units);
      done += step.rows;
    }
  }
  scatter_state(&subset, step.hidden, a->units, a->units, a->last_hidden);
  scatter_state(&subset, step.cell, a->units, a->units, a->last_cell);
}

/* --- steps whose sums are one matmul: of input and hidden state side by side, or of the hidden state alone if the
 * input is tokens --- */

enum { MAX_JOINED = 1 << 18 }; /* weights; with more of them, a separate input matmul for several steps is faster */

static bool joins(const struct forward* forward) {
  const struct recurrent_forward* a = forward->arguments;
  return !forward->apart && stage_count(forward->cell) == 1 &&
         (a->tokens != NULL || (a->inputs + a->units) * forward->width <= MAX_JOINED);
}

static void join_weights(struct forward* forward) {
  const struct recurrent_forward* a = forward->arguments;
  int64_t width = forward->width, inputs = a->tokens != NULL ? 0 : a->inputs;
  forward->joined =
      (struct weights){.values = a->recurrent, .rows = inputs + a->units, .columns = width, .stride = width};
  if (inputs > 0) {
    float* values = scratch(0, SCRATCH_SCALED_INPUTS, (size_t)(forward->joined.rows * width) * 4);
    memcpy(values, a->kernel, (size_t)(inputs * width) * 4);
    memcpy(values + inputs * width, a->recurrent, (size_t)(a->units * width) * 4);
    forward->joined.values = values;
  }
  pack_weights(&forward->joined, SCRATCH_PANELS_B);
}

/* left [rows, joined.rows]: inputs and hidden state side by side. Without dropout the hidden state is kept there only.
 */
struct joined_state {
  float* left;
  const float* mask; /* null without dropout */
  float* hidden;
  int64_t hidden_stride;
  float *cell, *sums;
  int64_t stride; /* of the sums */
};

static struct joined_state begin_joined(const struct forward* forward, const struct row_subset* subset, int worker) {
  const struct recurrent_forward* a = forward->arguments;
  int64_t units = a->units, row_width = forward->joined.rows, inputs = row_width - units;
  size_t state_bytes = (size_t)(subset->rows * units) * 4;
  struct joined_state state = {.stride = padded_stride(forward->width)};
  state.left = scratch(worker, SCRATCH_HIDDEN, (size_t)(subset->rows * row_width) * 4);
  state.cell = scratch(worker, SCRATCH_CELL, state_bytes);
  state.sums = scratch(worker, SCRATCH_GATES, (size_t)(subset->rows * state.stride) * 4);
  state.mask = gather_mask(subset, a->mask, units, worker);
  state.hidden = state.mask == NULL ? state.left + inputs : scratch(worker, SCRATCH_READ, state_bytes);
  state.hidden_stride = state.mask == NULL ? row_width : units;
  gather_state(subset, a->initial_hidden, units, state.hidden, state.hidden_stride);
  gather_state(subset, a->initial_cell, units, state.cell, units);
  return state;
}

/* Prefetches a row's inputs and the place of its saved values at the next step. */
PREFETCHING void fetch_next_step(const struct forward* forward, int64_t position, int64_t inputs, int64_t saved) {
  const struct recurrent_forward* a = forward->arguments;
  int64_t next = a->backwards ? position - a->batch : position + a->batch;
  if (next < 0 || next >= a->time * a->batch) return;
  fetch_floats(a->sequence + next * inputs, inputs);
  if (a->saved != NULL) fetch_floats(a->saved + next * saved, saved);
}

static void take_joined_step(const struct forward* forward, int64_t rows, const int64_t* positions,
                             const struct joined_state* state) {
  const struct recurrent_forward* a = forward->arguments;
  float *left = state->left, *sums = state->sums;
  int64_t stride = state->stride;
  int64_t units = a->units, row_width = forward->joined.rows, inputs = row_width - units;
  int64_t saved = cell_sizes[a->cell].saved * units;
  struct target to = {a->bias, 0, sums, stride};
  if (forward->projected != NULL) {
    for (int64_t row = 0; row < rows; row++)
      memcpy(sums + row * stride, forward->projected + a->tokens[positions[row]] * forward->width,
             (size_t)forward->width * 4);
    to = in_place(sums, stride);
  }
  for (int64_t row = 0; row < rows && inputs > 0; row++)
    memcpy(left + row * row_width, a->sequence + positions[row] * inputs, (size_t)inputs * 4);
  for (int64_t row = 0; row < rows && state->mask != NULL; row++)
    apply_mask(units, state->hidden + row * units, state->mask + row * units, left + row * row_width + inputs);
  multiply_panels_from(rows, left, row_width, forward->joined.panels, to);
  bool fetches = fetches_steps(rows, saved);
  for (int64_t row = 0; row < rows; row++) {
    float* hidden = state->hidden + row * state->hidden_stride;
    if (fetches) fetch_next_step(forward, positions[row], inputs, saved);
    forward->cell->stages[0].forward(
        &(struct forward_row){.units = units,
                              .last = units,
                              .sums = sums + row * stride,
                              .before = hidden,
                              .read = left + row * row_width + inputs,
                              .hidden = hidden,
                              .cell = state->cell + row * units,
                              .saved = a->saved == NULL ? NULL : a->saved + positions[row] * saved});
  }
}

static void joined_part(int64_t part, int worker, const void* context) {
  const struct forward* forward = context;
  const struct recurrent_forward* a = forward->arguments;
  struct row_subset subset = subset_of(part, forward->parts, a->batch, a->lengths, forward->order, worker);
  if (subset.rows == 0) return;
  struct joined_state state = begin_joined(forward, &subset, worker);
  int64_t* positions = scratch(worker, SCRATCH_POSITIONS, (size_t)subset.rows * sizeof *positions);
  for (int64_t index = 0; index < a->time; index++) {
    int64_t rows = list_positions(&subset, a->time, a->batch, a->backwards, index, index + 1, positions);
    take_joined_step(forward, rows, positions, &state);
    write_outputs(a, &subset, step_time(a->backwards, index, a->time), rows, state.hidden, state.hidden_stride, 0,
                  a->units);
  }
  scatter_state(&subset, state.hidden, state.hidden_stride, a->units, a->last_hidden);
  scatter_state(&subset, state.cell, a->units, a->units, a->last_cell);
}

/* --- threads split the units, and wait for each other after each stage --- */

static struct matrix_view gate_weights(const struct recurrent_forward* a, int64_t gate) {
  int64_t width = cell_sizes[a->cell].gates * a->units;
  return (struct matrix_view){a->recurrent + gate * a->units, a->units, a->units, width, 1};
}

static void gate_packing_part(int64_t part, int worker, const void* context) {
  (void)worker;
  const struct forward* forward = context;
  int64_t count = ceil_div(forward->arguments->units, PANEL), runs = ceil_div(count, PACKED_TOGETHER);
  int64_t gate = part / runs, first = part % runs * PACKED_TOGETHER;
  pack_from_rows(gate_weights(forward->arguments, gate), first, min64(first + PACKED_TOGETHER, count),
                 (float*)forward->by_gate[gate].values);
}

/* Packs the weights of each gate on their own, so that panels start at the same units in all gates. */
static void pack_by_gate(struct forward* forward) {
  int64_t units = forward->arguments->units, gates = cell_sizes[forward->arguments->cell].gates;
  int64_t count = ceil_div(units, PANEL), size = count * elements(units) * PANEL;
  float* packed = scratch(0, SCRATCH_PANELS_B, (size_t)(gates * size) * 4);
  for (int64_t gate = 0; gate < gates; gate++)
    forward->by_gate[gate] = (struct panels){packed + gate * size, units, units};
  run_parts(gates * ceil_div(count, PACKED_TOGETHER), gate_packing_part, forward);
}

struct unit_stage {
  const struct step* step;
  const struct row_subset* subset;
  int64_t stage, parts, t;
};

/* A stage of the units first … last - 1: their matmul and equations. */
static void run_units(const struct unit_stage* unit_stage, int64_t first, int64_t last, int worker) {
  const struct step* step = unit_stage->step;
  const struct forward* forward = step->forward;
  const struct stage* stage = &forward->cell->stages[unit_stage->stage];
  const float* left = unit_stage->stage == 0 ? read_of(step) : step->factor;
  int64_t units = forward->arguments->units;
  for (int64_t gate = stage->first_gate; gate < stage->last_gate; gate++) {
    int64_t column = gate * units + first, past = gate * units + last;
    start_recurrent_sums(step, column, past);
    if (forward->by_gate[gate].values == NULL)
      multiply_few_rows(step->rows, units, left, units, forward->arguments->recurrent, forward->width, column, past,
                        step->recurrent_sums, step->stride, worker);
    else
      multiply_panels(step->rows, left, units, some_panels(forward->by_gate[gate], first, last - first),
                      step->recurrent_sums + column, step->stride);
  }
  run_stage(step, stage, first, last);
}

static void unit_part(int64_t part, int worker, const void* context) {
  const struct unit_stage* unit_stage = context;
  const struct step* step = unit_stage->step;
  const struct recurrent_forward* a = step->forward->arguments;
  bool packed = step->forward->by_gate[0].values != NULL;
  int64_t units = a->units, grain = packed ? PANEL : LANES;
  int64_t first = first_unit(units, part, unit_stage->parts, grain);
  int64_t last = first_unit(units, part + 1, unit_stage->parts, grain);
  int64_t together = packed ? PANEL : units; /* the sums of a panel's units are used while they are in the L1 cache */
  for (int64_t unit = first; unit < last; unit += together)
    run_units(unit_stage, unit, min64(unit + together, last), worker);
  if (unit_stage->stage < stage_count(step->forward->cell) - 1) return;
  for (int64_t row = step->rows; row < a->batch; row++)
    memcpy(step->hidden + row * units + first, step->before + row * units + first, (size_t)(last - first) * 4);
  write_outputs(a, unit_stage->subset, unit_stage->t, step->rows, step->hidden, units, first, last);
}

struct unit_projection {
  const struct forward* forward;
  int64_t count, parts, stride;
  const int64_t* positions;
  const float* inputs;
  float* sums;
};

static void projection_part(int64_t part, int worker, const void* context) {
  const struct unit_projection* p = context;
  int64_t panels = panel_count(&p->forward->kernel);
  project(p->forward, p->count, p->positions, p->inputs, panels * part / p->parts, panels * (part + 1) / p->parts,
          p->sums, p->stride, worker);
}

static void forward_by_units(const struct forward* forward) {
  const struct recurrent_forward* a = forward->arguments;
  size_t state_floats = (size_t)(a->batch * a->units);
  struct row_subset all = {a->batch, forward->order, a->lengths};
  float* hidden = scratch(0, SCRATCH_HIDDEN, 2 * state_floats * 4);
  float* next_hidden = hidden + state_floats;
  struct step step = begin(forward, &all, hidden, 0);
  int64_t* positions = scratch(0, SCRATCH_POSITIONS, (size_t)rows_together(&all) * sizeof *positions);
  float* sums = scratch(0, SCRATCH_GATES, (size_t)(rows_together(&all) * step.stride) * 4);

  for (int64_t first = 0, last; first < a->time; first = last) {
    last = min64(a->time, first + steps_together(&all));
    int64_t count = list_positions(&all, a->time, a->batch, a->backwards, first, last, positions), done = 0;
    const float* inputs = gather_inputs(forward, count, positions, 0);
    struct unit_projection projection = {forward, count, forward->parts, step.stride, positions, inputs, sums};
    run_parts(forward->parts, projection_part, &projection);
    for (int64_t index = first; index < last; index++) {
      int64_t t = step_time(a->backwards, index, a->time);
      step.rows = active_rows(&all, t);
      step.positions = positions + done;
      step.sums = sums + done * step.stride;
      if (!forward->apart) step.recurrent_sums = step.sums;
      step.before = hidden;
      step.hidden = next_hidden;
      mask_hidden(&step);
      for (int64_t stage = 0; stage < stage_count(forward->cell); stage++)
        run_parts(forward->parts, unit_part, &(struct unit_stage){&step, &all, stage, forward->parts, t});
      done += step.rows;
      next_hidden = hidden;
      hidden = step.hidden;
    }
  }
  scatter_state(&all, hidden, a->units, a->units, a->last_hidden);
  scatter_state(&all, step.cell, a->units, a->units, a->last_cell);
}

static void project_table(struct forward* forward) {
  const struct recurrent_forward* a = forward->arguments;
  forward->projected = scratch(0, SCRATCH_PROJECTED, (size_t)(a->vocabulary * forward->width) * 4);
  run_parts(ceil_div(a->vocabulary, TABLE_ROWS_IN_PART), table_part, forward);
}

static void recurrent_forward(const struct recurrent_forward* a) {
  if (a->batch == 0) return; /* every result has a row for each row of the batch */
  int64_t width = cell_sizes[a->cell].gates * a->units;
  struct forward forward = {.arguments = a,
                            .cell = all_cells[a->cell],
                            .width = width,
                            .apart = cell_sizes[a->cell].biases == 2,
                            .kernel = {a->kernel, a->inputs, width, width, {0}},
                            .order = sort_rows(a->batch, a->time, a->lengths)};
  bool by_units = splits_units(a->batch, a->units * width);
  int64_t rows = by_units ? a->batch : ceil_div(a->batch, min64(thread_count(), a->batch));
  bool packs = a->time * rows > FEW_ROWS, joined = !by_units && packs && joins(&forward);
  if (a->tokens == NULL ? packs && !joined : a->vocabulary > FEW_ROWS) pack_weights(&forward.kernel, SCRATCH_PANELS_A);
  if (a->tokens != NULL) project_table(&forward);
  forward.parts = min64(thread_count(), a->batch);
  if (joined) {
    join_weights(&forward);
    run_parts(forward.parts, joined_part, &forward);
    return;
  }
  static const enum scratch_purpose purposes[MAX_STAGES] = {SCRATCH_PANELS_B, SCRATCH_PANELS_C};
  for (int64_t index = 0; index < stage_count(forward.cell); index++) {
    const struct stage* stage = &forward.cell->stages[index];
    forward.recurrent[index] = (struct weights){.values = a->recurrent + stage->first_gate * a->units,
                                                .rows = a->units,
                                                .columns = (stage->last_gate - stage->first_gate) * a->units,
                                                .stride = width};
    if (!by_units && packs) pack_weights(&forward.recurrent[index], purposes[index]);
  }
  if (by_units) {
    if (packs) pack_by_gate(&forward);
    forward.parts = min64(thread_count(), (a->inputs + a->units) * width / MIN_WEIGHTS + 1);
    forward_by_units(&forward);
  } else {
    run_parts(forward.parts, forward_part, &forward);
  }
}
