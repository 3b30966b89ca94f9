/** @file The element-wise cells whose steps gated_scan_forward.c and gated_scan_backward.c compute: their parameters,
 * and the parts of the work. */
#ifndef RNN_GATED_SCAN_H
#define RNN_GATED_SCAN_H
#include "exponential.h"
#include "kernels.h"
#include "lengths.h"
#include "matmul.h"
#include "vectors.h"

/* The order of scannedCells in engine/ops/gatedScan.ts. */
enum scanned_cell { SRU, HGRN, MINGRU };

/* Vectors of units in a part: independent recurrences side by side. */
enum { SCAN_VECTORS = 4 };

/* α of SRU: √3. */
static const float sru_scale = 1.73205081f;

/* A gate of a vector of units at one step; the gates are [units] apart. */
static inline vector gate_at(const float* sums, int64_t gate, int64_t units, int64_t left) {
  return load_up_to(sums + gate * units, left);
}

/* The parameters of a vector of units: SRU's vf vr bf br, else the biases of the gates. */
struct scan_parameters {
  vector values[4];
};

/* How many vectors of parameters a cell has: as many gradients of each unit. */
static inline int64_t parameter_count(enum scanned_cell cell) { return cell == SRU ? 4 : cell == HGRN ? 3 : 2; }

static inline struct scan_parameters parameters_of(enum scanned_cell cell, const float* vectors, const float* bias,
                                                   int64_t units, int64_t column, int64_t left) {
  struct scan_parameters of = {0};
  if (cell == SRU) {
    for (int64_t k = 0; k < 2; k++) {
      of.values[k] = load_up_to(vectors + k * units + column, left);
      of.values[2 + k] = load_up_to(bias + k * units + column, left);
    }
  } else {
    for (int64_t k = 0; k < parameter_count(cell); k++) of.values[k] = load_up_to(bias + k * units + column, left);
  }
  return of;
}

/* Where a part begins: a row of the batch and some of its units. */
struct scan_part {
  int64_t row, column, count, steps;
};

static inline int64_t parts_of_row(int64_t units) { return ceil_div(units, SCAN_VECTORS * LANES); }

static inline struct scan_part scan_part_at(int64_t part, int64_t units, int64_t time, const int32_t* lengths) {
  int64_t parts = parts_of_row(units), row = part / parts, column = part % parts * (SCAN_VECTORS * LANES);
  return (struct scan_part){row, column, min64(SCAN_VECTORS * LANES, units - column),
                            length_of_row(lengths, row, time)};
}

/* The columns of a step that the highway connection reads: the input, or its projection, the fourth gate. */
static inline const float* skip_at(const float* input, const float* sums, int64_t units, int64_t position,
                                   int64_t column) {
  return input != NULL ? input + position * units + column : sums + 3 * units;
}

#endif
