/** @file The output layer with softmax and cross-entropy, forward and backward over blocks of rows. */
#include "exponential.h"
#include "kernels.h"
#include "matmul.h"
#include <math.h>

/* The kernel, its gradient and the logits are the largest arrays of a training step, so memory traffic decides the
 * speed. The work goes by groups of classes, and each group is read into the cache twice: once for its logits'
 * exponentials, relative to the group's maximum, and again for its gradients, when each row's log-sum-exp over all
 * groups is known. */
enum {
  GROUP_CLASSES = 128,
  GROUP_ROW = GROUP_CLASSES + 16, /* not a power of two: rows do not map to the same cache lines */
  CHUNKS = 8, /* of groups; each has its own sum for the inputs' gradient, for any number of threads */
  ROWS_IN_CACHE = 96,
  LOGITS_IN_BLOCK = 1 << 23,
  MIN_ROWS_IN_BLOCK = 32,
  MAX_ROWS_IN_BLOCK = 768,
};

/* The rows with a target, and the current block of them. */
struct head {
  const struct cross_entropy_head* arguments;
  const int32_t* rows; /* the block's rows in the arguments' arrays */
  int64_t count;       /* of the block */
  int64_t total;       /* of all blocks */
  int64_t mean_over;   /* rows that the loss is the mean of */
  bool gradients, first_block;
  int64_t groups, chunks;
  int64_t row_parts;      /* the block's rows are split into these parts if there are few groups */
  const float* inputs;    /* [count, width] */
  float* gathered_inputs; /* memory for the inputs, if they are not contiguous */
  float* packed_inputs;   /* tiles of left_tile(count) floats */
  float* exponentials;    /* [groups, count, GROUP_ROW]: logits, then exp(logit - maximum), then their gradients */
  float* maxima;          /* [groups, count] */
  float*
      sums; /* [groups, count]: of the exponentials; then the factor from an exponential to the gradient of its logit */
  float* target_logits;   /* [count] */
  float* inputs_gradient; /* [chunks, count, width]; a single chunk of contiguous rows is the result itself */
  double* losses;         /* [count] */
};

static int64_t group_classes(const struct head* head, int64_t group) {
  return min64(GROUP_CLASSES, head->arguments->classes - group * GROUP_CLASSES);
}

static float* exponentials_of(const struct head* head, int64_t group, int64_t row) {
  return head->exponentials + (group * head->count + row) * GROUP_ROW;
}

static struct matrix_view group_kernel(const struct head* head, int64_t group) {
  const struct cross_entropy_head* a = head->arguments;
  const int64_t next_row = a->tied ? 1 : a->classes, next_class = a->tied ? a->width : 1;
  const float* values = a->kernel + group * GROUP_CLASSES * next_class;
  return (struct matrix_view){values, a->width, group_classes(head, group), next_row, next_class};
}

static int32_t target_of(const struct head* head, int64_t row) { return head->arguments->targets[head->rows[row]]; }

/* --- logits and their exponentials, one group of classes at a time --- */

static float maximum_of(const float* values, int64_t count) {
  vector maximum = broadcast(-INFINITY);
  int64_t j = 0;
  for (; j + LANES <= count; j += LANES) {
    vector next = load(values + j);
    maximum = select_lanes(next > maximum, next, maximum);
  }
  float result = -INFINITY;
  for (int lane = 0; lane < LANES; lane++) result = maximum[lane] > result ? maximum[lane] : result;
  for (; j < count; j++) result = values[j] > result ? values[j] : result;
  return result;
}

/* Overwrites values with exp(value - maximum); returns their sum. */
static float exponentiate(float* values, int64_t count, float maximum) {
  vector partial = {0};
  int64_t j = 0;
  for (; j + LANES <= count; j += LANES) {
    vector value = exponential(load(values + j) - maximum);
    store(values + j, value);
    partial += value;
  }
  float sum = sum_of(partial);
  if (j < count) store_some(values + j, exponential(load_some(values + j, count - j) - maximum), count - j);
  for (; j < count; j++) sum += values[j];
  return sum;
}

static void group_logits(const struct head* head, int64_t group, struct panels kernel, int64_t first, int64_t rows,
                         int worker) {
  const struct cross_entropy_head* a = head->arguments;
  const float *inputs = head->inputs + first * a->width, *bias = a->bias + group * GROUP_CLASSES;
  float* logits = exponentials_of(head, group, first);
  int64_t classes = group_classes(head, group);
  if (kernel.values != NULL) {
    multiply_panels_from(rows, inputs, a->width, kernel, (struct target){bias, 0, logits, GROUP_ROW});
    return;
  }
  for (int64_t row = 0; row < rows; row++) memcpy(logits + row * GROUP_ROW, bias, (size_t)classes * 4);
  multiply_few_rows(rows, a->width, inputs, a->width, a->kernel + group * GROUP_CLASSES, a->classes, 0, classes, logits,
                    GROUP_ROW, worker);
}

/* The maximum may skip a NaN, which then shows in the sum. */
static void exponentiate_group(const struct head* head, int64_t group, int64_t row) {
  int64_t classes = group_classes(head, group), index = group * head->count + row;
  int64_t target = target_of(head, row) - group * GROUP_CLASSES;
  float* logits = exponentials_of(head, group, row);
  if (target >= 0 && target < classes) head->target_logits[row] = logits[target];
  head->maxima[index] = maximum_of(logits, classes);
  head->sums[index] = exponentiate(logits, classes, head->maxima[index]);
}

static void exponentials_part(int64_t part, int worker, const void* context) {
  const struct head* head = context;
  int64_t group = part / head->row_parts, row_part = part % head->row_parts;
  int64_t first = part_start(head->count, row_part, head->row_parts);
  int64_t last = part_start(head->count, row_part + 1, head->row_parts);
  struct matrix_view view = group_kernel(head, group);
  struct panels kernel = {NULL, view.rows, view.columns};
  if (last - first > FEW_ROWS || head->arguments->tied)
    kernel = pack_alone(view, scratch(worker, SCRATCH_PANELS_B, (size_t)(elements(view.rows) * GROUP_CLASSES) * 4));
  for (int64_t row = first; row < last; row += ROWS_IN_CACHE) {
    int64_t rows = min64(ROWS_IN_CACHE, last - row);
    group_logits(head, group, kernel, row, rows, worker);
    for (int64_t index = row; index < row + rows; index++) exponentiate_group(head, group, index);
  }
}

/* --- the loss, from all of a row's groups --- */

/* Computes the row's negative log likelihood, log-sum-exp - target's logit. Overwrites each group's sum with
 * exp(group's maximum - row's maximum) / (row's sum · mean_over). */
static void join_groups(const struct head* head, int64_t row) {
  float maximum = -INFINITY;
  double sum = 0;
  for (int64_t group = 0; group < head->groups; group++)
    maximum = fmaxf(maximum, head->maxima[group * head->count + row]);
  for (int64_t group = 0; group < head->groups; group++) {
    int64_t index = group * head->count + row;
    sum += head->sums[index] * exp((double)head->maxima[index] - maximum);
  }
  double log_sum_exp = log(sum) + maximum;
  head->losses[row] = log_sum_exp - head->target_logits[row];
  if (!head->gradients) return;
  for (int64_t group = 0; group < head->groups; group++) {
    int64_t index = group * head->count + row;
    head->sums[index] = (float)(exp((double)head->maxima[index] - maximum) / (sum * (double)head->mean_over));
  }
}

static void rows_part(int64_t part, int worker, const void* context) {
  const struct head* head = context;
  int64_t width = head->arguments->width, parts = thread_count();
  int64_t first = inner_start(head->count, part, parts), last = inner_start(head->count, part + 1, parts);
  const float** inputs = scratch(worker, SCRATCH_ROWS, (size_t)(last - first + 1) * sizeof *inputs);
  for (int64_t row = first; row < last; row++) {
    join_groups(head, row);
    inputs[row - first] = head->inputs + row * width;
  }
  if (head->arguments->kernel_gradient != NULL)
    pack_left(inputs, last - first, 0, width, head->packed_inputs + left_place(first), left_tile(head->count));
}

/* --- gradients --- */

/* Overwrites the exponentials of some rows and a group with the loss's gradients with respect to the logits. */
static void group_gradients(const struct head* head, int64_t group, int64_t first, int64_t rows) {
  int64_t classes = group_classes(head, group);
  for (int64_t row = first; row < first + rows; row++) {
    float *gradients = exponentials_of(head, group, row), factor = head->sums[group * head->count + row];
    for (int64_t j = 0; j < classes; j += LANES)
      store_up_to(gradients + j, load_up_to(gradients + j, classes - j) * factor, classes - j);
    int64_t target = target_of(head, row) - group * GROUP_CLASSES;
    if (target >= 0 && target < classes) gradients[target] -= (float)(1 / (double)head->mean_over);
  }
}

/* Adds a group to its chunk's inputs_gradient. */
static void add_inputs_gradient(const struct head* head, int64_t chunk, int64_t group, struct panels transposed,
                                int64_t first, int64_t rows) {
  int64_t width = head->arguments->width;
  float* output = head->inputs_gradient + (chunk * head->count + first) * width;
  bool fresh = group == part_start(head->groups, chunk, head->chunks);
  multiply_panels_from(rows, exponentials_of(head, group, first), GROUP_ROW, transposed,
                       fresh ? (struct target){NULL, 0, output, width} : in_place(output, width));
}

/* Adds some rows to a group's columns of the kernel's gradient: tiles first_tile … last_tile - 1 of its rows. */
static void add_kernel_gradient(const struct head* head, int64_t group, int64_t first, int64_t rows, int64_t first_tile,
                                int64_t last_tile, int worker) {
  const struct cross_entropy_head* a = head->arguments;
  int64_t top = first_tile * TILE_ROWS, bottom = min64(a->width, last_tile * TILE_ROWS);
  float* output = a->kernel_gradient + top * a->classes + group * GROUP_CLASSES;
  bool fresh = head->first_block && first == 0;
  add_packed_products(
      bottom - top, group_classes(head, group), rows,
      head->packed_inputs + (first_tile * left_tile(head->count) + left_place(first)), left_tile(head->count),
      right_elements(exponentials_of(head, group, first), rows, group_classes(head, group), GROUP_ROW, worker),
      GROUP_ROW, fresh ? (struct target){NULL, 0, output, a->classes} : in_place(output, a->classes));
}

static void add_bias_gradient(const struct head* head, int64_t group) {
  int64_t classes = group_classes(head, group);
  float* output = head->arguments->bias_gradient + group * GROUP_CLASSES;
  for (int64_t j = 0; j < classes; j += LANES) {
    vector sum = head->first_block ? (vector){0} : load_up_to(output + j, classes - j);
    for (int64_t row = 0; row < head->count; row++) sum += load(exponentials_of(head, group, row) + j);
    store_up_to(output + j, sum, classes - j);
  }
}

/* With few groups, rows are split as well, and kernel_part computes the kernel's gradient. */
static void gradients_part(int64_t part, int worker, const void* context) {
  const struct head* head = context;
  const struct cross_entropy_head* a = head->arguments;
  int64_t chunk = part / head->row_parts, row_part = part % head->row_parts;
  int64_t first = part_start(head->count, row_part, head->row_parts);
  int64_t last = part_start(head->count, row_part + 1, head->row_parts);
  int64_t past = part_start(head->groups, chunk + 1, head->chunks);
  for (int64_t group = part_start(head->groups, chunk, head->chunks); group < past; group++) {
    struct matrix_view view = group_kernel(head, group);
    struct panels transposed = {NULL, 0, 0};
    if (a->inputs_gradient != NULL)
      transposed =
          pack_alone((struct matrix_view){view.values, view.columns, view.rows, view.column_stride, view.row_stride},
                     scratch(worker, SCRATCH_PANELS_B, (size_t)(GROUP_CLASSES * (a->width + PANEL)) * 4));
    for (int64_t row = first; row < last; row += INNER_BLOCK) {
      int64_t rows = min64(INNER_BLOCK, last - row);
      group_gradients(head, group, row, rows);
      if (a->inputs_gradient != NULL) add_inputs_gradient(head, chunk, group, transposed, row, rows);
      if (a->kernel_gradient != NULL && !a->tied && head->row_parts == 1)
        add_kernel_gradient(head, group, row, rows, 0, ceil_div(a->width, TILE_ROWS), worker);
    }
    if (a->bias_gradient != NULL && head->row_parts == 1) add_bias_gradient(head, group);
  }
}

static void kernel_part(int64_t part, int worker, const void* context) {
  const struct head* head = context;
  const struct cross_entropy_head* a = head->arguments;
  int64_t bands = head->row_parts, group = part / bands, band = part % bands, tiles = ceil_div(a->width, TILE_ROWS);
  for (int64_t row = 0; row < head->count && a->kernel_gradient != NULL && !a->tied; row += INNER_BLOCK)
    add_kernel_gradient(head, group, row, min64(INNER_BLOCK, head->count - row), part_start(tiles, band, bands),
                        part_start(tiles, band + 1, bands), worker);
  if (a->bias_gradient != NULL && band == 0) add_bias_gradient(head, group);
}

/* The rows of a tied table's gradient for a group of classes: Σ gradients ⊗ inputs. */
static void add_table_gradient(const struct head* head) {
  const struct cross_entropy_head* a = head->arguments;
  const float** gradients = scratch(0, SCRATCH_ROWS, (size_t)head->count * 2 * sizeof *gradients);
  const float** inputs = gradients + head->count;
  for (int64_t row = 0; row < head->count; row++) inputs[row] = head->inputs + row * a->width;
  for (int64_t group = 0; group < head->groups; group++) {
    float* output = a->kernel_gradient + group * GROUP_CLASSES * a->width;
    for (int64_t row = 0; row < head->count; row++) gradients[row] = exponentials_of(head, group, row);
    add_outer_products(&(struct outer_products){.count = head->count,
                                                .columns = a->width,
                                                .right = inputs,
                                                .fresh = head->first_block,
                                                .gradients = {{gradients, 0, group_classes(head, group), output}}});
  }
}

/* A row's gradient is the sum over its chunks, in order. */
static void chunks_part(int64_t part, int worker, const void* context) {
  (void)worker;
  const struct head* head = context;
  int64_t width = head->arguments->width, parts = thread_count();
  for (int64_t row = part_start(head->count, part, parts); row < part_start(head->count, part + 1, parts); row++) {
    const float* values = head->inputs_gradient + row * width;
    float* result = head->arguments->inputs_gradient + head->rows[row] * width;
    for (int64_t j = 0; j < width; j += LANES) {
      vector sum = load_up_to(values + j, width - j);
      for (int64_t chunk = 1; chunk < head->chunks; chunk++)
        sum += load_up_to(values + chunk * head->count * width + j, width - j);
      store_up_to(result + j, sum, width - j);
    }
  }
}

/* --- the kernel --- */

static bool stand_together(const struct head* head) {
  return head->rows[head->count - 1] - head->rows[0] == head->count - 1;
}

/* The block's rows, contiguous: in place if they are, else a copy. */
static const float* gather_rows(const struct head* head) {
  const struct cross_entropy_head* a = head->arguments;
  if (stand_together(head)) return a->inputs + head->rows[0] * a->width;
  for (int64_t row = 0; row < head->count; row++)
    memcpy(head->gathered_inputs + row * a->width, a->inputs + head->rows[row] * a->width, (size_t)a->width * 4);
  return head->gathered_inputs;
}

/* Returns the sum of the block's losses. */
static double head_block(struct head* head) {
  const struct cross_entropy_head* a = head->arguments;
  int64_t threads = thread_count();
  head->inputs = gather_rows(head);
  bool in_place = head->chunks == 1 && stand_together(head) && a->inputs_gradient != NULL;
  head->inputs_gradient = in_place ? a->inputs_gradient + head->rows[0] * a->width
                                   : scratch(0, SCRATCH_HIDDEN, (size_t)(head->chunks * head->count * a->width) * 4);
  head->row_parts = head->chunks < CHUNKS ? min64(4 * threads, ceil_div(head->count, TILE_ROWS)) : 1;
  run_parts(head->groups * head->row_parts, exponentials_part, head);
  run_parts(threads, rows_part, head);
  if (head->gradients) {
    run_parts(head->chunks * head->row_parts, gradients_part, head);
    if (head->row_parts > 1) run_parts(head->groups * head->row_parts, kernel_part, head);
    if (a->tied && a->kernel_gradient != NULL) add_table_gradient(head);
    if (a->inputs_gradient != NULL && !in_place) run_parts(threads, chunks_part, head);
  }
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
  if (rows < MIN_ROWS_IN_BLOCK) rows = MIN_ROWS_IN_BLOCK;
  if (rows > MAX_ROWS_IN_BLOCK) rows = MAX_ROWS_IN_BLOCK;
  return ceil_div(total, ceil_div(total, rows)); /* of nearly equal size */
}

static void reserve_block(struct head* head, int64_t rows) {
  int64_t width = head->arguments->width;
  head->gathered_inputs = scratch(0, SCRATCH_INPUTS, (size_t)(rows * width) * 4);
  head->packed_inputs = scratch(0, SCRATCH_SCALED_INPUTS, (size_t)(ceil_div(width, TILE_ROWS) * left_tile(rows)) * 4);
  head->exponentials = scratch(0, SCRATCH_LOGITS, (size_t)(head->groups * rows * GROUP_ROW) * 4);
  head->maxima = scratch(0, SCRATCH_GATES, (size_t)(head->groups * rows) * 4);
  head->sums = scratch(0, SCRATCH_SUMS, (size_t)(head->groups * rows) * 4);
  head->target_logits = scratch(0, SCRATCH_FACTORS, (size_t)rows * 4);
  head->losses = scratch(0, SCRATCH_LOSSES, (size_t)rows * sizeof(double));
}

static void clear_weight_gradients(const struct cross_entropy_head* a) {
  if (a->kernel_gradient != NULL) memset(a->kernel_gradient, 0, (size_t)(a->width * a->classes) * 4);
  if (a->bias_gradient != NULL) memset(a->bias_gradient, 0, (size_t)a->classes * 4);
}

static void cross_entropy_head(const struct cross_entropy_head* a) {
  int32_t* rows = scratch(0, SCRATCH_ORDER, (size_t)a->rows * sizeof *rows);
  struct head head = {.arguments = a, .total = counted_rows(a, rows), .groups = ceil_div(a->classes, GROUP_CLASSES)};
  *a->loss = 0;
  if (head.total == 0) {
    clear_weight_gradients(a);
    return;
  }
  head.mean_over = a->mean_over > 0 ? a->mean_over : head.total;
  head.gradients = a->inputs_gradient != NULL || a->kernel_gradient != NULL || a->bias_gradient != NULL;
  head.chunks = min64(head.groups, CHUNKS);

  int64_t block = rows_in_block(a->classes, head.total);
  reserve_block(&head, block);
  double loss = 0;
  for (int64_t first = 0; first < head.total; first += block) {
    head.rows = rows + first;
    head.count = min64(block, head.total - first);
    head.first_block = first == 0;
    loss += head_block(&head);
  }
  *a->loss = loss / (double)head.mean_over;
}
