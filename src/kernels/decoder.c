/** @file New tokens, several in one call: each row reads its last token through LSTM layers of one direction, and draws the
 * next one from the logits. With one row the weights stream through the cache once a token, so they lie in the order in
 * which each thread reads them. */
#include "decoder.h"
#include "draw.h"
#include "exponential.h"
#include "kernels.h"
#include "matmul.h"

enum {
  BLOCK = DECODER_BLOCK,
  BLOCK_VECTORS = BLOCK / LANES,
  DECODER_SUMS = VECTOR_REGISTERS == 32 ? 24 : 12, /* vectors of a tile's sums in the registers */
  MOST_TILE_BLOCKS = 4,
  MOST_TILE_ROWS = DECODER_SUMS / BLOCK_VECTORS < 12 ? DECODER_SUMS / BLOCK_VECTORS : 12,
  AHEAD = 1024, /* floats of a stream that are fetched ahead */
};

/* --- packing --- */

static void decoder_pack(const struct decoder_pack* a) {
  float* to = a->packed;
  for (int64_t first = 0; first < a->units; first += BLOCK) {
    int64_t count = smaller(BLOCK, a->units - first);
    for (int64_t gate = 0; gate < a->gates; gate++) {
      const float* from = a->matrix + gate * a->units + first;
      for (int64_t k = 0; k < a->inner; k++, to += BLOCK, from += a->gates * a->units) {
        memcpy(to, from, (size_t)count * 4);
        memset(to + count, 0, (size_t)(BLOCK - count) * 4);
      }
    }
  }
}

/* --- products with packed weights --- */

/* output [rows, blocks · BLOCK] += left [rows, inner] · blocks, which are block_stride apart. */
static inline __attribute__((always_inline)) void decoder_tile(const int rows, const int blocks, int64_t inner,
                                                               const float* left, ptrdiff_t left_stride,
                                                               const float* right, ptrdiff_t block_stride,
                                                               float* output, ptrdiff_t output_stride) {
  enum { V = BLOCK_VECTORS };
  vector sums[MOST_TILE_ROWS * MOST_TILE_BLOCKS * V];
  const int width = blocks * V;
#pragma GCC unroll 16
  for (int row = 0; row < rows; row++)
#pragma GCC unroll 16
    for (int column = 0; column < width; column++)
      sums[row * width + column] = load(output + row * output_stride + column * LANES);
  for (int64_t k = 0; k < inner; k++) {
    vector values[MOST_TILE_BLOCKS * V];
#pragma GCC unroll 16
    for (int column = 0; column < width; column++) {
      const float* from = right + column / V * block_stride + column % V * LANES;
      if (rows == 1 && column % V == 0) __builtin_prefetch(from + AHEAD);
      values[column] = load(from);
    }
#pragma GCC unroll 16
    for (int row = 0; row < rows; row++) {
      vector factor = broadcast(left[row * left_stride + k]);
#pragma GCC unroll 16
      for (int column = 0; column < width; column++) sums[row * width + column] += factor * values[column];
    }
    right += BLOCK;
  }
#pragma GCC unroll 16
  for (int row = 0; row < rows; row++)
#pragma GCC unroll 16
    for (int column = 0; column < width; column++)
      store(output + row * output_stride + column * LANES, sums[row * width + column]);
}

/* Of few rows, more blocks at once: enough sums in flight to hide the latency of an addition. */
#define TILE_BLOCKS(ROWS) \
  ((ROWS) * 4 * BLOCK_VECTORS <= DECODER_SUMS ? 4 : (ROWS) * 2 * BLOCK_VECTORS <= DECODER_SUMS ? 2 : 1)

static void run_decoder_tile(int64_t rows, bool wide, int64_t inner, const float* left, ptrdiff_t left_stride,
                             const float* right, ptrdiff_t block_stride, float* output, ptrdiff_t output_stride) {
#define CASE(ROWS)                                                                                             \
  case ROWS:                                                                                                   \
    if (ROWS <= MOST_TILE_ROWS && wide)                                                                        \
      decoder_tile(ROWS, TILE_BLOCKS(ROWS), inner, left, left_stride, right, block_stride, output, output_stride); \
    else if (ROWS <= MOST_TILE_ROWS)                                                                           \
      decoder_tile(ROWS, 1, inner, left, left_stride, right, block_stride, output, output_stride);             \
    break;
  switch (rows) {
    CASE(1) CASE(2) CASE(3) CASE(4) CASE(5) CASE(6) CASE(7) CASE(8) CASE(9) CASE(10) CASE(11) CASE(12)
  }
#undef CASE
}

/* output [rows, count · BLOCK] += left [rows, inner] · right, `count` blocks that are block_stride apart. */
static void multiply_blocks(int64_t rows, int64_t inner, const float* left, ptrdiff_t left_stride, const float* right,
                            ptrdiff_t block_stride, int64_t count, float* output, ptrdiff_t output_stride) {
  if (rows == 0) return;
  int64_t tiles = divide_up(rows, MOST_TILE_ROWS), group = TILE_BLOCKS(divide_up(rows, tiles));
  int64_t longest = rows == 1 ? inner : INNER_BLOCK;
  for (int64_t start = 0; start < inner; start += longest)
    for (int64_t block = 0; block < count;) {
      bool wide = block + group <= count;
      for (int64_t tile = 0; tile < tiles; tile++) { /* of nearly equal height */
        int64_t row = rows * tile / tiles, height = rows * (tile + 1) / tiles - row;
        int64_t step = wide && TILE_BLOCKS(height) == group ? group : 1, end = wide ? block + group : block + 1;
        for (int64_t at = block; at < end; at += step)
          run_decoder_tile(height, step > 1, smaller(longest, inner - start), left + row * left_stride + start,
                           left_stride, right + at * block_stride + start * BLOCK, block_stride,
                           output + row * output_stride + at * BLOCK, output_stride);
      }
      block += wide ? group : 1;
    }
}

/* --- a step --- */

struct decoder_layer {
  int64_t inputs, units, panels;          /* panels: blocks of units, each with all gates side by side */
  const float *kernel, *recurrent, *bias; /* packed */
  float *hidden, *next_hidden, *cell;     /* [rows, stride] */
  float* sums;                            /* [panels, rows, GATE_BLOCKS] */
};

enum { GATE_BLOCKS = LSTM_GATES * BLOCK };

struct decoder {
  const struct decode* arguments;
  struct decoder_layer* layers;
  int32_t* tokens; /* [rows]: read next */
  int32_t* fresh;  /* [fresh_count]: rows whose tokens the first layer has not projected yet */
  int64_t fresh_count;
  float* vectors;                   /* [fresh_count, embedding]: of these rows */
  const float *head_kernel, *head_bias;
  struct draw_options draw;
  int64_t blocks;     /* of the draw */
  float *logits, *weights, *maxima; /* [rows, blocks · DRAW_BLOCK]; [rows, blocks] */
  double* sums;                     /* [rows, blocks] */
  int64_t step;
};

/* Rows of a state are this far apart: off a power of two, so that they do not fall on the same lines of the cache. */
static int64_t state_stride(int64_t units) { return divide_up(units, BLOCK) * BLOCK + BLOCK; }

/* i f c o side by side, `count` of each: the cell, then the hidden values. */
static void lstm_units(const float* sums, int64_t count, float* cell, float* hidden) {
  for (int64_t j = 0; j < count; j += LANES) {
    int64_t left = count - j;
    vector input = sigmoid(load(sums + j)), forget = sigmoid(load(sums + BLOCK + j));
    vector candidate = hyperbolic_tangent(load(sums + 2 * BLOCK + j)), out = sigmoid(load(sums + 3 * BLOCK + j));
    vector memory = forget * load_up_to(cell + j, left) + input * candidate;
    store_up_to(cell + j, memory, left);
    store_up_to(hidden + j, out * hyperbolic_tangent(memory), left);
  }
}

struct layer_step {
  const struct decoder* decoder;
  int64_t layer, parts;
};

/* Sums of the first layer's panel before the recurrent product: of tokens seen before they are there already. */
static void project_tokens(const struct decoder* d, const struct decoder_layer* layer, int64_t panel, float* sums) {
  const struct decode* a = d->arguments;
  for (int64_t index = 0; index < d->fresh_count; index++)
    memcpy(sums + index * GATE_BLOCKS, layer->bias + panel * GATE_BLOCKS, GATE_BLOCKS * 4);
  multiply_blocks(d->fresh_count, a->embedding, d->vectors, a->embedding,
                  layer->kernel + panel * a->embedding * GATE_BLOCKS, a->embedding * BLOCK, LSTM_GATES, sums,
                  GATE_BLOCKS);
  if (a->projected == 0) return; /* all rows are fresh */
  for (int64_t index = 0; index < d->fresh_count; index++)
    memcpy(a->projections + d->tokens[d->fresh[index]] * a->projection + panel * GATE_BLOCKS,
           sums + index * GATE_BLOCKS, GATE_BLOCKS * 4);
  for (int64_t row = 0; row < a->rows; row++)
    memcpy(sums + row * GATE_BLOCKS, a->projections + d->tokens[row] * a->projection + panel * GATE_BLOCKS,
           GATE_BLOCKS * 4);
}

static void layer_part(int64_t part, int worker, const void* context) {
  (void)worker;
  const struct layer_step* step = context;
  const struct decoder* d = step->decoder;
  const struct decoder_layer *layer = d->layers + step->layer, *below = layer - 1;
  int64_t rows = d->arguments->rows, units = layer->units, stride = state_stride(units);
  int64_t first = layer->panels * part / step->parts, last = layer->panels * (part + 1) / step->parts;
  for (int64_t panel = first; panel < last; panel++) {
    float* sums = layer->sums + panel * rows * GATE_BLOCKS;
    if (step->layer == 0) {
      project_tokens(d, layer, panel, sums);
    } else {
      for (int64_t row = 0; row < rows; row++)
        memcpy(sums + row * GATE_BLOCKS, layer->bias + panel * GATE_BLOCKS, GATE_BLOCKS * 4);
      multiply_blocks(rows, layer->inputs, below->next_hidden, state_stride(below->units),
                      layer->kernel + panel * layer->inputs * GATE_BLOCKS, layer->inputs * BLOCK, LSTM_GATES, sums,
                      GATE_BLOCKS);
    }
    multiply_blocks(rows, units, layer->hidden, stride, layer->recurrent + panel * units * GATE_BLOCKS, units * BLOCK,
                    LSTM_GATES, sums, GATE_BLOCKS);
    int64_t unit = panel * BLOCK;
    for (int64_t row = 0; row < rows; row++)
      lstm_units(sums + row * GATE_BLOCKS, smaller(BLOCK, units - unit), layer->cell + row * stride + unit,
                 layer->next_hidden + row * stride + unit);
  }
}

static struct draw_row row_of(const struct decoder* d, int64_t row) {
  int64_t width = d->blocks * DRAW_BLOCK;
  return (struct draw_row){d->logits + row * width, d->weights + row * width, d->maxima + row * d->blocks,
                           d->sums + row * d->blocks};
}

struct head_step {
  const struct decoder* decoder;
  int64_t parts;
};

static void head_part(int64_t part, int worker, const void* context) {
  (void)worker;
  const struct head_step* step = context;
  const struct decoder* d = step->decoder;
  const struct decoder_layer* top = d->layers + d->arguments->layers - 1;
  int64_t rows = d->arguments->rows, width = d->blocks * DRAW_BLOCK;
  int64_t columns = divide_up(d->arguments->vocabulary, BLOCK) * BLOCK;
  int64_t last = d->blocks * (part + 1) / step->parts;
  for (int64_t block = d->blocks * part / step->parts; block < last; block++) {
    int64_t first = block * DRAW_BLOCK, count = smaller(DRAW_BLOCK, columns - first);
    for (int64_t row = 0; row < rows; row++) memset(d->logits + row * width + first, 0, (size_t)count * 4);
    multiply_blocks(rows, top->units, top->next_hidden, state_stride(top->units), d->head_kernel + first * top->units,
                    top->units * BLOCK, count / BLOCK, d->logits + first, width);
    for (int64_t row = 0; row < rows; row++) {
      float* logits = d->logits + row * width + first;
      for (int64_t column = 0; column < count; column += LANES)
        store(logits + column, load(logits + column) + load(d->head_bias + first + column));
      weigh_block(&d->draw, row_of(d, row), block);
    }
  }
}

static void draw_part(int64_t row, int worker, const void* context) {
  (void)worker;
  const struct decoder* d = context;
  d->tokens[row] =
      draw_token(&d->draw, row_of(d, row), d->arguments->uniforms[d->step * d->arguments->rows + row]);
}

/* Rows whose tokens are new to the first layer, and their vectors. */
static void find_fresh(struct decoder* d) {
  const struct decode* a = d->arguments;
  d->fresh_count = 0;
  for (int64_t row = 0; row < a->rows; row++) {
    int32_t token = d->tokens[row];
    if (a->projected != 0 && a->known[token]) continue;
    memcpy(d->vectors + d->fresh_count * a->embedding, a->table + token * a->embedding, (size_t)a->embedding * 4);
    d->fresh[d->fresh_count++] = (int32_t)row;
  }
}

static int64_t parts_of(const struct decoder* d, int64_t weights, int64_t pieces) {
  int64_t shares = d->arguments->rows * weights / LEAST_WEIGHTS + 1;
  return smaller(smaller(thread_count(), pieces), shares);
}

/* False where logits were not finite. */
static bool decode_step(struct decoder* d) {
  const struct decode* a = d->arguments;
  find_fresh(d);
  for (int64_t index = 0; index < a->layers; index++) {
    const struct decoder_layer* layer = d->layers + index;
    int64_t inner = layer->units + (index > 0 ? layer->inputs : 0);
    struct layer_step step = {d, index, parts_of(d, inner * LSTM_GATES * layer->units, layer->panels)};
    run_parts(step.parts, layer_part, &step);
  }
  if (a->projected != 0)
    for (int64_t index = 0; index < d->fresh_count; index++) a->known[d->tokens[d->fresh[index]]] = 1;
  struct head_step head = {d, parts_of(d, d->layers[a->layers - 1].units * a->vocabulary, d->blocks)};
  run_parts(head.parts, head_part, &head);
  run_parts(a->rows, draw_part, d);
  bool finite = true;
  for (int64_t row = 0; row < a->rows; row++) finite &= d->tokens[row] >= 0;
  for (int64_t index = 0; index < a->layers; index++) {
    struct decoder_layer* layer = d->layers + index;
    float* before = layer->hidden;
    layer->hidden = layer->next_hidden;
    layer->next_hidden = before;
  }
  return finite;
}

/* --- a call --- */

/* Takes the next `bytes` of an arena; of one that is not there yet, only counts them. */
static void* take(char** arena, size_t* used, size_t bytes) {
  size_t place = *used;
  *used += (bytes + 63) / 64 * 64;
  return *arena == NULL ? NULL : *arena + place;
}

/* Where everything lies in the arena; returns its size. */
static size_t lay_out(struct decoder* d, char* arena) {
  const struct decode* a = d->arguments;
  size_t used = 0, rows = (size_t)a->rows;
  d->layers = take(&arena, &used, (size_t)a->layers * sizeof *d->layers);
  d->tokens = take(&arena, &used, rows * 4);
  d->fresh = take(&arena, &used, rows * 4);
  d->vectors = take(&arena, &used, rows * (size_t)a->embedding * 4);
  d->logits = take(&arena, &used, rows * (size_t)d->blocks * DRAW_BLOCK * 4);
  d->weights = take(&arena, &used, rows * (size_t)d->blocks * DRAW_BLOCK * 4);
  d->maxima = take(&arena, &used, rows * (size_t)d->blocks * 4);
  d->sums = take(&arena, &used, rows * (size_t)d->blocks * 8);
  const float* weights = a->weights;
  int64_t inputs = a->embedding;
  for (int64_t index = 0; index < a->layers; index++) {
    int64_t units = a->units[index], panels = divide_up(units, BLOCK);
    size_t state = rows * (size_t)state_stride(units) * 4;
    struct decoder_layer layer = {.inputs = inputs, .units = units, .panels = panels};
    layer.kernel = weights;
    layer.recurrent = layer.kernel + inputs * panels * GATE_BLOCKS;
    layer.bias = layer.recurrent + units * panels * GATE_BLOCKS;
    weights = layer.bias + panels * GATE_BLOCKS;
    layer.hidden = take(&arena, &used, state);
    layer.next_hidden = take(&arena, &used, state);
    layer.cell = take(&arena, &used, state);
    layer.sums = take(&arena, &used, rows * (size_t)(panels * GATE_BLOCKS) * 4);
    if (arena != NULL) d->layers[index] = layer;
    inputs = units;
  }
  d->head_kernel = weights;
  d->head_bias = weights + inputs * divide_up(a->vocabulary, BLOCK) * BLOCK;
  return used;
}

/* Between a state [rows, units] as the caller has it and rows that are a stride apart. */
static void copy_rows(int64_t rows, int64_t units, const float* from, ptrdiff_t from_stride, float* to,
                      ptrdiff_t to_stride) {
  for (int64_t row = 0; row < rows; row++) memcpy(to + row * to_stride, from + row * from_stride, (size_t)units * 4);
}

static void decode(const struct decode* a) {
  struct decoder d = {.arguments = a,
                      .blocks = draw_blocks(a->vocabulary),
                      .draw = {a->vocabulary, a->temperature, a->top_k, a->top_p, a->min_p, a->bans, a->banned}};
  lay_out(&d, scratch(0, SCRATCH_DECODER, lay_out(&d, NULL)));
  memcpy(d.tokens, a->last, (size_t)a->rows * 4);
  float* state = a->state;
  for (int64_t index = 0; index < a->layers; index++) {
    struct decoder_layer* layer = d.layers + index;
    copy_rows(a->rows, layer->units, state, layer->units, layer->hidden, state_stride(layer->units));
    state += a->rows * layer->units;
    copy_rows(a->rows, layer->units, state, layer->units, layer->cell, state_stride(layer->units));
    state += a->rows * layer->units;
  }
  for (int64_t place = 0; place < a->steps * a->rows; place++) a->tokens[place] = -1;
  for (bool finite = true; finite && d.step < a->steps; d.step++) {
    finite = decode_step(&d);
    memcpy(a->tokens + d.step * a->rows, d.tokens, (size_t)a->rows * 4);
  }
  copy_rows(a->rows, a->vocabulary, d.logits, d.blocks * DRAW_BLOCK, a->logits, a->vocabulary);
  state = a->state;
  for (int64_t index = 0; index < a->layers; index++) {
    struct decoder_layer* layer = d.layers + index;
    copy_rows(a->rows, layer->units, layer->hidden, state_stride(layer->units), state, layer->units);
    state += a->rows * layer->units;
    copy_rows(a->rows, layer->units, layer->cell, state_stride(layer->units), state, layer->units);
    state += a->rows * layer->units;
  }
}
