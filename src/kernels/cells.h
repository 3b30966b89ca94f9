/** @file The recurrent cells' names and sizes, from cells.def, for the binding and the kernels. */
#ifndef RNN_CELLS_H
#define RNN_CELLS_H
#include <stdint.h>

enum {
#define CELL_ROW(name, text, gates, states, biases, saved) CELL_##name,
#include "cells.def"
#undef CELL_ROW
  CELLS
};

struct cell_sizes {
  const char* name;
  int64_t gates, states, biases, saved;
};

static const struct cell_sizes cell_sizes[CELLS] = {
#define CELL_ROW(name, text, gates, states, biases, saved) {text, gates, states, biases, saved},
#include "cells.def"
#undef CELL_ROW
};

#endif
