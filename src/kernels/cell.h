/** @file What a recurrent cell is to the kernels that run it: its equations for one row of a step, forward and
 * backward. */
#ifndef RNN_CELL_H
#define RNN_CELL_H
#include "cells.h"
#include "exponential.h"

/* One row of a step forward, the units first … last - 1; first is a multiple of LANES. */
struct forward_row {
  int64_t units, first, last;
  const float* sums;           /* [gates · units]: bias and products; of the input alone where there are two biases */
  const float* recurrent_sums; /* with two biases: those of the recurrent product */
  const float* before;         /* [units]: the hidden values of the step before */
  float* hidden;               /* written; may be `before` */
  float* cell;                 /* an LSTM's, of the step before; updated */
  float* factor;               /* [units]: what the second stage's product takes in place of hidden values */
  float* saved;                 /* [saved · units], null where there will be no way back */
};

/* One row of a step backward, all units. */
struct backward_row {
  int64_t units;
  const float* saved;
  const float* before;        /* the hidden values of the step before */
  const float* cell_before;   /* the cell of the step before */
  float* hidden_gradient;     /* of this step's hidden values; becomes the share of `before` that passes no product */
  float* cell_gradient;       /* of this step's cell; becomes the step before's */
  float* factor_gradient;     /* of `factor`, once the second stage's product has gone back */
  float* gradients;           /* written, [gates · units]: of `sums` */
  float* recurrent_gradients; /* written, with two biases: of `recurrent_sums` */
};

typedef void forward_function(const struct forward_row* row);
typedef void backward_function(const struct backward_row* row);

enum { MOST_STAGES = 2 };

/* A step is: add the recurrent product of the first stage's gates to their sums, `forward` it; then the second's, if
 * there is one, whose product takes `factor` in place of the hidden values. Backward runs through the stages in
 * reverse.
 */
struct cell {
  struct stage {
    int64_t first_gate, last_gate;
    forward_function* forward;
    backward_function* backward;
  } stages[MOST_STAGES]; /* the second without functions where there is none */
  int64_t factor;        /* with two stages: where in a row of saved floats, in multiples of the units, `factor` is */
};

#endif
