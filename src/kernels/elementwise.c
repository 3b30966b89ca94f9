/** @file Addition of two tensors, and copying columns from one matrix to another. */
#include "kernels.h"
#include "matmul.h"

enum { ELEMENTS_IN_PART = 1 << 15 };

static void add_part(int64_t part, int worker, const void* context) {
  (void)worker;
  const struct add* a = context;
  int64_t last = min64(a->count, (part + 1) * ELEMENTS_IN_PART);
  for (int64_t index = part * ELEMENTS_IN_PART; index < last; index++) a->output[index] = a->a[index] + a->b[index];
}

static void add(const struct add* arguments) {
  run_parts(ceil_div(arguments->count, ELEMENTS_IN_PART), add_part, arguments);
}

static int64_t rows_in_part(int64_t width) { return ELEMENTS_IN_PART / (width + 1) + 1; }

static void copy_part(int64_t part, int worker, const void* context) {
  (void)worker;
  const struct copy_columns* a = context;
  int64_t rows = rows_in_part(a->width), last = min64(a->rows, (part + 1) * rows);
  for (int64_t row = part * rows; row < last; row++)
    memcpy(a->to + row * a->to_stride + a->to_offset, a->from + row * a->from_stride + a->from_offset,
           (size_t)a->width * 4);
}

static void copy_columns(const struct copy_columns* arguments) {
  run_parts(ceil_div(arguments->rows, rows_in_part(arguments->width)), copy_part, arguments);
}
