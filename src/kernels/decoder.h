/** @file The memory layout of a decoder's weights and states, for the kernels and for the binding, which checks the
 * sizes. */
#ifndef RNN_DECODER_H
#define RNN_DECODER_H
#include "cells.h"

enum {
  DECODER_BLOCK = 16, /* columns side by side: one cache line, on every instruction set */
};

/* `count` columns, rounded up to whole blocks. */
static inline double in_blocks(double count) {
  return (double)(((int64_t)count + DECODER_BLOCK - 1) / DECODER_BLOCK * DECODER_BLOCK);
}

/* Floats of the packed weights: kernel, recurrent kernel and biases of each layer, then the head. */
static inline double decoder_weights(struct cell_sizes cell, double embedding, double layers, const int32_t* units,
                                     double vocabulary) {
  double sum = 0, inputs = embedding;
  for (int64_t layer = 0; layer < (int64_t)layers; layer++) {
    sum += (inputs + units[layer] + (double)cell.biases) * (double)cell.gates * in_blocks(units[layer]);
    inputs = units[layer];
  }
  return sum + (inputs + 1) * in_blocks(vocabulary);
}

/* Floats of a row's state: each layer's hidden state and, for an LSTM, its cell state. */
static inline double decoder_states(struct cell_sizes cell, double layers, const int32_t* units) {
  double sum = 0;
  for (int64_t layer = 0; layer < (int64_t)layers; layer++) sum += (double)cell.states * units[layer];
  return sum;
}

/* Floats of a token's input projection in the first layer. */
static inline double decoder_projection(struct cell_sizes cell, double layers, const int32_t* units) {
  return layers > 0 ? (double)cell.gates * in_blocks(units[0]) : 0;
}

#endif
