/** @file Embedding lookup: a gather in the forward pass, a scatter-add in the backward pass. */
#include "kernels.h"
#include "matmul.h"

enum { TOKENS_IN_PART = 512, FLOATS_IN_CLEARING = 1 << 16, COLUMNS_IN_PART = 64 };

static void gather_part(int64_t part, int worker, const void* context) {
  (void)worker;
  const struct embedding_forward* a = context;
  int64_t last = min64(a->count, (part + 1) * TOKENS_IN_PART);
  for (int64_t position = part * TOKENS_IN_PART; position < last; position++)
    memcpy(a->output + position * a->width, a->table + a->tokens[position] * a->width, (size_t)a->width * 4);
}

static void embedding_forward(const struct embedding_forward* arguments) {
  run_parts(ceil_div(arguments->count, TOKENS_IN_PART), gather_part, arguments);
}

static void clear_part(int64_t part, int worker, const void* context) {
  (void)worker;
  const struct embedding_backward* a = context;
  int64_t first = part * FLOATS_IN_CLEARING, count = min64(FLOATS_IN_CLEARING, a->vocabulary * a->width - first);
  memset(a->table_gradient + first, 0, (size_t)count * 4);
}

/* Each thread takes some columns of all tokens, so that no two threads add to the same element. */
static void scatter_part(int64_t part, int worker, const void* context) {
  (void)worker;
  const struct embedding_backward* a = context;
  int64_t first = part * COLUMNS_IN_PART, width = min64(COLUMNS_IN_PART, a->width - first);
  for (int64_t position = 0; position < a->count; position++) {
    float* to = a->table_gradient + a->tokens[position] * a->width + first;
    const float* from = a->gradient + position * a->width + first;
    for (int64_t column = 0; column < width; column++) to[column] += from[column];
  }
}

static void embedding_backward(const struct embedding_backward* arguments) {
  run_parts(ceil_div(arguments->vocabulary * arguments->width, FLOATS_IN_CLEARING), clear_part, arguments);
  run_parts(ceil_div(arguments->width, COLUMNS_IN_PART), scatter_part, arguments);
}
