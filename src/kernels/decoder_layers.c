/** @file A step of the decoder's layers: the matmuls and equations of cells, normalizations, residual connections. */
#include "draw.h"
#include "gated_scan.h"
#include "recurrent.h"

/* The memory of a layer; rows are state_stride apart. */
struct decoder_layer {
  int64_t kind, inputs, units, panels; /* panels: blocks of units, each with all gates side by side */
  struct decoder_sizes sizes;
  int64_t width;                            /* of a panel with all gates */
  const float *kernel, *recurrent, *bias;   /* packed */
  float *hidden, *output, *memory, *factor; /* hidden: the state before the step, `output` of the step before */
  float *sums, *recurrent_sums; /* [panels, rows, gates, BLOCK]; the same memory unless there are two biases */
  int64_t detail;               /* see `decode` in signatures.def */
  float constant;               /* the lower bound of forget gates; epsilon of a normalization */
};

/* A row whose token has no cached input projection. */
struct fresh_row {
  int64_t row;
  bool keep; /* this decoder stores the projection in the cache */
};

/* Writes some of the rows. */
struct decoder {
  const struct decode* arguments;
  int64_t first_row, rows, threads;
  struct decoder_layer* layers;
  int64_t projected;       /* the layer whose projections are cached by token, or -1 */
  int32_t* tokens;         /* [rows]: read next */
  struct fresh_row* fresh; /* [fresh_count], ascending */
  int64_t fresh_count;
  float* vectors; /* [fresh_count, inputs]: what the projected layer reads */
  const float *head_kernel, *head_bias;
  struct draw_options draw;
  int64_t blocks;          /* of the sampler */
  float *weights, *maxima; /* [rows, blocks · DRAW_BLOCK], null unless the draw filters; [rows, blocks] */
  double* sums;            /* [rows, blocks] */
  int64_t step;
};

/* The stride of a state's rows. It is not a power of two, so that rows do not map to the same cache lines. */
static int64_t state_stride(int64_t units) { return whole_blocks(units) + BLOCK; }

/* A row of a signal: 0 is the embedding, the others are the layers' outputs. */
static const float* signal_row(const struct decoder* d, int64_t signal, int64_t row) {
  const struct decode* a = d->arguments;
  if (signal == 0) return a->table + d->tokens[row] * a->embedding;
  const struct decoder_layer* layer = d->layers + signal - 1;
  return layer->output + row * state_stride(layer->units);
}

static int64_t parts_of(const struct decoder* d, int64_t multiplications, int64_t pieces) {
  return min64(min64(d->threads, pieces), multiplications / MIN_WEIGHTS + 1);
}

struct layer_step {
  const struct decoder* decoder;
  int64_t layer, stage, parts;
};

/* --- layers with a matmul --- */

/* Panels that are multiplied at once. With one row they have enough sums together to hide the latency of an addition.
 */
static int64_t panels_together(const struct decoder_layer* layer, int64_t rows, int64_t left) {
  return rows > 1 || layer->sizes.gates > 2 ? 1 : min64(MAX_TILE_BLOCKS / layer->sizes.gates, left);
}

/* Starts the sums of `rows` rows with one of the biases of a panel, or with zeros: a cell without a recurrent matrix
 * adds its own later. */
static void start_sums(const struct decoder_layer* layer, int64_t panel, int64_t bias, int64_t rows, float* sums) {
  if (layer->kind >= CELLS) {
    memset(sums, 0, (size_t)(rows * layer->width) * 4);
    return;
  }
  int64_t biases = cell_sizes[layer->kind].biases;
  const float* from = layer->bias + panel * biases * layer->width;
  for (int64_t row = 0; row < rows; row++)
    for (int64_t gate = 0; gate < layer->sizes.gates; gate++)
      memcpy(sums + row * layer->width + gate * BLOCK, from + (gate * biases + bias) * BLOCK, BLOCK * 4);
}

/* sums [rows, blocks · BLOCK], in rows of a panel's width, += left · blocks of packed weights, from a gate of a panel
 * on. */
static void multiply_gates(const struct decoder_layer* layer, int64_t rows, int64_t inner, const float* left,
                           ptrdiff_t stride, const float* weights, int64_t panel, int64_t gate, int64_t blocks,
                           float* sums) {
  multiply_blocks(rows, inner, left, stride, weights + panel * inner * layer->width + gate * inner * BLOCK,
                  inner * BLOCK, blocks, sums + gate * BLOCK, layer->width);
}

/* Sums of a panel whose input depends on the token alone; those of known tokens come from the cache. */
static void project_tokens(const struct decoder* d, const struct decoder_layer* layer, int64_t panel, int64_t count,
                           float* sums) {
  const struct decode* a = d->arguments;
  int64_t width = count * layer->width;
  float* projections = a->projections + panel * layer->width;
  for (int64_t part = 0; part < count; part++)
    start_sums(layer, panel + part, 0, d->fresh_count, sums + part * layer->width);
  multiply_gates(layer, d->fresh_count, layer->inputs, d->vectors, layer->inputs, layer->kernel, panel, 0,
                 count * layer->sizes.gates, sums);
  int64_t fresh = d->fresh_count;
  for (int64_t row = d->rows - 1; row >= 0; row--) { /* from the last row on, so that no fresh sums are overwritten */
    float* own = sums + row * width;
    float* kept = projections + d->tokens[row] * a->projection;
    if (fresh == 0 || d->fresh[fresh - 1].row != row) {
      memcpy(own, kept, (size_t)width * 4);
      continue;
    }
    fresh--;
    if (fresh != row) memcpy(own, sums + fresh * width, (size_t)width * 4);
    if (d->fresh[fresh].keep) memcpy(kept, own, (size_t)width * 4);
  }
}

/* The part of the sums of `count` panels that does not depend on the hidden state; more than one with one row only. */
static void start_panels(const struct decoder* d, const struct decoder_layer* layer, int64_t panel, int64_t count,
                         float* sums, float* recurrent_sums) {
  int64_t rows = d->rows;
  if (layer - d->layers == d->projected) {
    project_tokens(d, layer, panel, count, sums);
  } else { /* not the first layer: that one is projected */
    for (int64_t part = 0; part < count; part++) start_sums(layer, panel + part, 0, rows, sums + part * layer->width);
    multiply_gates(layer, rows, layer->inputs, layer[-1].output, state_stride(layer->inputs), layer->kernel, panel, 0,
                   count * layer->sizes.gates, sums);
  }
  for (int64_t part = 0; recurrent_sums != sums && part < count; part++)
    start_sums(layer, panel + part, 1, rows, recurrent_sums + part * layer->width);
}

static void cell_part(int64_t part, int worker, const void* context) {
  (void)worker;
  const struct layer_step* step = context;
  const struct decoder* d = step->decoder;
  const struct decoder_layer* layer = d->layers + step->layer;
  const struct cell* cell = all_cells[layer->kind];
  const struct stage* stage = cell->stages + step->stage;
  int64_t rows = d->rows, units = layer->units, stride = state_stride(units), count;
  bool once = stage_count(cell) == 1; /* then each panel's sums are used at once, while they are in the cache */
  int64_t last = part_start(layer->panels, part + 1, step->parts);
  for (int64_t first = part_start(layer->panels, part, step->parts); first < last; first += count) {
    count = once ? panels_together(layer, rows, last - first) : 1;
    float* sums = layer->sums + (once && rows > 1 ? part : first) * rows * layer->width;
    float* recurrent_sums = layer->recurrent_sums + (sums - layer->sums);
    if (step->stage == 0) start_panels(d, layer, first, count, sums, recurrent_sums);
    multiply_gates(layer, rows, units, step->stage == 0 ? layer->hidden : layer->factor, stride, layer->recurrent,
                   first, stage->first_gate, count * (stage->last_gate - stage->first_gate), recurrent_sums);
    for (int64_t index = 0; index < rows * count; index++) { /* one row, or one panel */
      int64_t panel = first + index / rows, offset = index % rows * stride + panel * BLOCK;
      stage->forward(&(struct forward_row){.units = BLOCK,
                                           .last = min64(BLOCK, units - panel * BLOCK),
                                           .sums = sums + index * layer->width,
                                           .recurrent_sums = recurrent_sums + index * layer->width,
                                           .before = layer->hidden + offset,
                                           .read = layer->hidden + offset,
                                           .hidden = layer->output + offset,
                                           .cell = layer->memory + offset,
                                           .factor = layer->factor + offset});
    }
  }
}

/* A step of an element-wise cell for a panel of a row; `skip` is what SRU's highway connection reads. */
static inline __attribute__((always_inline)) void scan_panel(enum scanned_cell cell, const struct decoder_layer* layer,
                                                             int64_t panel, int64_t row, const float* sums,
                                                             const float* skip) {
  int64_t offset = row * state_stride(layer->units) + panel * BLOCK, count = min64(BLOCK, layer->units - panel * BLOCK);
  const float* before = (layer->sizes.states == 1 ? layer->hidden : layer->memory) + offset;
  const float* vectors = layer->recurrent + panel * layer->sizes.recurrent * BLOCK;
  const float* bias = layer->bias + panel * layer->sizes.biases * BLOCK;
  for (int64_t j = 0; j < count; j += LANES) {
    int64_t left = count - j;
    struct scan_parameters parameters = parameters_of(cell, vectors, bias, BLOCK, j, left);
    struct scanned next = scan_step(cell, load_up_to(before + j, left), sums + j, skip == NULL ? NULL : skip + j, BLOCK,
                                    left, layer->constant, &parameters);
    store_up_to(layer->memory + offset + j, next.memory, left);
    store_up_to(layer->output + offset + j, next.output, left);
  }
}

static void gate_panel(const struct decoder_layer* layer, int64_t panel, int64_t row, const float* sums) {
  float* output = layer->output + row * state_stride(layer->units) + panel * BLOCK;
  for (int64_t j = 0; j < BLOCK; j += LANES) {
    vector gate = load(sums + j);
    store(output + j, gate * sigmoid(gate) * load(sums + BLOCK + j));
  }
}

/* A panel of a row of a layer without a recurrent matrix, from its sums. */
static void finish_panel(const struct decoder* d, const struct decoder_layer* layer, int64_t panel, int64_t row,
                         const float* sums) {
  switch (layer->kind) {
    case DECODER_SRU: {
      const float* input = signal_row(d, layer - d->layers, row) + panel * BLOCK;
      scan_panel(SRU, layer, panel, row, sums, layer->sizes.gates == 4 ? sums + 3 * BLOCK : input);
      break;
    }
    case DECODER_HGRN: scan_panel(HGRN, layer, panel, row, sums, NULL); break;
    case DECODER_MINGRU: scan_panel(MINGRU, layer, panel, row, sums, NULL); break;
    case DECODER_SILU_GATE: gate_panel(layer, panel, row, sums); break;
    default: memcpy(layer->output + row * state_stride(layer->units) + panel * BLOCK, sums, BLOCK * 4);
  }
}

static void plain_part(int64_t part, int worker, const void* context) {
  (void)worker;
  const struct layer_step* step = context;
  const struct decoder* d = step->decoder;
  const struct decoder_layer* layer = d->layers + step->layer;
  int64_t rows = d->rows, last = part_start(layer->panels, part + 1, step->parts), count;
  for (int64_t first = part_start(layer->panels, part, step->parts); first < last; first += count) {
    count = panels_together(layer, rows, last - first);
    float* sums = layer->sums + (rows > 1 ? part : first) * rows * layer->width;
    start_panels(d, layer, first, count, sums, sums);
    for (int64_t index = 0; index < rows * count; index++) /* one row, or one panel */
      finish_panel(d, layer, first + index / rows, index % rows, sums + index * layer->width);
  }
}

/* --- layers without a matmul --- */

static void scale_by_root(int64_t width, const float* values, const float* scale, float epsilon, float* output) {
  float factor = inverse_root(values, width, epsilon);
  for (int64_t j = 0; j < width; j += LANES)
    store_up_to(output + j, load_up_to(values + j, width - j) * factor * load_up_to(scale + j, width - j), width - j);
}

static void add_row(int64_t width, const float* one, const float* other, float* output) {
  for (int64_t j = 0; j < width; j += LANES)
    store_up_to(output + j, load_up_to(one + j, width - j) + load_up_to(other + j, width - j), width - j);
}

/* A causal convolution, which then forgets its oldest input. */
static void convolve_row(const struct decoder* d, const struct decoder_layer* layer, int64_t row, const float* input,
                         float* output) {
  int64_t units = layer->units, before = layer->sizes.states, stride = state_stride(units);
  float* oldest = layer->memory + row * stride; /* the next one is d->rows rows on */
  for (int64_t j = 0; j < units; j += LANES) {
    int64_t left = units - j;
    const float* kernel = layer->recurrent + j / BLOCK * layer->sizes.recurrent * BLOCK + j % BLOCK;
    vector sum = {0}, newest = load_up_to(input + j, left);
    for (int64_t i = 0; i < before; i++) {
      float* kept = oldest + i * d->rows * stride + j;
      sum += load_up_to(kernel + i * BLOCK, left) * load_up_to(kept, left);
      store_up_to(kept, i + 1 < before ? load_up_to(kept + d->rows * stride, left) : newest, left);
    }
    store_up_to(output + j, sum + load_up_to(kernel + before * BLOCK, left) * newest, left);
  }
}

static void row_layer_part(int64_t part, int worker, const void* context) {
  (void)worker;
  const struct layer_step* step = context;
  const struct decoder* d = step->decoder;
  const struct decoder_layer* layer = d->layers + step->layer;
  const float *scale = layer->bias, *shift = scale + whole_blocks(layer->units);
  int64_t units = layer->units, last = part_start(d->rows, part + 1, step->parts);
  for (int64_t row = part_start(d->rows, part, step->parts); row < last; row++) {
    const float* input = signal_row(d, step->layer, row);
    float* output = layer->output + row * state_stride(units);
    switch (layer->kind) {
      case DECODER_CONVOLUTION: convolve_row(d, layer, row, input, output); break;
      case DECODER_LAYER_NORM: normalize_row(units, input, scale, shift, layer->constant, output); break;
      case DECODER_RMS_NORM: scale_by_root(units, input, scale, layer->constant, output); break;
      default: add_row(units, signal_row(d, layer->detail, row), input, output);
    }
  }
}

/* --- any layer --- */

/* The inputs of fresh rows side by side. */
static void gather_fresh(const struct decoder* d, const struct decoder_layer* layer) {
  for (int64_t index = 0; index < d->fresh_count; index++)
    memcpy(d->vectors + index * layer->inputs, signal_row(d, layer - d->layers, d->fresh[index].row),
           (size_t)layer->inputs * 4);
}

enum { ROW_WORK = 4 }; /* of a unit in a layer without a matmul, in multiplications of one */

static void run_layer(const struct decoder* d, int64_t index) {
  const struct decoder_layer* layer = d->layers + index;
  if (!has_decoder_matmul(layer->kind)) {
    int64_t parts = parts_of(d, d->rows * layer->units * ROW_WORK, d->rows);
    run_parts(parts, row_layer_part, &(struct layer_step){d, index, 0, parts});
    return;
  }
  bool is_cell = layer->kind < CELLS;
  if (index == d->projected) gather_fresh(d, layer);
  int64_t multiplied = index == d->projected ? d->fresh_count : d->rows, gates = layer->sizes.gates;
  int64_t inner = multiplied * layer->inputs + (is_cell ? d->rows * layer->units : 0);
  int64_t parts = parts_of(d, inner * gates * layer->units, layer->panels);
  for (int64_t stage = 0; stage < (is_cell ? stage_count(all_cells[layer->kind]) : 1); stage++)
    run_parts(parts, is_cell ? cell_part : plain_part, &(struct layer_step){d, index, stage, parts});
}
