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
  int64_t added;                /* the signal that a residual connection adds */
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
  int32_t* tokens;         /* [rows]: read next */
  struct fresh_row* fresh; /* [fresh_count], ascending */
  int64_t fresh_count;
  float* vectors; /* [fresh_count, embedding] */
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

/* Starts the sums of `rows` rows with one of a panel's biases; an element-wise cell adds its own later. */
static void start_sums(const struct decoder_layer* layer, int64_t panel, int64_t bias, int64_t rows, float* sums) {
  if (is_decoder_scan(layer->kind)) {
    memset(sums, 0, (size_t)(rows * layer->width) * 4);
    return;
  }
  int64_t biases = cell_sizes[layer->kind].biases;
  const float* from = layer->bias + panel * biases * layer->width;
  for (int64_t row = 0; row < rows; row++)
    for (int64_t gate = 0; gate < layer->sizes.gates; gate++)
      memcpy(sums + row * layer->width + gate * BLOCK, from + (gate * biases + bias) * BLOCK, BLOCK * 4);
}

/* sums [rows, width] += left · a panel of packed weights, of the gates first_gate … last_gate - 1. */
static void multiply_gates(const struct decoder_layer* layer, int64_t rows, int64_t inner, const float* left,
                           ptrdiff_t stride, const float* weights, int64_t panel, int64_t first_gate, int64_t last_gate,
                           float* sums) {
  multiply_blocks(rows, inner, left, stride, weights + panel * inner * layer->width + first_gate * inner * BLOCK,
                  inner * BLOCK, last_gate - first_gate, sums + first_gate * BLOCK, layer->width);
}

/* Sums of the first layer's panel before the recurrent matmul; those of known tokens come from the cache. */
static void project_tokens(const struct decoder* d, const struct decoder_layer* layer, int64_t panel, float* sums) {
  const struct decode* a = d->arguments;
  size_t bytes = (size_t)layer->width * 4;
  float* projections = a->projections + panel * layer->width;
  start_sums(layer, panel, 0, d->fresh_count, sums);
  multiply_gates(layer, d->fresh_count, a->embedding, d->vectors, a->embedding, layer->kernel, panel, 0,
                 layer->sizes.gates, sums);
  int64_t fresh = d->fresh_count;
  for (int64_t row = d->rows - 1; row >= 0; row--) { /* from the last row on, so that no fresh sums are overwritten */
    float* own = sums + row * layer->width;
    float* kept = projections + d->tokens[row] * a->projection;
    if (fresh == 0 || d->fresh[fresh - 1].row != row) {
      memcpy(own, kept, bytes);
      continue;
    }
    fresh--;
    if (fresh != row) memcpy(own, sums + fresh * layer->width, bytes);
    if (d->fresh[fresh].keep) memcpy(kept, own, bytes);
  }
}

/* The part of the sums that does not depend on the hidden state. */
static void start_panel(const struct decoder* d, const struct decoder_layer* layer, int64_t panel, float* sums,
                        float* recurrent_sums) {
  int64_t rows = d->rows;
  if (layer == d->layers) {
    project_tokens(d, layer, panel, sums);
  } else {
    const struct decoder_layer* below = layer - 1;
    start_sums(layer, panel, 0, rows, sums);
    multiply_gates(layer, rows, layer->inputs, below->output, state_stride(below->units), layer->kernel, panel, 0,
                   layer->sizes.gates, sums);
  }
  if (recurrent_sums != sums) start_sums(layer, panel, 1, rows, recurrent_sums);
}

static void cell_part(int64_t part, int worker, const void* context) {
  (void)worker;
  const struct layer_step* step = context;
  const struct decoder* d = step->decoder;
  const struct decoder_layer* layer = d->layers + step->layer;
  const struct cell* cell = all_cells[layer->kind];
  const struct stage* stage = cell->stages + step->stage;
  int64_t rows = d->rows, units = layer->units, stride = state_stride(units);
  bool once = stage_count(cell) == 1; /* then each panel's sums are used at once, while they are in the cache */
  int64_t last = part_start(layer->panels, part + 1, step->parts);
  for (int64_t panel = part_start(layer->panels, part, step->parts); panel < last; panel++) {
    float* sums = layer->sums + (once ? part : panel) * rows * layer->width;
    float* recurrent_sums = layer->recurrent_sums + (once ? part : panel) * rows * layer->width;
    if (step->stage == 0) start_panel(d, layer, panel, sums, recurrent_sums);
    multiply_gates(layer, rows, units, step->stage == 0 ? layer->hidden : layer->factor, stride, layer->recurrent,
                   panel, stage->first_gate, stage->last_gate, recurrent_sums);
    for (int64_t row = 0; row < rows; row++) {
      int64_t offset = row * stride + panel * BLOCK;
      stage->forward(&(struct forward_row){.units = BLOCK,
                                           .last = min64(BLOCK, units - panel * BLOCK),
                                           .sums = sums + row * layer->width,
                                           .recurrent_sums = recurrent_sums + row * layer->width,
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

static void scan_cell_part(int64_t part, int worker, const void* context) {
  (void)worker;
  const struct layer_step* step = context;
  const struct decoder* d = step->decoder;
  const struct decoder_layer* layer = d->layers + step->layer;
  float* sums = layer->sums + part * d->rows * layer->width;
  int64_t last = part_start(layer->panels, part + 1, step->parts);
  for (int64_t panel = part_start(layer->panels, part, step->parts); panel < last; panel++) {
    start_panel(d, layer, panel, sums, sums);
    for (int64_t row = 0; row < d->rows; row++) {
      const float* own = sums + row * layer->width;
      switch (layer->kind) {
        case DECODER_SRU: {
          bool projected = layer->sizes.gates == 4;
          const float* skip = projected ? own + 3 * BLOCK : signal_row(d, step->layer, row) + panel * BLOCK;
          scan_panel(SRU, layer, panel, row, own, skip);
          break;
        }
        case DECODER_HGRN: scan_panel(HGRN, layer, panel, row, own, NULL); break;
        default: scan_panel(MINGRU, layer, panel, row, own, NULL);
      }
    }
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
      case DECODER_LAYER_NORM: normalize_row(units, input, scale, shift, layer->constant, output); break;
      case DECODER_RMS_NORM: scale_by_root(units, input, scale, layer->constant, output); break;
      default: add_row(units, signal_row(d, layer->added, row), input, output);
    }
  }
}

/* --- any layer --- */

enum { NORMALIZATION_WORK = 4 }; /* of a unit, in multiplications of a matmul */

static void run_layer(const struct decoder* d, int64_t index) {
  const struct decoder_layer* layer = d->layers + index;
  bool is_cell = layer->kind < CELLS;
  if (!is_cell && !is_decoder_scan(layer->kind)) {
    int64_t parts = parts_of(d, d->rows * layer->units * NORMALIZATION_WORK, d->rows);
    run_parts(parts, row_layer_part, &(struct layer_step){d, index, 0, parts});
    return;
  }
  int64_t projected = index == 0 ? d->fresh_count : d->rows, gates = layer->sizes.gates;
  int64_t inner = projected * layer->inputs + (is_cell ? d->rows * layer->units : 0);
  int64_t parts = parts_of(d, inner * gates * layer->units, layer->panels);
  for (int64_t stage = 0; stage < (is_cell ? stage_count(all_cells[layer->kind]) : 1); stage++)
    run_parts(parts, is_cell ? cell_part : scan_cell_part, &(struct layer_step){d, index, stage, parts});
}
