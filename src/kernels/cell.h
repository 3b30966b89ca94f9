/** @file The interface of a recurrent cell: its equations for one row of a step, forward and backward. */
#ifndef RNN_CELL_H
#define RNN_CELL_H
#include "cells.h"
#include "exponential.h"

/* The arguments of a forward step of one row, for the units first … last - 1; first is a multiple of LANES. */
struct forward_row {
  int64_t units, first, last;
  const float* sums;           /* [gates · units]: bias + matmuls; with two biases, those of the input only */
  const float* recurrent_sums; /* with two biases: bias + matmul of the hidden state */
  const float* before;         /* [units]: the hidden state before the step */
  const float* read;           /* [units]: `before` as the recurrent matmul reads it, with dropout */
  float* hidden;               /* written; may be the same memory as `before` */
  float* cell;                 /* the LSTM's cell state, updated in place */
  float* factor;               /* [units]: the second stage's matmul reads it in place of the hidden state */
  float* saved;                /* [saved · units]; null if there is no backward pass */
};

/* The arguments of a backward step of one row, for the units first … last - 1; first is a multiple of LANES. */
struct backward_row {
  int64_t units, first, last;
  const float* saved;
  const float* before;        /* the hidden state before the step */
  const float* read;          /* `before` as the recurrent matmul read it, with dropout */
  const float* cell_before;   /* the cell state before the step */
  float* hidden_gradient;     /* in: of this step's hidden state; out: of `before`, without the part that goes through a
                                 matmul */
  float* read_gradient;       /* of `read`, added to; without dropout the same memory as hidden_gradient */
  float* cell_gradient;       /* in: of this step's cell state; out: of the one before */
  float* factor_gradient;     /* of `factor`, after the backward pass of the second stage's matmul */
  float* gradients;           /* written, [gates · units]: of `sums` */
  float* recurrent_gradients; /* written, with two biases: of `recurrent_sums` */
};

typedef void forward_function(const struct forward_row* row);
typedef void backward_function(const struct backward_row* row);

enum { MAX_STAGES = 2, MAX_GATES = 4 };

/* A step runs one or two stages. Each adds the recurrent matmul of its gates to their sums, then calls `forward`; the
 * second stage's matmul reads `factor` in place of the hidden state. The backward pass runs the stages in reverse. */
struct cell {
  struct stage {
    int64_t first_gate, last_gate;
    forward_function* forward;
    backward_function* backward;
  } stages[MAX_STAGES]; /* a cell of one stage has no functions in the second */
  int64_t factor; /* with two stages: the offset of `factor` in a row of saved floats, in multiples of the units */
};

#endif
