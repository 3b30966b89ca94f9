/** @file Common parts of the forward and backward pass over a sequence: cells by number, the rows of a thread, working
 * memory. */
#ifndef RNN_RECURRENT_H
#define RNN_RECURRENT_H
#include "cell.h"
#include "kernels.h"
#include "matmul.h"

static const struct cell* const all_cells[CELLS] = {
#define CELL_ROW(name, text, gates, states, biases, saved) [CELL_##name] = &name##_cell,
#include "cells.def"
#undef CELL_ROW
};

static int64_t stage_count(const struct cell* cell) { return cell->stages[1].forward == NULL ? 1 : 2; }

/* A thread runs its rows through the whole sequence, so steps need no barrier. Rows are sorted by descending length: in
 * either direction, the rows active at a step come first. */
struct row_subset {
  int64_t rows;
  const int32_t* order;   /* the subset's rows in the batch */
  const int32_t* lengths; /* of the batch's rows; null if all are `time` */
};

/* The input matmuls of a few steps are done at once: taller tiles, and fewer passes over the weights. */
enum { ROWS_TOGETHER = 64 };

static int64_t steps_together(const struct row_subset* subset) {
  return subset->rows >= ROWS_TOGETHER ? 1 : ROWS_TOGETHER / subset->rows;
}

static int64_t rows_together(const struct row_subset* subset) { return steps_together(subset) * subset->rows; }

static int64_t row_length(const int32_t* lengths, int64_t row, int64_t time) {
  return lengths == NULL ? time : lengths[row];
}

static int64_t step_time(bool backwards, int64_t step, int64_t time) { return backwards ? time - 1 - step : step; }

/* A stable counting sort by descending length. */
static const int32_t* sort_rows(int64_t batch, int64_t time, const int32_t* lengths) {
  int32_t* order = scratch(0, SCRATCH_ORDER, (size_t)(batch + time + 2) * sizeof *order);
  if (lengths == NULL) {
    for (int64_t row = 0; row < batch; row++) order[row] = (int32_t)row;
    return order;
  }
  int32_t* starts = order + batch; /* of the rows of length time, time - 1, … */
  memset(starts, 0, (size_t)(time + 2) * sizeof *starts);
  for (int64_t row = 0; row < batch; row++) starts[time - lengths[row] + 1]++;
  for (int64_t position = 0; position <= time; position++) starts[position + 1] += starts[position];
  for (int64_t row = 0; row < batch; row++) order[starts[time - lengths[row]]++] = (int32_t)row;
  return order;
}

/* Without lengths a subset is a range of rows; with lengths it is every n-th row of the sorted batch, long and short
 * ones. */
static struct row_subset subset_of(int64_t part, int64_t parts, int64_t batch, const int32_t* lengths,
                                   const int32_t* order, int worker) {
  if (lengths == NULL) {
    int64_t first = batch * part / parts;
    return (struct row_subset){batch * (part + 1) / parts - first, order + first, lengths};
  }
  int32_t* own = scratch(worker, SCRATCH_ROWS, (size_t)batch * sizeof *own);
  int64_t rows = 0;
  for (int64_t position = part; position < batch; position += parts) own[rows++] = order[position];
  return (struct row_subset){rows, own, lengths};
}

static int64_t active_rows(const struct row_subset* subset, int64_t t) {
  if (subset->lengths == NULL) return subset->rows;
  int64_t active = subset->rows;
  while (active > 0 && subset->lengths[subset->order[active - 1]] <= t) active--;
  return active;
}

/* Lists the positions in the sequence of the rows active at the steps first … last - 1, step by step; returns their
 * number. */
static int64_t list_positions(const struct row_subset* subset, int64_t time, int64_t batch, bool backwards,
                              int64_t first, int64_t last, int64_t* positions) {
  int64_t count = 0;
  for (int64_t step = first; step < last; step++) {
    int64_t t = step_time(backwards, step, time), active = active_rows(subset, t);
    for (int64_t index = 0; index < active; index++) positions[count++] = t * batch + subset->order[index];
  }
  return count;
}

/* Copies the state of a subset's rows. */
static void gather_state(const struct row_subset* subset, const float* from, int64_t units, float* state,
                         int64_t stride) {
  for (int64_t index = 0; index < subset->rows; index++) {
    if (from == NULL)
      memset(state + index * stride, 0, (size_t)units * 4);
    else
      memcpy(state + index * stride, from + subset->order[index] * units, (size_t)units * 4);
  }
}

static void scatter_state(const struct row_subset* subset, const float* state, int64_t stride, int64_t units,
                          float* to) {
  if (to == NULL) return;
  for (int64_t index = 0; index < subset->rows; index++)
    memcpy(to + subset->order[index] * units, state + index * stride, (size_t)units * 4);
}

/* masked = values · mask for `count` values. */
static void apply_mask(int64_t count, const float* values, const float* mask, float* masked) {
  for (int64_t j = 0; j < count; j += LANES)
    store_up_to(masked + j, load_up_to(values + j, count - j) * load_up_to(mask + j, count - j), count - j);
}

/* The masks of a subset's rows side by side; null without dropout. */
static const float* gather_mask(const struct row_subset* subset, const float* mask, int64_t units, int worker) {
  if (mask == NULL) return NULL;
  float* gathered = scratch(worker, SCRATCH_MASK, (size_t)(subset->rows * units) * 4);
  gather_state(subset, mask, units, gathered, units);
  return gathered;
}

/* --- prefetching: the saved values of a sequence do not fit in the L2 cache, and come from farther than the processor
 * looks ahead --- */

enum { MAX_FETCHED = 1 << 15 }; /* floats of a step: more of them would displace the weights; measured */

/* Whether the steps of small layers are prefetched. */
static bool fetches_steps(int64_t rows, int64_t floats) { return rows * floats <= MAX_FETCHED; }

/* --- the split of units between threads --- */

/* The first unit of a part. Parts are whole vectors or panels, so that each unit has the same bits as without a split.
 */
static int64_t first_unit(int64_t units, int64_t part, int64_t parts, int64_t grain) {
  return min64(units, ceil_div(units, grain) * part / parts * grain);
}

/* Whether threads split the units instead of the rows. Each then reads only its part of the weights at a step, but
 * waits for the others at each stage: it pays for few rows and many weights. The limits are measured. */
static bool splits_units(int64_t batch, int64_t weights) {
  int64_t threads = thread_count();
  if (DEPTH > 1 || threads == 1) return false; /* in bf16 each part would pack the left operand again */
  if (batch < threads) return weights >= 1 << 16;
  return batch <= 2 * threads && weights >= 1 << 18;
}

/* The stride of rows of sums in scratch. It is not a power of two, so that rows do not map to the same cache lines. */
static int64_t padded_stride(int64_t width) { return ceil_div(width, 16) * 16 + 16; }

static const float* zeros(int64_t count) {
  float* values = scratch(0, SCRATCH_ZEROS, (size_t)count * 4);
  return memset(values, 0, (size_t)count * 4);
}

#endif
