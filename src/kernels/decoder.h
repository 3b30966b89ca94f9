/** @file The decoder's layers, and the memory layout of its weights and states, for the kernels and for the binding,
 * which checks the sizes. */
#ifndef RNN_DECODER_H
#define RNN_DECODER_H
#include "cells.h"
#include <stdbool.h>

enum {
  DECODER_BLOCK = 16, /* columns side by side: one cache line, on every instruction set */
};

/* The kind of a layer: a cell by its number in cells.def, or one of these. The order is that of decoderKinds in
 * engine/ops/decoder.ts. */
enum decoder_kind {
  DECODER_SRU = CELLS,
  DECODER_HGRN, /* without its normalization, which is a layer of its own */
  DECODER_MINGRU,
  DECODER_PROJECTION,
  DECODER_SILU_GATE,   /* silu(one projection) · another one */
  DECODER_CONVOLUTION, /* causal, of each column by itself; from here on, no layer has a matmul */
  DECODER_LAYER_NORM,
  DECODER_RMS_NORM,
  DECODER_RESIDUAL, /* adds another layer's output */
  DECODER_KINDS
};

static inline bool has_decoder_matmul(int64_t kind) { return kind < DECODER_CONVOLUTION; }

static inline bool is_decoder_scan(int64_t kind) { return kind >= DECODER_SRU && kind <= DECODER_MINGRU; }

/* `count` columns, rounded up to whole blocks. */
static inline int64_t whole_blocks(int64_t count) {
  return (count + DECODER_BLOCK - 1) / DECODER_BLOCK * DECODER_BLOCK;
}
static inline double in_blocks(double count) { return (double)whole_blocks((int64_t)count); }

/* The parts of a layer, in multiples of the units. */
struct decoder_sizes {
  int64_t gates;     /* columns of its kernel; 0 if it has no matmul */
  int64_t recurrent; /* columns of its weights over time: a matrix of a cell, vectors of an element-wise one */
  int64_t biases;    /* vectors of biases; of a normalization, the scale and the shift */
  int64_t states;
};

/* detail: of a convolution, the steps that it reads. */
static inline struct decoder_sizes decoder_sizes(int64_t kind, int64_t inputs, int64_t units, int64_t detail) {
  if (kind < CELLS) {
    struct cell_sizes cell = cell_sizes[kind];
    return (struct decoder_sizes){cell.gates, units * cell.gates, cell.biases * cell.gates, cell.states};
  }
  switch (kind) {
    case DECODER_SRU: return (struct decoder_sizes){inputs == units ? 3 : 4, 2, 2, 2};
    case DECODER_HGRN: return (struct decoder_sizes){3, 0, 3, 2};
    case DECODER_MINGRU: return (struct decoder_sizes){2, 0, 2, 1};
    case DECODER_PROJECTION: return (struct decoder_sizes){.gates = 1};
    case DECODER_SILU_GATE: return (struct decoder_sizes){.gates = 2};
    case DECODER_CONVOLUTION: return (struct decoder_sizes){.recurrent = detail, .states = detail - 1};
    case DECODER_LAYER_NORM: return (struct decoder_sizes){.biases = 2};
    case DECODER_RMS_NORM: return (struct decoder_sizes){.biases = 1};
    default: return (struct decoder_sizes){0};
  }
}

/* The width of a signal: 0 is the embedding, the others are the layers' outputs. */
static inline int64_t decoder_width(int64_t embedding, const int32_t* units, int64_t signal) {
  return signal == 0 ? embedding : units[signal - 1];
}

/* Whether layers without a matmul keep the width, residual connections add earlier signals of that width, and
 * convolutions read a step. */
static inline bool decoder_fits(double embedding, double layers, const int32_t* kinds, const int32_t* units,
                                const int32_t* details) {
  for (int64_t layer = 0; layer < (int64_t)layers; layer++) {
    int64_t kind = kinds[layer], detail = details[layer];
    if (has_decoder_matmul(kind)) continue;
    if (units[layer] != decoder_width((int64_t)embedding, units, layer)) return false;
    if (kind == DECODER_CONVOLUTION && detail < 1) return false;
    if (kind != DECODER_RESIDUAL) continue;
    if (detail > layer || units[layer] != decoder_width((int64_t)embedding, units, detail)) return false;
  }
  return true;
}

/* Floats of the packed weights: kernel, recurrent weights and biases of each layer, then the head. */
static inline double decoder_weights(double embedding, double layers, const int32_t* kinds, const int32_t* units,
                                     const int32_t* details, double vocabulary) {
  double sum = 0;
  int64_t inputs = (int64_t)embedding;
  for (int64_t layer = 0; layer < (int64_t)layers; layer++) {
    struct decoder_sizes sizes = decoder_sizes(kinds[layer], inputs, units[layer], details[layer]);
    sum += (double)(inputs * sizes.gates + sizes.recurrent + sizes.biases) * in_blocks(units[layer]);
    inputs = units[layer];
  }
  return sum + (double)(inputs + 1) * in_blocks(vocabulary);
}

/* Floats of a row's state: of each cell the hidden state and, for some, a memory; of a convolution its last inputs. */
static inline double decoder_states(double embedding, double layers, const int32_t* kinds, const int32_t* units,
                                    const int32_t* details) {
  double sum = 0;
  for (int64_t layer = 0; layer < (int64_t)layers; layer++) {
    int64_t inputs = decoder_width((int64_t)embedding, units, layer);
    sum += (double)decoder_sizes(kinds[layer], inputs, units[layer], details[layer]).states * units[layer];
  }
  return sum;
}

/* The first layer with a matmul, if its input depends on the token alone; else -1. */
static inline int64_t decoder_projected(double layers, const int32_t* kinds) {
  for (int64_t layer = 0; layer < (int64_t)layers; layer++) {
    if (has_decoder_matmul(kinds[layer])) return layer;
    if (kinds[layer] == DECODER_CONVOLUTION) break;
  }
  return -1;
}

/* Floats of a token's projection in that layer. */
static inline double decoder_projection(double embedding, double layers, const int32_t* kinds, const int32_t* units) {
  int64_t layer = decoder_projected(layers, kinds);
  if (layer < 0) return 0;
  int64_t inputs = decoder_width((int64_t)embedding, units, layer);
  return (double)decoder_sizes(kinds[layer], inputs, units[layer], 0).gates * in_blocks(units[layer]);
}

#endif
