/** @file The backward pass of one direction of a recurrent layer, for any cell. */
#include "recurrent.h"

struct backward {
  const struct recurrent_backward* arguments;
  const struct cell* cell;
  int64_t width;                               /* of all gates */
  bool apart;                                  /* the recurrent matmul has its own sums and bias */
  struct panels kernel, recurrent[MAX_STAGES]; /* transposed */
  const float* zeros;                          /* [units] */
  const float* read; /* with dropout, [time, batch, units]: the hidden state before each step, with its mask */
  const int32_t* order;
  int64_t parts;
};

static bool is_first_step(const struct recurrent_backward* a, int64_t t, int64_t row) {
  return a->backwards ? t + 1 >= row_length(a->lengths, row, a->time) : t == 0;
}

static int64_t position_before(const struct recurrent_backward* a, int64_t position) {
  return a->backwards ? position + a->batch : position - a->batch;
}

static const float* initial_row(const struct backward* backward, const float* initial, int64_t row) {
  return initial == NULL ? backward->zeros : initial + row * backward->arguments->units;
}

/* The hidden state before a step, or the initial one. */
static const float* hidden_before(const struct backward* backward, int64_t position) {
  const struct recurrent_backward* a = backward->arguments;
  int64_t t = position / a->batch, row = position % a->batch;
  return is_first_step(a, t, row) ? initial_row(backward, a->initial_hidden, row)
                                  : a->outputs + position_before(a, position) * a->stride + a->offset;
}

/* The hidden state before a step as the recurrent matmul read it. */
static const float* read_before(const struct backward* backward, int64_t position) {
  return backward->read == NULL ? hidden_before(backward, position)
                                : backward->read + position * backward->arguments->units;
}

static void read_part(int64_t t, int worker, const void* context) {
  (void)worker;
  const struct backward* backward = context;
  const struct recurrent_backward* a = backward->arguments;
  float* read = (float*)backward->read;
  for (int64_t row = 0; row < a->batch; row++) {
    int64_t position = t * a->batch + row;
    if (t < row_length(a->lengths, row, a->time))
      apply_mask(a->units, hidden_before(backward, position), a->mask + row * a->units, read + position * a->units);
  }
}

/* The LSTM's cell state before a step, the last of its saved values, or the initial one. */
static const float* cell_before(const struct backward* backward, int64_t position) {
  const struct recurrent_backward* a = backward->arguments;
  int64_t t = position / a->batch, row = position % a->batch, saved = cell_sizes[a->cell].saved;
  return is_first_step(a, t, row) ? initial_row(backward, a->initial_cell, row)
                                  : a->saved + (position_before(a, position) * saved + saved - 1) * a->units;
}

/* --- steps --- */

/* The rows active at a step, side by side, and the gradients of their state: on entry of the state after the step, on
 * return before it. */
struct step_back {
  int64_t rows;
  const int64_t* positions;
  float *hidden, *cell, *factor;
  const float* mask;    /* null without dropout */
  float* read_gradient; /* with dropout, of what the recurrent matmul read; else `hidden` */
  float *gradients, *recurrent_gradients;
  int64_t stride; /* of the gradients */
};

/* The gradient of what the recurrent matmul read becomes a part of the hidden state's. */
static void unmask_gradient(const struct step_back* step, int64_t rows, int64_t units, int64_t first, int64_t last) {
  for (int64_t start = 0; start < rows * units && step->mask != NULL; start += units)
    for (int64_t j = start + first, end = start + last; j < end; j += LANES) {
      int64_t left = end - j;
      vector gradient = load_up_to(step->read_gradient + j, left) * load_up_to(step->mask + j, left);
      store_up_to(step->hidden + j, load_up_to(step->hidden + j, left) + gradient, left);
    }
}

/* output [rows, units], in the columns first … last - 1, = zero. */
static void clear_columns(float* output, int64_t rows, int64_t units, int64_t first, int64_t last) {
  for (int64_t row = 0; row < rows; row++) memset(output + row * units + first, 0, (size_t)(last - first) * 4);
}

static void add_output_gradients(const struct recurrent_backward* a, const struct step_back* step, int64_t first,
                                 int64_t last) {
  if (a->outputs_gradient == NULL) return;
  for (int64_t index = 0; index < step->rows; index++) {
    const float* gradient = a->outputs_gradient + step->positions[index] * a->stride + a->offset;
    float* hidden = step->hidden + index * a->units;
    for (int64_t j = first; j < last; j += LANES) {
      int64_t left = last - j;
      store_up_to(hidden + j, load_up_to(hidden + j, left) + load_up_to(gradient + j, left), left);
    }
  }
}

/* Prefetches the saved values of a row, two steps before this one. */
PREFETCHING void fetch_saved(const struct recurrent_backward* a, int64_t position, int64_t saved) {
  int64_t before = position_before(a, position_before(a, position));
  if (before >= 0 && before < a->time * a->batch) fetch_floats(a->saved + before * saved, saved);
}

/* The equations of a stage, for the units first … last - 1; with the last stage, the step begins. */
static void run_stage_back(const struct backward* backward, const struct step_back* step, int64_t number, int64_t first,
                           int64_t last) {
  const struct recurrent_backward* a = backward->arguments;
  int64_t units = a->units, saved = cell_sizes[a->cell].saved * units;
  if (number == stage_count(backward->cell) - 1) {
    add_output_gradients(a, step, first, last);
    if (step->mask != NULL) clear_columns(step->read_gradient, step->rows, units, first, last);
  }
  bool fetches = number == 0 && fetches_steps(step->rows, saved);
  for (int64_t index = 0; index < step->rows; index++) {
    if (fetches) fetch_saved(a, step->positions[index], saved);
    backward->cell->stages[number].backward(&(struct backward_row){
        .units = units,
        .first = first,
        .last = last,
        .saved = a->saved + step->positions[index] * saved,
        .before = hidden_before(backward, step->positions[index]),
        .read = read_before(backward, step->positions[index]),
        .cell_before = cell_before(backward, step->positions[index]),
        .hidden_gradient = step->hidden + index * units,
        .read_gradient = step->read_gradient + index * units,
        .cell_gradient = step->cell + index * units,
        .factor_gradient = step->factor + index * units,
        .gradients = step->gradients + index * step->stride,
        .recurrent_gradients = step->recurrent_gradients + index * step->stride,
    });
  }
}

/* The matmul of a stage, after its equations for all units: the gradient of what it read, for the units first … last -
 * 1. */
static void multiply_back(const struct backward* backward, const struct step_back* step, int64_t number, int64_t first,
                          int64_t last) {
  int64_t units = backward->arguments->units;
  float* to = number == 0 ? step->read_gradient : step->factor;
  if (number > 0) clear_columns(to, step->rows, units, first, last);
  multiply_panels(step->rows, step->recurrent_gradients + backward->cell->stages[number].first_gate * units,
                  step->stride, some_panels(backward->recurrent[number], first, last - first), to + first, units);
  if (number == 0) unmask_gradient(step, step->rows, units, first, last);
}

/* Overwrites the saved values of the units first … last - 1 with the gradients of the sums, from which the weights'
 * gradients are computed. */
static void keep_gradients(const struct backward* backward, const struct step_back* step, int64_t first, int64_t last) {
  int64_t units = backward->arguments->units, gates = cell_sizes[backward->arguments->cell].gates;
  int64_t saved = cell_sizes[backward->arguments->cell].saved * units;
  size_t bytes = (size_t)(last - first) * 4;
  for (int64_t index = 0; index < step->rows; index++) {
    float* row = backward->arguments->saved + step->positions[index] * saved;
    for (int64_t column = first; column < gates * units; column += units) {
      memcpy(row + column, step->gradients + index * step->stride + column, bytes);
      if (backward->apart)
        memcpy(row + backward->width + column, step->recurrent_gradients + index * step->stride + column, bytes);
    }
  }
}

static void take_step_back(const struct backward* backward, const struct step_back* step) {
  int64_t units = backward->arguments->units;
  for (int64_t number = stage_count(backward->cell) - 1; number >= 0; number--) {
    run_stage_back(backward, step, number, 0, units);
    multiply_back(backward, step, number, 0, units);
  }
  keep_gradients(backward, step, 0, units);
}

static void clear_padding(const struct recurrent_backward* a, const struct row_subset* subset) {
  for (int64_t t = 0; t < a->time; t++)
    for (int64_t index = active_rows(subset, t); index < subset->rows; index++)
      memset(a->sequence_gradient + (t * a->batch + subset->order[index]) * a->inputs, 0, (size_t)a->inputs * 4);
}

/* At these positions, for the inputs first … last - 1: sequence_gradient = or += gradients · kernelᵀ. */
static void add_sequence_gradient(const struct backward* backward, int64_t count, const int64_t* positions,
                                  const float* gradients, int64_t stride, int64_t first, int64_t last, int worker) {
  const struct recurrent_backward* a = backward->arguments;
  int64_t width = last - first;
  size_t row_bytes = (size_t)width * 4;
  float* side_by_side = scratch(worker, SCRATCH_INPUTS, (size_t)count * row_bytes);
  if (a->accumulate)
    for (int64_t index = 0; index < count; index++)
      memcpy(side_by_side + index * width, a->sequence_gradient + positions[index] * a->inputs + first, row_bytes);
  else
    memset(side_by_side, 0, (size_t)count * row_bytes);
  multiply_panels(count, gradients, stride, some_panels(backward->kernel, first, width), side_by_side, width);
  for (int64_t index = 0; index < count; index++)
    memcpy(a->sequence_gradient + positions[index] * a->inputs + first, side_by_side + index * width, row_bytes);
}

/* Allocates the gradients of the state of a subset's rows, and copies those of its last state. */
static struct step_back begin_back(const struct backward* backward, const struct row_subset* subset, int worker) {
  const struct recurrent_backward* a = backward->arguments;
  size_t state_bytes = (size_t)(subset->rows * a->units) * 4;
  struct step_back step = {.stride = padded_stride(backward->width)};
  step.hidden = scratch(worker, SCRATCH_HIDDEN, state_bytes);
  step.cell = scratch(worker, SCRATCH_CELL, state_bytes);
  step.factor = scratch(worker, SCRATCH_FACTOR, state_bytes);
  step.mask = gather_mask(subset, a->mask, a->units, worker);
  step.read_gradient = step.mask == NULL ? step.hidden : scratch(worker, SCRATCH_READ, state_bytes);
  gather_state(subset, a->last_hidden_gradient, a->units, step.hidden, a->units);
  gather_state(subset, a->last_cell_gradient, a->units, step.cell, a->units);
  return step;
}

static void backward_part(int64_t part, int worker, const void* context) {
  const struct backward* backward = context;
  const struct recurrent_backward* a = backward->arguments;
  struct row_subset subset = subset_of(part, backward->parts, a->batch, a->lengths, backward->order, worker);
  if (subset.rows == 0) return;
  bool by_tokens = a->tokens != NULL, to_sequence = a->sequence_gradient != NULL && !by_tokens;
  if (to_sequence && !a->accumulate) clear_padding(a, &subset);

  struct step_back step = begin_back(backward, &subset, worker);
  if (backward->apart)
    step.recurrent_gradients = scratch(worker, SCRATCH_RECURRENT_GATES, (size_t)(subset.rows * step.stride) * 4);
  int64_t* positions = scratch(worker, SCRATCH_POSITIONS, (size_t)rows_together(&subset) * sizeof *positions);
  float* gradients = scratch(worker, SCRATCH_GATES, (size_t)(rows_together(&subset) * step.stride) * 4);

  for (int64_t last = a->time, first; last > 0; last = first) {
    first = last > steps_together(&subset) ? last - steps_together(&subset) : 0;
    int64_t count = list_positions(&subset, a->time, a->batch, a->backwards, first, last, positions), left = count;
    for (int64_t index = last - 1; index >= first; index--) {
      step.rows = active_rows(&subset, step_time(a->backwards, index, a->time));
      left -= step.rows;
      step.positions = positions + left;
      step.gradients = gradients + left * step.stride;
      if (!backward->apart) step.recurrent_gradients = step.gradients;
      take_step_back(backward, &step);
    }
    if (to_sequence) add_sequence_gradient(backward, count, positions, gradients, step.stride, 0, a->inputs, worker);
  }
  scatter_state(&subset, step.hidden, a->units, a->units, a->initial_hidden_gradient);
  scatter_state(&subset, step.cell, a->units, a->units, a->initial_cell_gradient);
}

/* --- threads split the units: each multiplies for its own units what all threads computed before, then runs its own
 * units' equations, so that threads wait for each other once for each stage --- */

struct unit_stage_back {
  const struct backward* backward;
  const struct step_back *multiplied, *step; /* the step whose matmul comes first, or null; the step of the equations,
                                                or null at the end */
  int64_t multiplied_stage, stage;
};

static void unit_part_back(int64_t part, int worker, const void* context) {
  (void)worker;
  const struct unit_stage_back* u = context;
  const struct backward* backward = u->backward;
  int64_t units = backward->arguments->units;
  int64_t first = first_unit(units, part, backward->parts, PANEL);
  int64_t last = first_unit(units, part + 1, backward->parts, PANEL);
  if (first == last) return;
  if (u->multiplied != NULL) multiply_back(backward, u->multiplied, u->multiplied_stage, first, last);
  if (u->step == NULL) return;
  run_stage_back(backward, u->step, u->stage, first, last);
  if (u->stage == 0) keep_gradients(backward, u->step, first, last);
}

/* The gradients of the sequence at a few steps. */
struct unit_sequence_back {
  const struct backward* backward;
  int64_t count, stride;
  const int64_t* positions;
  const float* gradients;
};

static void unit_sequence_part(int64_t part, int worker, const void* context) {
  const struct unit_sequence_back* u = context;
  int64_t inputs = u->backward->arguments->inputs;
  int64_t first = first_unit(inputs, part, u->backward->parts, PANEL);
  int64_t last = first_unit(inputs, part + 1, u->backward->parts, PANEL);
  if (first < last)
    add_sequence_gradient(u->backward, u->count, u->positions, u->gradients, u->stride, first, last, worker);
}

static void backward_by_units(const struct backward* backward) {
  const struct recurrent_backward* a = backward->arguments;
  struct row_subset all = {a->batch, backward->order, a->lengths};
  bool to_sequence = a->sequence_gradient != NULL && a->tokens == NULL;
  if (to_sequence && !a->accumulate) clear_padding(a, &all);
  struct step_back step = begin_back(backward, &all, 0), before = step; /* before: the step that was run last */
  int64_t room = rows_together(&all) * step.stride, one_step = all.rows * step.stride;
  int64_t* positions = scratch(0, SCRATCH_POSITIONS, (size_t)(2 * rows_together(&all)) * sizeof *positions);
  float* gradients = scratch(0, SCRATCH_GATES, (size_t)(2 * room) * 4); /* the last step's are read in the next run */
  float* recurrent_gradients = scratch(0, SCRATCH_RECURRENT_GATES, (size_t)(backward->apart ? 2 * one_step : 1) * 4);
  int64_t stages = stage_count(backward->cell), run = 0;

  for (int64_t last = a->time, first; last > 0; last = first, run++) {
    first = last > steps_together(&all) ? last - steps_together(&all) : 0;
    float* here = gradients + run % 2 * room;
    int64_t* own = positions + run % 2 * rows_together(&all);
    int64_t count = list_positions(&all, a->time, a->batch, a->backwards, first, last, own), left = count;
    for (int64_t index = last - 1; index >= first; index--) {
      step.rows = active_rows(&all, step_time(a->backwards, index, a->time));
      left -= step.rows;
      step.positions = own + left;
      step.gradients = here + left * step.stride;
      step.recurrent_gradients = backward->apart ? recurrent_gradients + index % 2 * one_step : step.gradients;
      for (int64_t stage = stages - 1; stage >= 0; stage--) {
        bool begins = stage == stages - 1;
        struct unit_stage_back u = {backward, begins ? &before : &step, &step, begins ? 0 : stage + 1, stage};
        if (begins && index == a->time - 1) u.multiplied = NULL;
        run_parts(backward->parts, unit_part_back, &u);
      }
      before = step;
    }
    if (to_sequence)
      run_parts(backward->parts, unit_sequence_part,
                &(struct unit_sequence_back){backward, count, step.stride, own, here});
  }
  if (a->time > 0) run_parts(backward->parts, unit_part_back, &(struct unit_stage_back){backward, &before, NULL, 0, 0});
  scatter_state(&all, step.hidden, a->units, a->units, a->initial_hidden_gradient);
  scatter_state(&all, step.cell, a->units, a->units, a->initial_cell_gradient);
}

/* --- an input of tokens: the sums' gradients by token --- */

struct scattering {
  const struct backward* backward;
  float* by_token; /* [vocabulary, width] */
};

enum { SCATTERED_COLUMNS = 64 };

/* A band of columns; each token's positions in order. */
static void scattering_part(int64_t part, int worker, const void* context) {
  (void)worker;
  const struct scattering* scattering = context;
  const struct recurrent_backward* a = scattering->backward->arguments;
  int64_t width = scattering->backward->width, saved = cell_sizes[a->cell].saved * a->units;
  int64_t first = part * SCATTERED_COLUMNS, last = min64(first + SCATTERED_COLUMNS, width);
  for (int64_t token = 0; token < a->vocabulary; token++)
    memset(scattering->by_token + token * width + first, 0, (size_t)(last - first) * 4);
  for (int64_t position = 0; position < a->time * a->batch; position++) {
    if (position / a->batch >= row_length(a->lengths, position % a->batch, a->time)) continue;
    float* to = scattering->by_token + a->tokens[position] * width;
    const float* from = a->saved + position * saved;
    for (int64_t column = first; column < last; column += LANES) {
      int64_t left = last - column;
      store_up_to(to + column, load_up_to(to + column, left) + load_up_to(from + column, left), left);
    }
  }
}

static const float* gradients_by_token(const struct backward* backward) {
  const struct recurrent_backward* a = backward->arguments;
  struct scattering scattering = {backward,
                                  scratch(0, SCRATCH_PROJECTED, (size_t)(a->vocabulary * backward->width) * 4)};
  run_parts(ceil_div(backward->width, SCATTERED_COLUMNS), scattering_part, &scattering);
  return scattering.by_token;
}

struct table_gradient {
  const struct backward* backward;
  const float* by_token;
};

enum { TABLE_ROWS_IN_PART_BACK = 4 * TILE_ROWS };

static void table_gradient_part(int64_t part, int worker, const void* context) {
  (void)worker;
  const struct table_gradient* table = context;
  const struct recurrent_backward* a = table->backward->arguments;
  int64_t first = part * TABLE_ROWS_IN_PART_BACK, rows = min64(TABLE_ROWS_IN_PART_BACK, a->vocabulary - first);
  int64_t width = table->backward->width;
  float* gradient = a->sequence_gradient + first * a->inputs;
  if (!a->accumulate) memset(gradient, 0, (size_t)(rows * a->inputs) * 4);
  multiply_panels(rows, table->by_token + first * width, width, table->backward->kernel, gradient, a->inputs);
}

/* --- the weights' gradients: sums over all steps of all rows, in the order of time, without padding --- */

/* The addresses of the rows of a sum of outer products. */
struct terms {
  int64_t count;
  const float **inputs, **hidden, **factors, **gradients, **recurrent_gradients, **ones;
};

static struct terms allot_terms(int64_t count) {
  static const float one = 1;
  const float** rows = scratch(0, SCRATCH_ROWS_B, (size_t)(count * 6) * sizeof *rows);
  struct terms terms = {0, rows, rows + count, rows + 2 * count, rows + 3 * count, rows + 4 * count, rows + 5 * count};
  for (int64_t index = 0; index < count; index++) terms.ones[index] = &one;
  return terms;
}

static struct terms list_terms(const struct backward* backward) {
  const struct recurrent_backward* a = backward->arguments;
  int64_t positions = a->time * a->batch, saved = cell_sizes[a->cell].saved * a->units;
  struct terms terms = allot_terms(positions);
  for (int64_t position = 0; position < positions; position++) {
    if (position / a->batch >= row_length(a->lengths, position % a->batch, a->time)) continue;
    const float* row = a->saved + position * saved;
    if (a->tokens == NULL) terms.inputs[terms.count] = a->sequence + position * a->inputs;
    terms.hidden[terms.count] = read_before(backward, position);
    terms.factors[terms.count] = row + backward->cell->factor * a->units;
    terms.gradients[terms.count] = row;
    terms.recurrent_gradients[terms.count++] = row + (backward->apart ? backward->width : 0);
  }
  return terms;
}

/* A stage's part of the gradients of the recurrent weights and the recurrent bias. */
static void stage_gradient(const struct backward* backward, const struct terms* terms, int64_t number) {
  const struct recurrent_backward* a = backward->arguments;
  const struct stage* stage = &backward->cell->stages[number];
  int64_t first = stage->first_gate * a->units, columns = stage->last_gate * a->units - first;
  bool whole = columns == backward->width;
  float* gradient = whole ? a->recurrent_gradient : scratch(0, SCRATCH_HIDDEN, (size_t)(a->units * columns) * 4);
  for (int64_t index = 0; index < terms->count; index++) terms->recurrent_gradients[index] += first;
  add_outer_products(&(struct outer_products){
      .count = terms->count,
      .columns = columns,
      .right = terms->recurrent_gradients,
      .fresh = true,
      .gradients = {{number == 0 ? terms->hidden : terms->factors, 0, a->units, gradient},
                    {terms->ones, 0, 1, backward->apart ? a->bias_gradient + backward->width : NULL}}});
  for (int64_t row = 0; row < a->units && !whole; row++)
    memcpy(a->recurrent_gradient + row * backward->width + first, gradient + row * columns, (size_t)columns * 4);
  for (int64_t index = 0; index < terms->count; index++) terms->recurrent_gradients[index] -= first;
}

/* The gradients of kernel and bias, and, in the same pass, of the recurrent weights if their matmul was added to the
 * same sums. */
static void input_gradients(const struct backward* backward, const struct terms* terms, float* recurrent_gradient) {
  const struct recurrent_backward* a = backward->arguments;
  add_outer_products(&(struct outer_products){.count = terms->count,
                                              .columns = backward->width,
                                              .right = terms->gradients,
                                              .fresh = true,
                                              .gradients = {{terms->inputs, 0, a->inputs, a->kernel_gradient},
                                                            {terms->ones, 0, 1, a->bias_gradient},
                                                            {terms->hidden, 0, a->units, recurrent_gradient}}});
}

/* The gradients of kernel, bias and table, from those of each token. */
static void table_gradients(const struct backward* backward) {
  const struct recurrent_backward* a = backward->arguments;
  const float* by_token = gradients_by_token(backward);
  struct terms terms = allot_terms(a->vocabulary);
  for (int64_t token = 0; token < a->vocabulary; token++) {
    terms.inputs[token] = a->sequence + token * a->inputs;
    terms.gradients[token] = by_token + token * backward->width;
  }
  terms.count = a->vocabulary;
  input_gradients(backward, &terms, NULL);
  if (a->sequence_gradient != NULL)
    run_parts(ceil_div(a->vocabulary, TABLE_ROWS_IN_PART_BACK), table_gradient_part,
              &(struct table_gradient){backward, by_token});
}

static void weight_gradients(const struct backward* backward) {
  const struct recurrent_backward* a = backward->arguments;
  bool one_pass = a->tokens == NULL && !backward->apart && stage_count(backward->cell) == 1;
  struct terms terms = list_terms(backward);
  if (a->tokens == NULL) input_gradients(backward, &terms, one_pass ? a->recurrent_gradient : NULL);
  for (int64_t number = 0; number < stage_count(backward->cell) && !one_pass; number++)
    stage_gradient(backward, &terms, number);
  if (a->tokens != NULL) table_gradients(backward);
}

static struct panels pack_transposed(const float* values, int64_t rows, int64_t columns, int64_t stride,
                                     enum scratch_purpose purpose) {
  return pack_panels((struct matrix_view){values, columns, rows, 1, stride}, purpose);
}

static void recurrent_backward(const struct recurrent_backward* a) {
  static const enum scratch_purpose purposes[MAX_STAGES] = {SCRATCH_PANELS_B, SCRATCH_PANELS_C};
  struct backward backward = {.arguments = a,
                              .cell = all_cells[a->cell],
                              .width = cell_sizes[a->cell].gates * a->units,
                              .apart = cell_sizes[a->cell].biases == 2,
                              .zeros = zeros(a->units),
                              .order = sort_rows(a->batch, a->time, a->lengths),
                              .parts = min64(thread_count(), a->batch)};
  for (int64_t number = 0; number < stage_count(backward.cell); number++) {
    const struct stage* stage = &backward.cell->stages[number];
    backward.recurrent[number] =
        pack_transposed(a->recurrent + stage->first_gate * a->units, a->units,
                        (stage->last_gate - stage->first_gate) * a->units, backward.width, purposes[number]);
  }
  if (a->sequence_gradient != NULL)
    backward.kernel = pack_transposed(a->kernel, a->inputs, backward.width, backward.width, SCRATCH_PANELS_A);
  if (a->mask != NULL) {
    backward.read = scratch(0, SCRATCH_READ_BEFORE, (size_t)(a->time * a->batch * a->units) * 4);
    run_parts(a->time, read_part, &backward);
  }
  if (splits_units(a->batch, a->units * backward.width)) {
    backward.parts = thread_count();
    if (a->batch > 0) backward_by_units(&backward);
  } else {
    run_parts(backward.parts, backward_part, &backward);
  }
  weight_gradients(&backward);
}
