/** @file The dense head with softmax and cross-entropy, forward and backward in one pass over blocks of rows. */
#include "exponential.h"
#include "kernels.h"
#include "matmul.h"
#include <math.h>

enum { LOGITS_IN_BLOCK = 1 << 21, LEAST_ROWS_IN_BLOCK = 32, MOST_ROWS_IN_BLOCK = 1024, ROWS_IN_HEAD_PART = 64 };

/* Where there are at least so many groups of classes, of INNER_BLOCK each, the logits are split between threads by
 * these, not by rows: each thread then reads its part of the kernel alone. */
enum { MANY_GROUPS = 8 };

/* The rows that count, and the block of them that is being worked on. Softmax is not divided by its sum while it is a
 * matrix: the sums are in the factors, by which rows of inputs, and results, are multiplied instead. */
struct head {
  const struct cross_entropy_head* arguments;
  const int32_t* rows; /* the block's rows in the arguments' arrays */
  int64_t count;       /* of the block */
  int64_t total;       /* of all blocks */
  bool gradients, by_groups;
  struct panels kernel, transposed;
  const float* inputs;    /* [count, width] */
  float* gathered_inputs; /* room for them */
  float* scaled_inputs;   /* [count, width]: times the row's factor */
  float* logits;          /* [count, logits_stride]; becomes exp(logit - greatest), less their sum at the target */
  int64_t logits_stride;
  float* greatest;        /* [groups, count] */
  float* factors;         /* [count]: 1 / (sum · total) */
  float* inputs_gradient; /* [count, width] */
  double* losses;         /* [count] */
};

static float greatest_of(const float* values, int64_t count) {
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

/* Values become exp(value - greatest); returns their sum. */
static double exponentiate(float* values, int64_t count, float greatest) {
  vector partial = {0};
  int64_t j = 0;
  for (; j + LANES <= count; j += LANES) {
    vector power = exponential(load(values + j) - greatest);
    store(values + j, power);
    partial += power;
  }
  double sum = sum_of(partial);
  if (j < count) store_some(values + j, exponential(load_some(values + j, count - j) - greatest), count - j);
  for (; j < count; j++) sum += values[j];
  return sum;
}

/* The logits of some rows and one group of classes, and the greatest of each row's. */
static void group_logits(const struct head* head, int64_t group, int64_t first_row, int64_t rows, int worker) {
  const struct cross_entropy_head* a = head->arguments;
  int64_t first = group * INNER_BLOCK, last = smaller(a->classes, first + INNER_BLOCK);
  const float* inputs = head->inputs + first_row * a->width;
  float* logits = head->logits + first_row * head->logits_stride;
  for (int64_t row = 0; row < rows; row++)
    memcpy(logits + row * head->logits_stride + first, a->bias + first, (size_t)(last - first) * 4);
  if (head->kernel.values == NULL)
    multiply_few_rows(rows, a->width, inputs, a->width, a->kernel, a->classes, first, last, logits, head->logits_stride,
                      worker);
  else
    multiply_some_panels(rows, inputs, a->width, head->kernel, first / PANEL, divide_up(last, PANEL), logits,
                         head->logits_stride);
  for (int64_t row = 0; row < rows; row++)
    head->greatest[group * head->count + first_row + row] =
        greatest_of(logits + row * head->logits_stride + first, last - first);
}

static int64_t group_count(const struct head* head) { return divide_up(head->arguments->classes, INNER_BLOCK); }

static void group_part(int64_t group, int worker, const void* context) {
  const struct head* head = context;
  group_logits(head, group, 0, head->count, worker);
}

/* Of the whole row; at the first group's place afterwards. It may pass over a NaN, which then shows in the sum. */
static void join_greatest(const struct head* head, int64_t first_row, int64_t rows) {
  for (int64_t row = first_row; row < first_row + rows; row++)
    for (int64_t group = 1; group < group_count(head); group++)
      head->greatest[row] = fmaxf(head->greatest[row], head->greatest[group * head->count + row]);
}

/* Powers of a group of classes, and, while they are in the cache, their share of the inputs' gradient. */
static void group_softmax(const struct head* head, int64_t group, int64_t first_row, int64_t rows, double* sums) {
  const struct cross_entropy_head* a = head->arguments;
  int64_t first = group * INNER_BLOCK, classes = smaller(INNER_BLOCK, a->classes - first);
  float* logits = head->logits + first_row * head->logits_stride + first;
  for (int64_t row = 0; row < rows; row++)
    sums[row] += exponentiate(logits + row * head->logits_stride, classes, head->greatest[first_row + row]);
  if (a->inputs_gradient != NULL)
    multiply_block(rows, logits, head->logits_stride, head->transposed, first, classes, 0, divide_up(a->width, PANEL),
                   head->inputs_gradient + first_row * a->width, a->width);
}

static void scale_row(float* to, const float* values, int64_t count, float factor) {
  for (int64_t j = 0; j < count; j += LANES) store_up_to(to + j, load_up_to(values + j, count - j) * factor, count - j);
}

/* The row's inputs_gradient: factor · Σ power · kernel's column, less the target's column / total. */
static void finish_inputs_gradient(const struct head* head, int64_t row, int32_t target) {
  const struct cross_entropy_head* a = head->arguments;
  const float* gradient = head->inputs_gradient + row * a->width;
  const float* of_target = head->transposed.values + target * PANEL;
  const float factor = head->factors[row], share = (float)(1 / (double)head->total);
  float* result = a->inputs_gradient + head->rows[row] * a->width;
  for (int64_t j = 0; j < a->width; j += LANES) {
    const float* column = of_target + j / PANEL * PANEL * a->classes + j % PANEL;
    store_up_to(result + j, load_up_to(gradient + j, a->width - j) * factor - load(column) * share, a->width - j);
  }
}

static void rows_part(int64_t part, int worker, const void* context) {
  const struct head* head = context;
  const struct cross_entropy_head* a = head->arguments;
  int64_t parts = head->by_groups ? thread_count() : divide_up(head->count, ROWS_IN_HEAD_PART);
  int64_t first = head->count * part / parts, rows = head->count * (part + 1) / parts - first;
  double* sums = scratch(worker, SCRATCH_SUMS, (size_t)(rows + 1) * sizeof *sums);
  float* of_targets = scratch(worker, SCRATCH_CELL, (size_t)(rows + 1) * sizeof *of_targets);

  for (int64_t group = 0; group < group_count(head) && !head->by_groups; group++)
    group_logits(head, group, first, rows, worker);
  join_greatest(head, first, rows);
  for (int64_t row = 0; row < rows; row++) {
    of_targets[row] = head->logits[(first + row) * head->logits_stride + a->targets[head->rows[first + row]]];
    sums[row] = 0;
  }
  if (a->inputs_gradient != NULL) memset(head->inputs_gradient + first * a->width, 0, (size_t)(rows * a->width) * 4);
  for (int64_t group = 0; group < group_count(head); group++) group_softmax(head, group, first, rows, sums);

  for (int64_t row = first; row < first + rows; row++) {
    int32_t target = a->targets[head->rows[row]];
    double sum = sums[row - first];
    head->losses[row] = log(sum) + head->greatest[row] - of_targets[row - first];
    if (!head->gradients) continue;
    head->factors[row] = (float)(1 / (sum * (double)head->total));
    head->logits[row * head->logits_stride + target] -= (float)sum;
    scale_row(head->scaled_inputs + row * a->width, head->inputs + row * a->width, a->width, head->factors[row]);
    if (a->inputs_gradient != NULL) finish_inputs_gradient(head, row, target);
  }
}

static void add_weight_gradients(const struct head* head, bool fresh) {
  const struct cross_entropy_head* a = head->arguments;
  const float** inputs = scratch(0, SCRATCH_ROWS, (size_t)head->count * 3 * sizeof *inputs);
  const float **gradients = inputs + head->count, **factors = inputs + 2 * head->count;
  for (int64_t row = 0; row < head->count; row++) {
    inputs[row] = head->scaled_inputs + row * a->width;
    gradients[row] = head->logits + row * head->logits_stride;
    factors[row] = head->factors + row;
  }
  add_outer_products(&(struct outer_products){
      .count = head->count,
      .columns = a->classes,
      .right = gradients,
      .fresh = fresh,
      .gradients = {{inputs, 0, a->width, a->kernel_gradient}, {factors, 0, 1, a->bias_gradient}}});
}

/* The block's rows side by side: where they stand, if they do. */
static const float* gather_rows(const struct head* head, float* side_by_side) {
  const struct cross_entropy_head* a = head->arguments;
  if (head->rows[head->count - 1] - head->rows[0] == head->count - 1) return a->inputs + head->rows[0] * a->width;
  for (int64_t row = 0; row < head->count; row++)
    memcpy(side_by_side + row * a->width, a->inputs + head->rows[row] * a->width, (size_t)a->width * 4);
  return side_by_side;
}

/* Returns the sum of the block's losses. */
static double head_block(struct head* head, bool first_block) {
  head->inputs = gather_rows(head, head->gathered_inputs);
  if (head->by_groups) run_parts(group_count(head), group_part, head);
  run_parts(head->by_groups ? thread_count() : divide_up(head->count, ROWS_IN_HEAD_PART), rows_part, head);
  if (head->gradients) add_weight_gradients(head, first_block);
  double loss = 0;
  for (int64_t row = 0; row < head->count; row++) loss += head->losses[row];
  return loss;
}

static int64_t counted_rows(const struct cross_entropy_head* a, int32_t* rows) {
  int64_t count = 0;
  for (int64_t row = 0; row < a->rows; row++) {
    if (a->targets[row] >= 0)
      rows[count++] = (int32_t)row;
    else if (a->inputs_gradient != NULL)
      memset(a->inputs_gradient + row * a->width, 0, (size_t)a->width * 4);
  }
  return count;
}

static int64_t rows_in_block(int64_t classes, int64_t total) {
  int64_t rows = LOGITS_IN_BLOCK / (classes + 1);
  if (rows < LEAST_ROWS_IN_BLOCK) rows = LEAST_ROWS_IN_BLOCK;
  if (rows > MOST_ROWS_IN_BLOCK) rows = MOST_ROWS_IN_BLOCK;
  return divide_up(total, divide_up(total, rows)); /* of nearly equal size */
}

static void reserve_block(struct head* head, int64_t rows) {
  const struct cross_entropy_head* a = head->arguments;
  head->logits_stride =
      divide_up(a->classes, 16) * 16 + 16; /* off a power of two: rows do not fall on the same lines of the cache */
  head->gathered_inputs = scratch(0, SCRATCH_INPUTS, (size_t)(rows * a->width) * 4);
  head->scaled_inputs = scratch(0, SCRATCH_SCALED_INPUTS, (size_t)(rows * a->width) * 4);
  head->inputs_gradient = scratch(0, SCRATCH_HIDDEN, (size_t)(rows * a->width) * 4);
  head->logits = scratch(0, SCRATCH_LOGITS, (size_t)(rows * head->logits_stride) * 4);
  head->greatest = scratch(0, SCRATCH_GATES, (size_t)(rows * group_count(head)) * 4);
  head->factors = scratch(0, SCRATCH_FACTORS, (size_t)rows * 4);
  head->losses = scratch(0, SCRATCH_LOSSES, (size_t)rows * sizeof(double));
}

static void clear_weight_gradients(const struct cross_entropy_head* a) {
  if (a->kernel_gradient != NULL) memset(a->kernel_gradient, 0, (size_t)(a->width * a->classes) * 4);
  if (a->bias_gradient != NULL) memset(a->bias_gradient, 0, (size_t)a->classes * 4);
}

static void cross_entropy_head(const struct cross_entropy_head* a) {
  int32_t* rows = scratch(0, SCRATCH_ORDER, (size_t)a->rows * sizeof *rows);
  struct head head = {.arguments = a, .total = counted_rows(a, rows), .kernel = {NULL, a->width, a->classes}};
  *a->loss = 0;
  if (head.total == 0) {
    clear_weight_gradients(a);
    return;
  }
  head.gradients = a->inputs_gradient != NULL || a->kernel_gradient != NULL || a->bias_gradient != NULL;
  head.by_groups = group_count(&head) >= MANY_GROUPS;
  if (head.total > FEW_ROWS)
    head.kernel = pack_panels((struct matrix_view){a->kernel, a->width, a->classes, a->classes, 1}, SCRATCH_PANELS_B);
  if (a->inputs_gradient != NULL)
    head.transposed =
        pack_panels((struct matrix_view){a->kernel, a->classes, a->width, 1, a->classes}, SCRATCH_PANELS_A);

  int64_t block = rows_in_block(a->classes, head.total);
  reserve_block(&head, block);
  double loss = 0;
  for (int64_t first = 0; first < head.total; first += block) {
    head.rows = rows + first;
    head.count = smaller(block, head.total - first);
    loss += head_block(&head, first == 0);
  }
  *a->loss = loss / (double)head.total;
}
