/** @file The LSTM (Hochreiter & Schmidhuber 1997, Gers 2000): gates in the order input, forget, candidate, output. */
#include "cell.h"

/* cell = forget · cell + input · candidate; hidden = output · tanh(cell). saved: the gates, then the cell state. */
static void lstm_forward(const struct forward_row* row) {
  const int64_t units = row->units;
  for (int64_t j = row->first; j < row->last; j += LANES) {
    int64_t left = row->last - j;
    struct split_exponential e[4];
    split_exponentials(4,
                       (vector[]){sigmoid_exponent(load_up_to(row->sums + j, left)),
                                  sigmoid_exponent(load_up_to(row->sums + units + j, left)),
                                  tanh_exponent(load_up_to(row->sums + 2 * units + j, left)),
                                  sigmoid_exponent(load_up_to(row->sums + 3 * units + j, left))},
                       e);
    vector input = sigmoid_from(e[0]), forget = sigmoid_from(e[1]);
    vector candidate = tanh_from(e[2]), output = sigmoid_from(e[3]);
    vector cell = forget * load_up_to(row->cell + j, left) + input * candidate;
    store_up_to(row->cell + j, cell, left);
    store_up_to(row->hidden + j, output * hyperbolic_tangent(cell), left);
    if (row->saved == NULL) continue;
    store_up_to(row->saved + j, input, left);
    store_up_to(row->saved + units + j, forget, left);
    store_up_to(row->saved + 2 * units + j, candidate, left);
    store_up_to(row->saved + 3 * units + j, output, left);
    store_up_to(row->saved + 4 * units + j, cell, left);
  }
}

static void lstm_backward(const struct backward_row* row) {
  const int64_t units = row->units;
  for (int64_t j = row->first; j < row->last; j += LANES) {
    int64_t left = row->last - j;
    vector input = load_up_to(row->saved + j, left), forget = load_up_to(row->saved + units + j, left);
    vector candidate = load_up_to(row->saved + 2 * units + j, left);
    vector output = load_up_to(row->saved + 3 * units + j, left);
    vector squashed = hyperbolic_tangent(load_up_to(row->saved + 4 * units + j, left));
    vector before = load_up_to(row->cell_before + j, left);
    vector hidden = load_up_to(row->hidden_gradient + j, left);
    vector cell = load_up_to(row->cell_gradient + j, left) + hidden * output * (1.0f - squashed * squashed);
    store_up_to(row->gradients + j, cell * candidate * (input * (1.0f - input)), left);
    store_up_to(row->gradients + units + j, cell * before * (forget * (1.0f - forget)), left);
    store_up_to(row->gradients + 2 * units + j, cell * input * (1.0f - candidate * candidate), left);
    store_up_to(row->gradients + 3 * units + j, hidden * squashed * (output * (1.0f - output)), left);
    store_up_to(row->cell_gradient + j, cell * forget, left);
    store_up_to(row->hidden_gradient + j, (vector){0}, left);
  }
}

static const struct cell lstm_cell = {.stages = {{0, 4, lstm_forward, lstm_backward}}};
