/** @file Matmul as a kernel. */
#include "matmul.h"
#include "kernels.h"

enum { ROWS_IN_PART = LEFT_BLOCK, PANELS_IN_PART = 4 };

struct product {
  const struct matmul* arguments;
  const float* left;   /* [rows, inner] */
  struct panels right; /* no values if b is used unpacked */
  bool by_rows;
  int64_t panels_in_part;
};

static void start_output(const struct matmul* arguments, int64_t row, int64_t first, int64_t last) {
  float* output = arguments->output + row * arguments->columns + first;
  if (arguments->bias == NULL)
    memset(output, 0, (size_t)(last - first) * 4);
  else
    memcpy(output, arguments->bias + first, (size_t)(last - first) * 4);
}

static void product_part(int64_t part, int worker, const void* context) {
  const struct product* product = context;
  const struct matmul* arguments = product->arguments;
  int64_t columns = arguments->columns, inner = arguments->inner;
  int64_t first_row = product->by_rows ? part * ROWS_IN_PART : 0;
  int64_t rows = product->by_rows ? min64(ROWS_IN_PART, arguments->rows - first_row) : arguments->rows;
  int64_t panels = ceil_div(columns, PANEL), first_panel = product->by_rows ? 0 : part * product->panels_in_part;
  int64_t last_panel = product->by_rows ? panels : min64(panels, first_panel + product->panels_in_part);
  int64_t first = first_panel * PANEL, last = min64(columns, last_panel * PANEL);

  const float* left = product->left + first_row * inner;
  float* output = arguments->output + first_row * columns;
  if (product->right.values != NULL) {
    const float* bias = arguments->bias == NULL ? NULL : arguments->bias + first;
    multiply_panels_from(rows, left, inner, some_panels(product->right, first, last - first),
                         (struct target){bias, 0, output + first, columns});
    return;
  }
  for (int64_t row = first_row; row < first_row + rows; row++) start_output(arguments, row, first, last);
  multiply_few_rows(rows, inner, left, inner, arguments->b, columns, first, last, output, columns, worker);
}

static const float* transposed_left(const struct matmul* arguments) {
  float* left = scratch(0, SCRATCH_LEFT, (size_t)(arguments->rows * arguments->inner) * 4);
  for (int64_t k = 0; k < arguments->inner; k++)
    for (int64_t row = 0; row < arguments->rows; row++)
      left[row * arguments->inner + k] = arguments->a[k * arguments->rows + row];
  return left;
}

/* aᵀ · b as a sum of outer products, as for a weight's gradient: no transposed copy. */
static void multiply_transposed(const struct matmul* arguments) {
  const float** left = scratch(0, SCRATCH_ROWS, (size_t)arguments->inner * sizeof *left);
  const float** right = scratch(0, SCRATCH_ROWS_B, (size_t)arguments->inner * sizeof *right);
  for (int64_t k = 0; k < arguments->inner; k++) {
    left[k] = arguments->a + k * arguments->rows;
    right[k] = arguments->b + k * arguments->columns;
  }
  for (int64_t row = 0; row < arguments->rows && arguments->bias != NULL; row++)
    start_output(arguments, row, 0, arguments->columns);
  add_outer_products(&(struct outer_products){.count = arguments->inner,
                                              .columns = arguments->columns,
                                              .right = right,
                                              .fresh = arguments->bias == NULL,
                                              .gradients = {{left, 0, arguments->rows, arguments->output}}});
}

static void matmul(const struct matmul* arguments) {
  int64_t rows = arguments->rows, inner = arguments->inner, columns = arguments->columns;
  if (rows == 0 || columns == 0) return;
  if (arguments->transpose_a && !arguments->transpose_b && rows > FEW_ROWS) {
    multiply_transposed(arguments);
    return;
  }
  int64_t panels = ceil_div(columns, PANEL);
  struct product product = {.arguments = arguments,
                            .left = arguments->transpose_a ? transposed_left(arguments) : arguments->a,
                            .by_rows = rows > columns,
                            .panels_in_part = PANELS_IN_PART};
  if (rows > FEW_ROWS || arguments->transpose_b)
    product.right = pack_panels((struct matrix_view){arguments->b, inner, columns, arguments->transpose_b ? 1 : columns,
                                                     arguments->transpose_b ? inner : 1},
                                SCRATCH_PANELS_B);
  else
    product.panels_in_part = ceil_div(panels, min64(thread_count(), inner * columns / MIN_WEIGHTS + 1));
  run_parts(product.by_rows ? ceil_div(rows, ROWS_IN_PART) : ceil_div(panels, product.panels_in_part), product_part,
            &product);
}
