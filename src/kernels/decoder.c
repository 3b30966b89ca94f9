/** @file Generates tokens, many steps in one call: each row runs its last token through recurrent layers of one
 * direction and draws the next one from the logits. With one row, each token streams all weights through the cache
 * once, so they are packed in the order in which each thread reads them. */
#include "decoder.h"
#include "draw.h"
#include "recurrent.h"

enum {
  BLOCK = DECODER_BLOCK,
  BLOCK_VECTORS = BLOCK / LANES,
  DECODER_SUMS = VECTOR_REGISTERS == 32 ? 24
  : VECTOR_REGISTERS == 16              ? 12
                                        : 4, /* vectors of a tile's sums, all in registers */
  MAX_TILE_BLOCKS = 4,
  MAX_TILE_ROWS = DECODER_SUMS / BLOCK_VECTORS < 12 ? DECODER_SUMS / BLOCK_VECTORS : 12,
  AHEAD = 1024,                       /* floats prefetched ahead in each stream */
  MIN_GROUP_ROWS = 2 * MAX_TILE_ROWS, /* enough multiplications for each weight to hide the latency of memory */
};

/* --- packing --- */

static void decoder_pack(const struct decoder_pack* a) {
  int64_t next_row = a->transposed ? 1 : a->gates * a->units, next_column = a->transposed ? a->inner : 1;
  float* to = a->packed;
  for (int64_t first = 0; first < a->units; first += BLOCK) {
    int64_t count = min64(BLOCK, a->units - first);
    for (int64_t gate = 0; gate < a->gates; gate++) {
      const float* from = a->matrix + (gate * a->units + first) * next_column;
      for (int64_t k = 0; k < a->inner; k++, to += BLOCK, from += next_row) {
        for (int64_t column = 0; column < count; column++) to[column] = from[column * next_column];
        memset(to + count, 0, (size_t)(BLOCK - count) * 4);
      }
    }
  }
}

/* --- matmuls with packed weights --- */

/* output [rows, blocks · BLOCK] += left [rows, inner] · blocks; block_stride is the distance between blocks. */
static inline __attribute__((always_inline)) void decoder_tile(const int rows, const int blocks, int64_t inner,
                                                               const float* left, ptrdiff_t left_stride,
                                                               const float* right, ptrdiff_t block_stride,
                                                               float* output, ptrdiff_t output_stride) {
  enum { V = BLOCK_VECTORS };
  vector sums[MAX_TILE_ROWS * MAX_TILE_BLOCKS * V];
  const int width = blocks * V;
#pragma GCC unroll 16
  for (int row = 0; row < rows; row++)
#pragma GCC unroll 16
    for (int column = 0; column < width; column++)
      sums[row * width + column] = load(output + row * output_stride + column * LANES);
  for (int64_t k = 0; k < inner; k++) {
    vector values[MAX_TILE_BLOCKS * V];
#pragma GCC unroll 16
    for (int column = 0; column < width; column++) {
      const float* from = right + column / V * block_stride + column % V * LANES;
      if (column % V == 0) __builtin_prefetch(from + AHEAD);
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

/* With few rows, a tile has more blocks: enough independent sums to hide the latency of an addition. */
#define TILE_BLOCKS(ROWS) \
  ((ROWS) * 4 * BLOCK_VECTORS <= DECODER_SUMS ? 4 : (ROWS) * 2 * BLOCK_VECTORS <= DECODER_SUMS ? 2 : 1)

static void run_decoder_tile(int64_t rows, bool wide, int64_t inner, const float* left, ptrdiff_t left_stride,
                             const float* right, ptrdiff_t block_stride, float* output, ptrdiff_t output_stride) {
#define CASE(ROWS)                                                                                                 \
  case ROWS:                                                                                                       \
    if (ROWS <= MAX_TILE_ROWS && wide)                                                                             \
      decoder_tile(ROWS, TILE_BLOCKS(ROWS), inner, left, left_stride, right, block_stride, output, output_stride); \
    else if (ROWS <= MAX_TILE_ROWS)                                                                                \
      decoder_tile(ROWS, 1, inner, left, left_stride, right, block_stride, output, output_stride);                 \
    break;
  switch (rows) { CASE(1) CASE(2) CASE(3) CASE(4) CASE(5) CASE(6) CASE(7) CASE(8) CASE(9) CASE(10) CASE(11) CASE(12) }
#undef CASE
}

/* output [rows, count · BLOCK] += left [rows, inner] · right, `count` blocks with a distance of block_stride. A tile's
 * rows stay in the L1 cache, the blocks come from L2. */
static void multiply_blocks(int64_t rows, int64_t inner, const float* left, ptrdiff_t left_stride, const float* right,
                            ptrdiff_t block_stride, int64_t count, float* output, ptrdiff_t output_stride) {
  int64_t tiles = ceil_div(rows, MAX_TILE_ROWS), longest = rows == 1 ? inner : INNER_BLOCK;
  for (int64_t start = 0; start < inner; start += longest)
    for (int64_t tile = 0; tile < tiles; tile++) {
      int64_t row = part_start(rows, tile, tiles), height = part_start(rows, tile + 1, tiles) - row;
      int64_t group = TILE_BLOCKS(height), step;
      for (int64_t block = 0; block < count; block += step) {
        step = block + group <= count ? group : 1;
        run_decoder_tile(height, step > 1, min64(longest, inner - start), left + row * left_stride + start, left_stride,
                         right + block * block_stride + start * BLOCK, block_stride,
                         output + row * output_stride + block * BLOCK, output_stride);
      }
    }
}

/* --- a step --- */

struct decoder_layer {
  int64_t inputs, units, panels;               /* panels: blocks of units, each with all gates side by side */
  const float *kernel, *recurrent, *bias;      /* packed */
  float *hidden, *next_hidden, *cell, *factor; /* [rows, stride] */
  float *sums, *recurrent_sums; /* [panels, rows, gates, BLOCK]; the same memory unless there are two biases */
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
  const struct cell* cell;
  struct cell_sizes sizes;
  int64_t width; /* of a panel with all gates */
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
static int64_t state_stride(int64_t units) { return ceil_div(units, BLOCK) * BLOCK + BLOCK; }

struct layer_step {
  const struct decoder* decoder;
  int64_t layer, stage, parts;
};

/* Starts the sums of `rows` rows with one of a panel's biases. */
static void start_sums(const struct decoder* d, const struct decoder_layer* layer, int64_t panel, int64_t bias,
                       int64_t rows, float* sums) {
  const float* from = layer->bias + panel * d->sizes.biases * d->width;
  for (int64_t row = 0; row < rows; row++)
    for (int64_t gate = 0; gate < d->sizes.gates; gate++)
      memcpy(sums + row * d->width + gate * BLOCK, from + (gate * d->sizes.biases + bias) * BLOCK, BLOCK * 4);
}

/* sums [rows, width] += left · a panel of packed weights, of the gates first_gate … last_gate - 1. */
static void multiply_gates(const struct decoder* d, int64_t rows, int64_t inner, const float* left, ptrdiff_t stride,
                           const float* weights, int64_t panel, int64_t first_gate, int64_t last_gate, float* sums) {
  multiply_blocks(rows, inner, left, stride, weights + panel * inner * d->width + first_gate * inner * BLOCK,
                  inner * BLOCK, last_gate - first_gate, sums + first_gate * BLOCK, d->width);
}

/* Sums of the first layer's panel before the recurrent matmul; those of known tokens come from the cache. */
static void project_tokens(const struct decoder* d, const struct decoder_layer* layer, int64_t panel, float* sums) {
  const struct decode* a = d->arguments;
  size_t bytes = (size_t)d->width * 4;
  float* projections = a->projections + panel * d->width;
  start_sums(d, layer, panel, 0, d->fresh_count, sums);
  multiply_gates(d, d->fresh_count, a->embedding, d->vectors, a->embedding, layer->kernel, panel, 0, d->sizes.gates,
                 sums);
  int64_t fresh = d->fresh_count;
  for (int64_t row = d->rows - 1; row >= 0; row--) { /* from the last row on, so that no fresh sums are overwritten */
    float* own = sums + row * d->width;
    float* kept = projections + d->tokens[row] * a->projection;
    if (fresh == 0 || d->fresh[fresh - 1].row != row) {
      memcpy(own, kept, bytes);
      continue;
    }
    fresh--;
    if (fresh != row) memcpy(own, sums + fresh * d->width, bytes);
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
    start_sums(d, layer, panel, 0, rows, sums);
    multiply_gates(d, rows, layer->inputs, below->next_hidden, state_stride(below->units), layer->kernel, panel, 0,
                   d->sizes.gates, sums);
  }
  if (recurrent_sums != sums) start_sums(d, layer, panel, 1, rows, recurrent_sums);
}

static void layer_part(int64_t part, int worker, const void* context) {
  (void)worker;
  const struct layer_step* step = context;
  const struct decoder* d = step->decoder;
  const struct decoder_layer* layer = d->layers + step->layer;
  const struct stage* stage = d->cell->stages + step->stage;
  int64_t rows = d->rows, units = layer->units, stride = state_stride(units);
  bool once = stage_count(d->cell) == 1; /* then each panel's sums are used at once, while they are in the cache */
  int64_t last = part_start(layer->panels, part + 1, step->parts);
  for (int64_t panel = part_start(layer->panels, part, step->parts); panel < last; panel++) {
    float* sums = layer->sums + (once ? part : panel) * rows * d->width;
    float* recurrent_sums = layer->recurrent_sums + (once ? part : panel) * rows * d->width;
    if (step->stage == 0) start_panel(d, layer, panel, sums, recurrent_sums);
    multiply_gates(d, rows, units, step->stage == 0 ? layer->hidden : layer->factor, stride, layer->recurrent, panel,
                   stage->first_gate, stage->last_gate, recurrent_sums);
    for (int64_t row = 0; row < rows; row++) {
      int64_t offset = row * stride + panel * BLOCK;
      stage->forward(&(struct forward_row){.units = BLOCK,
                                           .last = min64(BLOCK, units - panel * BLOCK),
                                           .sums = sums + row * d->width,
                                           .recurrent_sums = recurrent_sums + row * d->width,
                                           .before = layer->hidden + offset,
                                           .read = layer->hidden + offset,
                                           .hidden = layer->next_hidden + offset,
                                           .cell = layer->cell + offset,
                                           .factor = layer->factor + offset});
    }
  }
}

static struct draw_row row_of(const struct decoder* d, int64_t row) {
  const struct decode* a = d->arguments;
  return (struct draw_row){.logits = a->logits + (d->first_row + row) * a->vocabulary,
                           .weights = d->weights == NULL ? NULL : d->weights + row * d->blocks * DRAW_BLOCK,
                           .maxima = d->maxima + row * d->blocks,
                           .sums = d->sums + row * d->blocks};
}

struct head_step {
  const struct decoder* decoder;
  int64_t parts;
};

/* A block's logits of a few rows, and their softmax weights, while they are in the cache. */
static void weigh_rows(const struct decoder* d, int64_t block, int64_t first_row, int64_t rows) {
  const struct decoder_layer* top = d->layers + d->arguments->layers - 1;
  int64_t first = block * DRAW_BLOCK, count = min64(DRAW_BLOCK, d->arguments->vocabulary - first);
  int64_t blocks = ceil_div(count, BLOCK), stride = state_stride(top->units);
  float logits[MAX_TILE_ROWS * DRAW_BLOCK];
  for (int64_t row = 0; row < rows; row++)
    memcpy(logits + row * DRAW_BLOCK, d->head_bias + first, (size_t)(blocks * BLOCK) * 4);
  multiply_blocks(rows, top->units, top->next_hidden + first_row * stride, stride, d->head_kernel + first * top->units,
                  top->units * BLOCK, blocks, logits, DRAW_BLOCK);
  for (int64_t row = 0; row < rows; row++)
    weigh_block(&d->draw, row_of(d, first_row + row), block, logits + row * DRAW_BLOCK);
}

static void head_part(int64_t part, int worker, const void* context) {
  (void)worker;
  const struct head_step* step = context;
  const struct decoder* d = step->decoder;
  int64_t last = part_start(d->blocks, part + 1, step->parts), tiles = ceil_div(d->rows, MAX_TILE_ROWS);
  for (int64_t block = part_start(d->blocks, part, step->parts); block < last; block++)
    for (int64_t tile = 0; tile < tiles; tile++) {
      int64_t row = part_start(d->rows, tile, tiles);
      weigh_rows(d, block, row, part_start(d->rows, tile + 1, tiles) - row);
    }
}

static void draw_part(int64_t row, int worker, const void* context) {
  (void)worker;
  const struct decoder* d = context;
  const double* uniforms = d->arguments->uniforms + d->step * d->arguments->rows + d->first_row;
  d->tokens[row] = draw_token(&d->draw, row_of(d, row), uniforms[row]);
}

enum { UNKNOWN, KNOWN, CLAIMED }; /* a token's projection: threads of other rows may compute it at the same time */

/* Lists the rows whose tokens have no cached projection, and gathers their embeddings. */
static void find_fresh(struct decoder* d) {
  const struct decode* a = d->arguments;
  d->fresh_count = 0;
  for (int64_t row = 0; row < d->rows; row++) {
    int32_t token = d->tokens[row], found = UNKNOWN;
    bool claimed = a->projected != 0 && __atomic_compare_exchange_n(a->known + token, &found, CLAIMED, false,
                                                                    __ATOMIC_ACQUIRE, __ATOMIC_ACQUIRE);
    if (found == KNOWN) continue;
    memcpy(d->vectors + d->fresh_count * a->embedding, a->table + token * a->embedding, (size_t)a->embedding * 4);
    d->fresh[d->fresh_count++] = (struct fresh_row){row, claimed};
  }
}

static void publish_fresh(const struct decoder* d) {
  for (int64_t index = 0; index < d->fresh_count; index++)
    if (d->fresh[index].keep)
      __atomic_store_n(d->arguments->known + d->tokens[d->fresh[index].row], KNOWN, __ATOMIC_RELEASE);
}

static int64_t parts_of(const struct decoder* d, int64_t weights, int64_t pieces) {
  int64_t shares = d->rows * weights / MIN_WEIGHTS + 1;
  return min64(min64(d->threads, pieces), shares);
}

/* Returns false if logits were not finite. */
static bool decode_step(struct decoder* d) {
  const struct decode* a = d->arguments;
  find_fresh(d);
  for (int64_t index = 0; index < a->layers; index++) {
    const struct decoder_layer* layer = d->layers + index;
    int64_t inner = layer->units + (index > 0 ? layer->inputs : 0);
    int64_t parts = parts_of(d, inner * d->sizes.gates * layer->units, layer->panels);
    for (int64_t stage = 0; stage < stage_count(d->cell); stage++)
      run_parts(parts, layer_part, &(struct layer_step){d, index, stage, parts});
  }
  publish_fresh(d);
  struct head_step head = {d, parts_of(d, d->layers[a->layers - 1].units * a->vocabulary, d->blocks)};
  run_parts(head.parts, head_part, &head);
  if (d->threads > 1)
    run_parts(d->rows, draw_part, d);
  else
    for (int64_t row = 0; row < d->rows; row++) draw_part(row, 0, d);
  bool finite = true;
  for (int64_t row = 0; row < d->rows; row++) finite &= d->tokens[row] >= 0;
  for (int64_t index = 0; index < a->layers; index++) {
    struct decoder_layer* layer = d->layers + index;
    float* before = layer->hidden;
    layer->hidden = layer->next_hidden;
    layer->next_hidden = before;
  }
  return finite;
}

/* --- a call --- */

/* Takes the next `bytes` of an arena; if the arena is null, only counts them. */
static void* take(char** arena, size_t* used, size_t bytes) {
  size_t offset = *used;
  *used += (bytes + 63) / 64 * 64;
  return *arena == NULL ? NULL : *arena + offset;
}

/* Lays out the arena; returns its size. */
static size_t lay_out(struct decoder* d, char* arena) {
  const struct decode* a = d->arguments;
  size_t used = 0, rows = (size_t)d->rows;
  d->layers = take(&arena, &used, (size_t)a->layers * sizeof *d->layers);
  d->tokens = take(&arena, &used, rows * 4);
  d->fresh = take(&arena, &used, rows * sizeof *d->fresh);
  d->vectors = take(&arena, &used, rows * (size_t)a->embedding * 4);
  if (filters(&d->draw)) d->weights = take(&arena, &used, rows * (size_t)d->blocks * DRAW_BLOCK * 4);
  d->maxima = take(&arena, &used, rows * (size_t)d->blocks * 4);
  d->sums = take(&arena, &used, rows * (size_t)d->blocks * 8);
  const float* weights = a->weights;
  int64_t inputs = a->embedding;
  for (int64_t index = 0; index < a->layers; index++) {
    int64_t units = a->units[index], panels = ceil_div(units, BLOCK);
    size_t state = rows * (size_t)state_stride(units) * 4;
    struct decoder_layer layer = {.inputs = inputs, .units = units, .panels = panels};
    layer.kernel = weights;
    layer.recurrent = layer.kernel + inputs * panels * d->width;
    layer.bias = layer.recurrent + units * panels * d->width;
    weights = layer.bias + d->sizes.biases * panels * d->width;
    layer.hidden = take(&arena, &used, state);
    layer.next_hidden = take(&arena, &used, state);
    layer.cell = take(&arena, &used, state);
    layer.factor = take(&arena, &used, state);
    layer.sums = take(&arena, &used, rows * (size_t)(panels * d->width) * 4);
    layer.recurrent_sums =
        d->sizes.biases == 1 ? layer.sums : take(&arena, &used, rows * (size_t)(panels * d->width) * 4);
    if (arena != NULL) d->layers[index] = layer;
    inputs = units;
  }
  d->head_kernel = weights;
  d->head_bias = weights + inputs * ceil_div(a->vocabulary, BLOCK) * BLOCK;
  return used;
}

/* Copies the states, [rows, units] one after another, from the caller into the arena or back. */
static void move_states(const struct decoder* d, bool back) {
  const struct decode* a = d->arguments;
  float* given = a->state;
  for (int64_t index = 0; index < a->layers; index++) {
    const struct decoder_layer* layer = d->layers + index;
    size_t bytes = (size_t)layer->units * 4;
    for (int64_t state = 0; state < d->sizes.states; state++, given += a->rows * layer->units)
      for (int64_t row = 0; row < d->rows; row++) {
        float* own = (state == 0 ? layer->hidden : layer->cell) + row * state_stride(layer->units);
        float* its = given + (d->first_row + row) * layer->units;
        memcpy(back ? its : own, back ? own : its, bytes);
      }
  }
}

struct row_groups {
  const struct decode* arguments;
  int64_t count;
};

/* Runs all steps of a group of rows. */
static void group_part(int64_t part, int worker, const void* context) {
  const struct row_groups* groups = context;
  const struct decode* a = groups->arguments;
  int64_t first = part_start(a->rows, part, groups->count);
  struct decoder d = {.arguments = a,
                      .first_row = first,
                      .rows = part_start(a->rows, part + 1, groups->count) - first,
                      .threads = groups->count == 1 ? thread_count() : 1,
                      .cell = all_cells[a->cell],
                      .sizes = cell_sizes[a->cell],
                      .width = cell_sizes[a->cell].gates * BLOCK,
                      .blocks = draw_blocks(a->vocabulary),
                      .draw = {a->vocabulary, a->temperature, a->top_k, a->top_p, a->min_p, a->bans, a->banned}};
  lay_out(&d, scratch(worker, SCRATCH_DECODER, lay_out(&d, NULL)));
  memcpy(d.tokens, a->last + first, (size_t)d.rows * 4);
  move_states(&d, false);
  for (bool finite = true; finite && d.step < a->steps; d.step++) {
    finite = decode_step(&d);
    memcpy(a->tokens + d.step * a->rows + first, d.tokens, (size_t)d.rows * 4);
  }
  move_states(&d, true);
}

/* Rows are independent: with enough of them, each thread runs some rows through all steps without synchronization. With
 * fewer, the threads split each layer's weights. */
static void decode(const struct decode* a) {
  bool many = a->rows >= thread_count() * MIN_GROUP_ROWS;
  struct row_groups groups = {a, many ? thread_count() : 1};
  for (int64_t offset = 0; offset < a->steps * a->rows; offset++) a->tokens[offset] = -1;
  run_parts(groups.count, group_part, &groups);
  bool finite = true; /* an error in one row ends all rows */
  for (int64_t step = 0; step < a->steps; step++) {
    int32_t* tokens = a->tokens + step * a->rows;
    for (int64_t row = 0; row < a->rows && !finite; row++) tokens[row] = -1;
    for (int64_t row = 0; row < a->rows; row++) finite &= tokens[row] >= 0;
  }
}
