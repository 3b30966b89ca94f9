/** @file Generates tokens, many steps in one call: each row runs its last token through the layers and draws the next
 * one from the logits. */
#include "decoder.h"
#include "draw.h"
#include "recurrent.h"

/* --- a step --- */

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
  multiply_blocks(rows, top->units, top->output + first_row * stride, stride, d->head_kernel + first * top->units,
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

/* Lists the rows whose tokens have no cached projection. */
static void find_fresh(struct decoder* d) {
  const struct decode* a = d->arguments;
  d->fresh_count = 0;
  for (int64_t row = 0; row < d->rows && d->projected >= 0; row++) {
    int32_t token = d->tokens[row], found = UNKNOWN;
    bool claimed = a->projected != 0 && __atomic_compare_exchange_n(a->known + token, &found, CLAIMED, false,
                                                                    __ATOMIC_ACQUIRE, __ATOMIC_ACQUIRE);
    if (found != KNOWN) d->fresh[d->fresh_count++] = (struct fresh_row){row, claimed};
  }
}

static void publish_fresh(const struct decoder* d) {
  for (int64_t index = 0; index < d->fresh_count; index++)
    if (d->fresh[index].keep)
      __atomic_store_n(d->arguments->known + d->tokens[d->fresh[index].row], KNOWN, __ATOMIC_RELEASE);
}

/* Returns false if logits were not finite. */
static bool decode_step(struct decoder* d) {
  const struct decode* a = d->arguments;
  find_fresh(d);
  for (int64_t index = 0; index < a->layers; index++) run_layer(d, index);
  publish_fresh(d);
  struct head_step head = {d, parts_of(d, d->rows * d->layers[a->layers - 1].units * a->vocabulary, d->blocks)};
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
    layer->hidden = layer->output;
    layer->output = before;
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
  if (d->projected >= 0) {
    int64_t inputs = decoder_width(a->embedding, a->units, d->projected);
    d->vectors = take(&arena, &used, rows * (size_t)inputs * 4);
  }
  if (filters(&d->draw)) d->weights = take(&arena, &used, rows * (size_t)d->blocks * DRAW_BLOCK * 4);
  d->maxima = take(&arena, &used, rows * (size_t)d->blocks * 4);
  d->sums = take(&arena, &used, rows * (size_t)d->blocks * 8);
  const float* weights = a->weights;
  int64_t inputs = a->embedding;
  for (int64_t index = 0; index < a->layers; index++) {
    int64_t kind = a->kinds[index], units = a->units[index], columns = whole_blocks(units);
    struct decoder_layer layer = {.kind = kind, .inputs = inputs, .units = units, .panels = columns / BLOCK};
    layer.sizes = decoder_sizes(kind, inputs, units, a->details[index]);
    layer.width = layer.sizes.gates * BLOCK;
    layer.detail = a->details[index];
    layer.constant = a->constants[index];
    layer.kernel = weights;
    layer.recurrent = layer.kernel + inputs * layer.sizes.gates * columns;
    layer.bias = layer.recurrent + layer.sizes.recurrent * columns;
    weights = layer.bias + layer.sizes.biases * columns;
    size_t state = rows * (size_t)state_stride(units) * 4, sums = rows * (size_t)(layer.sizes.gates * columns) * 4;
    layer.hidden = take(&arena, &used, state);
    layer.output = take(&arena, &used, state);
    layer.memory = take(&arena, &used, (size_t)(kind == DECODER_CONVOLUTION ? layer.sizes.states : 1) * state);
    layer.factor = take(&arena, &used, state);
    layer.sums = take(&arena, &used, sums);
    bool one_bias = kind >= CELLS || cell_sizes[kind].biases == 1;
    layer.recurrent_sums = one_bias ? layer.sums : take(&arena, &used, sums);
    if (arena != NULL) d->layers[index] = layer;
    inputs = units;
  }
  d->head_kernel = weights;
  d->head_bias = weights + inputs * ceil_div(a->vocabulary, BLOCK) * BLOCK;
  return used;
}

/* A vector of a layer's state, of all rows. */
static float* state_of(const struct decoder* d, const struct decoder_layer* layer, int64_t state) {
  if (layer->kind == DECODER_CONVOLUTION) return layer->memory + state * d->rows * state_stride(layer->units);
  return state == 0 ? layer->hidden : layer->memory;
}

/* Copies the states, [rows, units] one after another, from the caller into the arena or back. */
static void move_states(const struct decoder* d, bool back) {
  const struct decode* a = d->arguments;
  float* given = a->state;
  for (int64_t index = 0; index < a->layers; index++) {
    const struct decoder_layer* layer = d->layers + index;
    size_t bytes = (size_t)layer->units * 4;
    for (int64_t state = 0; state < layer->sizes.states; state++, given += a->rows * layer->units)
      for (int64_t row = 0; row < d->rows; row++) {
        float* own = state_of(d, layer, state) + row * state_stride(layer->units);
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
                      .projected = decoder_projected((double)a->layers, a->kinds),
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
