/** @file Cells of one gate (Elman 1990): hidden = f(sums), or f(sums) + the hidden state before. */
#include "cell.h"

static void rnn_forward(const struct forward_row* row) {
  for (int64_t j = row->first; j < row->last; j += LANES) {
    int64_t left = row->last - j;
    vector hidden = hyperbolic_tangent(load_up_to(row->sums + j, left));
    store_up_to(row->hidden + j, hidden, left);
    if (row->saved != NULL) store_up_to(row->saved + j, hidden, left);
  }
}

static void rnn_backward(const struct backward_row* row) {
  for (int64_t j = row->first; j < row->last; j += LANES) {
    int64_t left = row->last - j;
    vector hidden = load_up_to(row->saved + j, left), gradient = load_up_to(row->hidden_gradient + j, left);
    store_up_to(row->gradients + j, gradient * (1.0f - hidden * hidden), left);
    store_up_to(row->hidden_gradient + j, (vector){0}, left);
  }
}

static void rnn_relu_forward(const struct forward_row* row) {
  for (int64_t j = row->first; j < row->last; j += LANES) {
    int64_t left = row->last - j;
    vector sums = load_up_to(row->sums + j, left);
    vector hidden = select_lanes(sums < 0.0f, (vector){0}, sums);
    store_up_to(row->hidden + j, hidden, left);
    if (row->saved != NULL) store_up_to(row->saved + j, hidden, left);
  }
}

static void rnn_relu_backward(const struct backward_row* row) {
  for (int64_t j = row->first; j < row->last; j += LANES) {
    int64_t left = row->last - j;
    vector hidden = load_up_to(row->saved + j, left), gradient = load_up_to(row->hidden_gradient + j, left);
    store_up_to(row->gradients + j, select_lanes(hidden > 0.0f, gradient, (vector){0}), left);
    store_up_to(row->hidden_gradient + j, (vector){0}, left);
  }
}

static void residual_forward(const struct forward_row* row) {
  for (int64_t j = row->first; j < row->last; j += LANES) {
    int64_t left = row->last - j;
    vector change = hyperbolic_tangent(load_up_to(row->sums + j, left));
    if (row->saved != NULL) store_up_to(row->saved + j, change, left);
    store_up_to(row->hidden + j, change + load_up_to(row->before + j, left), left);
  }
}

/* The hidden state's gradient also passes unchanged to the step before, through the residual connection. */
static void residual_backward(const struct backward_row* row) {
  for (int64_t j = row->first; j < row->last; j += LANES) {
    int64_t left = row->last - j;
    vector change = load_up_to(row->saved + j, left), gradient = load_up_to(row->hidden_gradient + j, left);
    store_up_to(row->gradients + j, gradient * (1.0f - change * change), left);
  }
}

static const struct cell rnn_cell = {.stages = {{0, 1, rnn_forward, rnn_backward}}};
static const struct cell rnn_relu_cell = {.stages = {{0, 1, rnn_relu_forward, rnn_relu_backward}}};
static const struct cell residual_cell = {.stages = {{0, 1, residual_forward, residual_backward}}};
