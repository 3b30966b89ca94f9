/** @file The GRU (Cho et al. 2014), gates in the order update, reset, candidate. The reset gate is applied after the
 * recurrent matmul, as in Keras and cuDNN, or before it, as published. */
#include "cell.h"

/* hidden = update · before + (1 - update) · candidate */
static vector mixed(vector update, vector before, vector candidate) {
  return update * (before - candidate) + candidate;
}

/* candidate = tanh(input's sum + reset · recurrent sum). saved: the gates, then the candidate's recurrent sum. */
static void gru_forward(const struct forward_row* row) {
  const int64_t units = row->units;
  const float *sums = row->sums, *recurrent = row->recurrent_sums;
  for (int64_t j = row->first; j < row->last; j += LANES) {
    int64_t left = row->last - j;
    vector update_sum = load_up_to(sums + j, left) + load_up_to(recurrent + j, left);
    vector reset_sum = load_up_to(sums + units + j, left) + load_up_to(recurrent + units + j, left);
    struct split_exponential e[2];
    split_exponentials(2, (vector[]){sigmoid_exponent(update_sum), sigmoid_exponent(reset_sum)}, e);
    vector update = sigmoid_from(e[0]), reset = sigmoid_from(e[1]);
    vector product = load_up_to(recurrent + 2 * units + j, left);
    vector candidate = hyperbolic_tangent(load_up_to(sums + 2 * units + j, left) + reset * product);
    store_up_to(row->hidden + j, mixed(update, load_up_to(row->before + j, left), candidate), left);
    if (row->saved == NULL) continue;
    store_up_to(row->saved + j, update, left);
    store_up_to(row->saved + units + j, reset, left);
    store_up_to(row->saved + 2 * units + j, candidate, left);
    store_up_to(row->saved + 3 * units + j, product, left);
  }
}

static void gru_backward(const struct backward_row* row) {
  const int64_t units = row->units;
  for (int64_t j = row->first; j < row->last; j += LANES) {
    int64_t left = row->last - j;
    vector update = load_up_to(row->saved + j, left), reset = load_up_to(row->saved + units + j, left);
    vector candidate = load_up_to(row->saved + 2 * units + j, left);
    vector product = load_up_to(row->saved + 3 * units + j, left);
    vector before = load_up_to(row->before + j, left), hidden = load_up_to(row->hidden_gradient + j, left);
    vector update_gradient = hidden * (before - candidate) * (update * (1.0f - update));
    vector candidate_gradient = hidden * (1.0f - update) * (1.0f - candidate * candidate);
    vector reset_gradient = candidate_gradient * product * (reset * (1.0f - reset));
    store_up_to(row->gradients + j, update_gradient, left);
    store_up_to(row->gradients + units + j, reset_gradient, left);
    store_up_to(row->gradients + 2 * units + j, candidate_gradient, left);
    store_up_to(row->recurrent_gradients + j, update_gradient, left);
    store_up_to(row->recurrent_gradients + units + j, reset_gradient, left);
    store_up_to(row->recurrent_gradients + 2 * units + j, candidate_gradient * reset, left);
    store_up_to(row->hidden_gradient + j, hidden * update, left);
  }
}

static const struct cell gru_cell = {.stages = {{0, 3, gru_forward, gru_backward}}};

/* candidate = tanh(sum over the input and reset · read). saved: the gates, then reset · read. */
static void gru_gates_forward(const struct forward_row* row) {
  const int64_t units = row->units;
  for (int64_t j = row->first; j < row->last; j += LANES) {
    int64_t left = row->last - j;
    vector reset = sigmoid(load_up_to(row->sums + units + j, left));
    vector factor = reset * load_up_to(row->read + j, left);
    store_up_to(row->factor + j, factor, left);
    if (row->saved == NULL) continue;
    store_up_to(row->saved + units + j, reset, left);
    store_up_to(row->saved + 3 * units + j, factor, left);
  }
}

static void gru_candidate_forward(const struct forward_row* row) {
  const int64_t units = row->units;
  for (int64_t j = row->first; j < row->last; j += LANES) {
    int64_t left = row->last - j;
    vector update = sigmoid(load_up_to(row->sums + j, left));
    vector candidate = hyperbolic_tangent(load_up_to(row->sums + 2 * units + j, left));
    store_up_to(row->hidden + j, mixed(update, load_up_to(row->before + j, left), candidate), left);
    if (row->saved == NULL) continue;
    store_up_to(row->saved + j, update, left);
    store_up_to(row->saved + 2 * units + j, candidate, left);
  }
}

static void gru_candidate_backward(const struct backward_row* row) {
  const int64_t units = row->units;
  for (int64_t j = row->first; j < row->last; j += LANES) {
    int64_t left = row->last - j;
    vector update = load_up_to(row->saved + j, left), candidate = load_up_to(row->saved + 2 * units + j, left);
    vector before = load_up_to(row->before + j, left), hidden = load_up_to(row->hidden_gradient + j, left);
    store_up_to(row->gradients + j, hidden * (before - candidate) * (update * (1.0f - update)), left);
    store_up_to(row->gradients + 2 * units + j, hidden * (1.0f - update) * (1.0f - candidate * candidate), left);
    store_up_to(row->hidden_gradient + j, hidden * update, left);
  }
}

static void gru_gates_backward(const struct backward_row* row) {
  const int64_t units = row->units;
  for (int64_t j = row->first; j < row->last; j += LANES) {
    int64_t left = row->last - j;
    vector reset = load_up_to(row->saved + units + j, left), read = load_up_to(row->read + j, left);
    vector factor = load_up_to(row->factor_gradient + j, left);
    store_up_to(row->gradients + units + j, factor * read * (reset * (1.0f - reset)), left);
    store_up_to(row->read_gradient + j, load_up_to(row->read_gradient + j, left) + factor * reset, left);
  }
}

static const struct cell gru_reset_before_cell = {
    .stages = {{0, 2, gru_gates_forward, gru_gates_backward}, {2, 3, gru_candidate_forward, gru_candidate_backward}},
    .factor = 3};
