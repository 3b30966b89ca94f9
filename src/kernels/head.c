/** @file The dense head with softmax and cross-entropy, forward and backward in one pass over blocks of rows. */
#include "exponential.h"
#include "kernels.h"
#include "matmul.h"
#include <math.h>

enum { LOGITS_IN_BLOCK = 1 << 20, LEAST_ROWS_IN_BLOCK = 32, MOST_ROWS_IN_BLOCK = 1024, HEAD_PANELS_IN_PART = 8 };

/* The rows that count, and the block of them that is being worked on. */
struct head {
  const struct cross_entropy_head *arguments;
  const int32_t *rows; /* the block's rows in the arguments' arrays */
  int64_t count;       /* of the block */
  int64_t total;       /* of all blocks */
  struct panels kernel, transposed;
  float *inputs;   /* [count, width] */
  float *logits;   /* [count, logits_stride]; becomes their gradient */
  int64_t logits_stride;
  float *inputs_gradient; /* [count, width] */
  double *losses;  /* [count] */
};

static int64_t rows_in_block(int64_t classes, int64_t total) {
  int64_t rows = LOGITS_IN_BLOCK / (classes + 1);
  if (rows < LEAST_ROWS_IN_BLOCK) rows = LEAST_ROWS_IN_BLOCK;
  if (rows > MOST_ROWS_IN_BLOCK) rows = MOST_ROWS_IN_BLOCK;
  return divide_up(total, divide_up(total, rows)); /* of nearly equal size */
}

static int64_t rows_in_part(int64_t rows) { return divide_up(rows, thread_count()); }

static void logits_part(int64_t part, int worker, const void *context) {
  const struct head *head = context;
  const struct cross_entropy_head *a = head->arguments;
  int64_t first_panel = part * HEAD_PANELS_IN_PART;
  int64_t last_panel = smaller(divide_up(a->classes, PANEL), first_panel + HEAD_PANELS_IN_PART);
  int64_t first = first_panel * PANEL, last = smaller(a->classes, last_panel * PANEL);
  for (int64_t row = 0; row < head->count; row++)
    memcpy(head->logits + row * head->logits_stride + first, a->bias + first, (size_t)(last - first) * 4);
  if (head->kernel.values == NULL)
    multiply_few_rows(head->count, a->width, head->inputs, a->width, a->kernel, a->classes, first, last, head->logits,
                      head->logits_stride, worker);
  else
    multiply_some_panels(head->count, head->inputs, a->width, head->kernel, first_panel, last_panel, head->logits,
                         head->logits_stride);
}

static float greatest(const float *values, int64_t count) {
  vector greatest = broadcast(-INFINITY);
  int64_t j = 0;
  for (; j + LANES <= count; j += LANES) {
    vector next = load(values + j);
    greatest = choose(next > greatest, next, greatest);
  }
  float result = -INFINITY;
  for (int lane = 0; lane < LANES; lane++) result = greatest[lane] > result ? greatest[lane] : result;
  for (; j < count; j++) result = values[j] > result ? values[j] : result;
  return result;
}

/* Logits become exp(logit - greatest); returns their sum. */
static double exponentiate(float *logits, int64_t count, float greatest) {
  enum { TERMS = 64 * LANES }; /* a float's sum of a few terms, then a double's */
  double sum = 0;
  for (int64_t start = 0; start < count; start += TERMS) {
    int64_t end = smaller(start + TERMS, count), j = start;
    vector partial = {0};
    for (; j + LANES <= end; j += LANES) {
      vector power = exponential(load(logits + j) - greatest);
      store(logits + j, power);
      partial += power;
    }
    sum += sum_of(partial);
    if (j == end) continue;
    store_some(logits + j, exponential(load_some(logits + j, end - j) - greatest), end - j);
    for (; j < end; j++) sum += logits[j];
  }
  return sum;
}

static void scale_row(float *values, int64_t count, float factor) {
  for (int64_t j = 0; j < count; j += LANES) store_up_to(values + j, load_up_to(values + j, count - j) * factor, count - j);
}

static void softmax_part(int64_t part, int worker, const void *context) {
  (void)worker;
  const struct head *head = context;
  const struct cross_entropy_head *a = head->arguments;
  int64_t first = part * rows_in_part(head->count), last = smaller(head->count, first + rows_in_part(head->count));
  bool gradients = a->inputs_gradient != NULL || a->kernel_gradient != NULL || a->bias_gradient != NULL;
  for (int64_t row = first; row < last; row++) {
    float *logits = head->logits + row * head->logits_stride;
    int32_t target = a->targets[head->rows[row]];
    float highest = greatest(logits, a->classes), of_target = logits[target];
    double sum = exponentiate(logits, a->classes, highest);
    head->losses[row] = log(sum) + highest - of_target;
    if (!gradients) continue;
    scale_row(logits, a->classes, (float)(1 / (sum * (double)head->total)));
    logits[target] -= (float)(1 / (double)head->total);
  }
}

static void inputs_gradient_part(int64_t part, int worker, const void *context) {
  (void)worker;
  const struct head *head = context;
  const struct cross_entropy_head *a = head->arguments;
  int64_t first = part * rows_in_part(head->count), count = smaller(head->count - first, rows_in_part(head->count));
  if (count <= 0) return;
  float *gradient = head->inputs_gradient + first * a->width;
  memset(gradient, 0, (size_t)(count * a->width) * 4);
  multiply_panels(count, head->logits + first * head->logits_stride, head->logits_stride, head->transposed, gradient, a->width);
  for (int64_t row = first; row < first + count; row++)
    memcpy(a->inputs_gradient + head->rows[row] * a->width, head->inputs_gradient + row * a->width, (size_t)a->width * 4);
}

static void add_weight_gradients(const struct head *head) {
  const struct cross_entropy_head *a = head->arguments;
  const float **inputs = scratch(0, SCRATCH_ROWS, (size_t)head->count * 3 * sizeof *inputs);
  const float **gradients = inputs + head->count, **ones = inputs + 2 * head->count;
  static const float one = 1;
  for (int64_t row = 0; row < head->count; row++) {
    inputs[row] = head->inputs + row * a->width;
    gradients[row] = head->logits + row * head->logits_stride;
    ones[row] = &one;
  }
  if (a->kernel_gradient != NULL)
    add_outer_products(&(struct outer_products){head->count, inputs, gradients, a->width, a->classes, a->kernel_gradient});
  if (a->bias_gradient != NULL)
    add_outer_products(&(struct outer_products){head->count, ones, gradients, 1, a->classes, a->bias_gradient});
}

/* Returns the sum of the block's losses. */
static double head_block(struct head *head) {
  const struct cross_entropy_head *a = head->arguments;
  for (int64_t row = 0; row < head->count; row++)
    memcpy(head->inputs + row * a->width, a->inputs + head->rows[row] * a->width, (size_t)a->width * 4);
  run_parts(divide_up(divide_up(a->classes, PANEL), HEAD_PANELS_IN_PART), logits_part, head);
  run_parts(thread_count(), softmax_part, head);
  if (a->inputs_gradient != NULL) run_parts(thread_count(), inputs_gradient_part, head);
  add_weight_gradients(head);
  double loss = 0;
  for (int64_t row = 0; row < head->count; row++) loss += head->losses[row];
  return loss;
}

static int64_t counted_rows(const struct cross_entropy_head *a, int32_t *rows) {
  int64_t count = 0;
  for (int64_t row = 0; row < a->rows; row++)
    if (a->targets[row] >= 0) rows[count++] = (int32_t)row;
  return count;
}

static void clear_gradients(const struct cross_entropy_head *a) {
  if (a->inputs_gradient != NULL) memset(a->inputs_gradient, 0, (size_t)(a->rows * a->width) * 4);
  if (a->kernel_gradient != NULL) memset(a->kernel_gradient, 0, (size_t)(a->width * a->classes) * 4);
  if (a->bias_gradient != NULL) memset(a->bias_gradient, 0, (size_t)a->classes * 4);
}

static void cross_entropy_head(const struct cross_entropy_head *a) {
  int32_t *rows = scratch(0, SCRATCH_ORDER, (size_t)a->rows * sizeof *rows);
  struct head head = {.arguments = a, .total = counted_rows(a, rows), .kernel = {NULL, a->width, a->classes}};
  clear_gradients(a);
  *a->loss = 0;
  if (head.total == 0) return;
  if (head.total > FEW_ROWS)
    head.kernel = pack_panels((struct matrix_view){a->kernel, a->width, a->classes, a->classes, 1}, SCRATCH_PANELS_B);
  if (a->inputs_gradient != NULL)
    head.transposed = pack_panels((struct matrix_view){a->kernel, a->classes, a->width, 1, a->classes}, SCRATCH_PANELS_A);

  int64_t block = rows_in_block(a->classes, head.total);
  head.logits_stride = divide_up(a->classes, 16) * 16 + 16; /* off a power of two: rows do not fall on the same lines of the cache */
  head.inputs = scratch(0, SCRATCH_INPUTS, (size_t)(block * a->width) * 4);
  head.inputs_gradient = scratch(0, SCRATCH_HIDDEN, (size_t)(block * a->width) * 4);
  head.logits = scratch(0, SCRATCH_LOGITS, (size_t)(block * head.logits_stride) * 4);
  head.losses = scratch(0, SCRATCH_SUMS, (size_t)block * sizeof(double));
  double loss = 0;
  for (int64_t first = 0; first < head.total; first += block) {
    head.rows = rows + first;
    head.count = smaller(block, head.total - first);
    loss += head_block(&head);
  }
  *a->loss = loss / (double)head.total;
}
