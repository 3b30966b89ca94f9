/** @file Rows of a table by token: a gather forward, a scatter-add backward. */
#include "kernels.h"
#include "matmul.h"

enum { TOKENS_IN_PART = 512, FLOATS_IN_CLEARING = 1 << 16, COLUMNS_IN_PART = 64 };

static void gather_part(int64_t part, int worker, const void* context) {
  (void)worker;
  const struct embedding_forward* a = context;
  int64_t last = smaller(a->count, (part + 1) * TOKENS_IN_PART);
  for (int64_t place = part * TOKENS_IN_PART; place < last; place++)
    memcpy(a->output + place * a->width, a->table + a->tokens[place] * a->width, (size_t)a->width * 4);
}

static void embedding_forward(const struct embedding_forward* arguments) {
  run_parts(divide_up(arguments->count, TOKENS_IN_PART), gather_part, arguments);
}

static void clear_part(int64_t part, int worker, const void* context) {
  (void)worker;
  const struct embedding_backward* a = context;
  int64_t first = part * FLOATS_IN_CLEARING, count = smaller(FLOATS_IN_CLEARING, a->vocabulary * a->width - first);
  memset(a->table_gradient + first, 0, (size_t)count * 4);
}

/* Each thread takes columns and all tokens: two of the same token never meet. */
static void scatter_part(int64_t part, int worker, const void* context) {
  (void)worker;
  const struct embedding_backward* a = context;
  int64_t first = part * COLUMNS_IN_PART, width = smaller(COLUMNS_IN_PART, a->width - first);
  for (int64_t place = 0; place < a->count; place++) {
    float* to = a->table_gradient + a->tokens[place] * a->width + first;
    const float* from = a->gradient + place * a->width + first;
    for (int64_t column = 0; column < width; column++) to[column] += from[column];
  }
}

static void embedding_backward(const struct embedding_backward* arguments) {
  run_parts(divide_up(arguments->vocabulary * arguments->width, FLOATS_IN_CLEARING), clear_part, arguments);
  run_parts(divide_up(arguments->width, COLUMNS_IN_PART), scatter_part, arguments);
}
