/** @file What the passes over a sequence share, forward and backward: cells by name, rows by thread, weights as
 * products take them. */
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

/* Rows go to threads for the whole sequence, so steps need no barrier. Sorted by falling length, the rows that a step
 * is for come first, in either direction. */
struct share {
  int64_t rows;
  const int32_t* order;   /* the share's rows in the batch */
  const int32_t* lengths; /* of the batch; null where all are `time` */
};

/* The input products of a few steps are made together: taller tiles, and the weights pass through the cache less often.
 */
enum { ROWS_TOGETHER = 64 };

static int64_t steps_together(const struct share* share) {
  return share->rows >= ROWS_TOGETHER ? 1 : ROWS_TOGETHER / share->rows;
}

static int64_t rows_together(const struct share* share) { return steps_together(share) * share->rows; }

static int64_t row_length(const int32_t* lengths, int64_t row, int64_t time) {
  return lengths == NULL ? time : lengths[row];
}

static int64_t step_time(bool backwards, int64_t step, int64_t time) { return backwards ? time - 1 - step : step; }

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
                             int worker) {
  if (lengths == NULL) {
    int64_t first = batch * part / parts;
    return (struct share){batch * (part + 1) / parts - first, order + first, lengths};
  }
  int32_t* own = scratch(worker, SCRATCH_ROWS, (size_t)batch * sizeof *own);
  int64_t rows = 0;
  for (int64_t place = part; place < batch; place += parts) own[rows++] = order[place];
  return (struct share){rows, own, lengths};
}

static int64_t active_rows(const struct share* share, int64_t t) {
  if (share->lengths == NULL) return share->rows;
  int64_t active = share->rows;
  while (active > 0 && share->lengths[share->order[active - 1]] <= t) active--;
  return active;
}

/* Where the rows that take the steps first … last - 1 stand in a sequence, step by step; returns how many there are. */
static int64_t list_places(const struct share* share, int64_t time, int64_t batch, bool backwards, int64_t first,
                           int64_t last, int64_t* places) {
  int64_t count = 0;
  for (int64_t step = first; step < last; step++) {
    int64_t t = step_time(backwards, step, time), active = active_rows(share, t);
    for (int64_t index = 0; index < active; index++) places[count++] = t * batch + share->order[index];
  }
  return count;
}

/* The state of a share's rows, `stride` apart. */
static void gather_state(const struct share* share, const float* from, int64_t units, float* state, int64_t stride) {
  for (int64_t index = 0; index < share->rows; index++) {
    if (from == NULL)
      memset(state + index * stride, 0, (size_t)units * 4);
    else
      memcpy(state + index * stride, from + share->order[index] * units, (size_t)units * 4);
  }
}

static void scatter_state(const struct share* share, const float* state, int64_t stride, int64_t units, float* to) {
  if (to == NULL) return;
  for (int64_t index = 0; index < share->rows; index++)
    memcpy(to + share->order[index] * units, state + index * stride, (size_t)units * 4);
}

/* Rows of sums are this far apart in scratch: off a power of two, so that they do not fall on the same lines of the
 * cache. */
static int64_t spread(int64_t width) { return divide_up(width, 16) * 16 + 16; }

static const float* zeros(int64_t count) {
  float* values = scratch(0, SCRATCH_ZEROS, (size_t)count * 4);
  return memset(values, 0, (size_t)count * 4);
}

#endif
