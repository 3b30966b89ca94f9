/** @file The norm of all gradients, and the in-place updates of all weights, each as one job over all tensors. */
#include "kernels.h"
#include "matmul.h"
#include <math.h>

enum { WEIGHTS_IN_PART = 1 << 14, SUM_LANES = 8 };

/* The weights `first` … `last` - 1 of one tensor. */
struct stretch {
  int64_t tensor, first, last;
};

typedef void update_function(const void* arguments, struct stretch stretch, float scale);

struct update {
  int64_t tensors;
  const int32_t* sizes;
  const float* const* gradients;
  int64_t* first_parts; /* the first part of each tensor, then the number of all parts */
  double* sums;         /* of each part: sum of squares */
  update_function* function;
  const void* arguments; /* of the function */
  float scale;           /* of the gradients */
};

static struct stretch stretch_of(const struct update* update, int64_t part) {
  int64_t low = 0, high = update->tensors;
  while (high - low > 1) {
    int64_t middle = (low + high) / 2;
    if (update->first_parts[middle] <= part)
      low = middle;
    else
      high = middle;
  }
  int64_t first = (part - update->first_parts[low]) * WEIGHTS_IN_PART;
  return (struct stretch){low, first, min64(first + WEIGHTS_IN_PART, update->sizes[low])};
}

static double squares_of(const float* values, int64_t first, int64_t last) {
  double lanes[SUM_LANES] = {0}, sum = 0;
  int64_t index = first;
  for (; index + SUM_LANES <= last; index += SUM_LANES)
    for (int lane = 0; lane < SUM_LANES; lane++) lanes[lane] += (double)values[index + lane] * values[index + lane];
  for (; index < last; index++) sum += (double)values[index] * values[index];
  for (int lane = 0; lane < SUM_LANES; lane++) sum += lanes[lane];
  return sum;
}

static void squares_part(int64_t part, int worker, const void* context) {
  (void)worker;
  const struct update* update = context;
  struct stretch stretch = stretch_of(update, part);
  update->sums[part] = squares_of(update->gradients[stretch.tensor], stretch.first, stretch.last);
}

static void update_part(int64_t part, int worker, const void* context) {
  (void)worker;
  const struct update* update = context;
  update->function(update->arguments, stretch_of(update, part), update->scale);
}

/* Scales gradients down to a norm of at most `clip`. If their norm is not finite, nothing is changed. */
static void run_update(struct update update, double clip, double* norm) {
  update.first_parts = scratch(0, SCRATCH_ORDER, (size_t)(update.tensors + 1) * sizeof *update.first_parts);
  int64_t parts = 0;
  for (int64_t tensor = 0; tensor < update.tensors; tensor++) {
    update.first_parts[tensor] = parts;
    parts += ceil_div(update.sizes[tensor], WEIGHTS_IN_PART);
  }
  update.first_parts[update.tensors] = parts;
  update.sums = scratch(0, SCRATCH_SUMS, (size_t)parts * sizeof *update.sums);
  run_parts(parts, squares_part, &update);
  double sum = 0;
  for (int64_t part = 0; part < parts; part++) sum += update.sums[part];
  *norm = sqrt(sum);
  if (!isfinite(*norm)) return;
  update.scale = *norm > clip ? (float)(clip / *norm) : 1;
  run_parts(parts, update_part, &update);
}

static void adam_stretch(const void* arguments, struct stretch stretch, float scale) {
  const struct adam_update* a = arguments;
  const float rate = (float)(a->learning_rate * a->correction1), correction2 = (float)a->correction2;
  const float beta1 = (float)a->beta1, beta2 = (float)a->beta2, epsilon = (float)a->epsilon;
  const float rest1 = (float)(1 - a->beta1), rest2 = (float)(1 - a->beta2);
  const float kept = (float)(1 - a->learning_rate * a->weight_decay);
  const float* restrict gradient = a->gradients[stretch.tensor];
  float *restrict weights = a->weights[stretch.tensor], *restrict mean = a->means[stretch.tensor],
                  *restrict variance = a->variances[stretch.tensor];
  for (int64_t index = stretch.first; index < stretch.last; index++) {
    float slope = gradient[index] * scale;
    mean[index] = beta1 * mean[index] + rest1 * slope;
    variance[index] = beta2 * variance[index] + rest2 * (slope * slope);
    weights[index] = kept * weights[index] - rate * mean[index] / (sqrtf(variance[index] * correction2) + epsilon);
  }
}

static void adam_update(const struct adam_update* a) {
  run_update((struct update){.tensors = a->tensors,
                             .sizes = a->sizes,
                             .gradients = a->gradients,
                             .function = adam_stretch,
                             .arguments = a},
             a->clip, a->norm);
}

static void sgd_stretch(const void* arguments, struct stretch stretch, float scale) {
  const struct sgd_update* a = arguments;
  const float rate = (float)a->learning_rate * scale;
  const float* restrict gradient = a->gradients[stretch.tensor];
  float* restrict weights = a->weights[stretch.tensor];
  for (int64_t index = stretch.first; index < stretch.last; index++) weights[index] -= rate * gradient[index];
}

static void sgd_update(const struct sgd_update* a) {
  run_update(
      (struct update){
          .tensors = a->tensors, .sizes = a->sizes, .gradients = a->gradients, .function = sgd_stretch, .arguments = a},
      a->clip, a->norm);
}

static void momentum_stretch(const void* arguments, struct stretch stretch, float scale) {
  const struct momentum_update* a = arguments;
  const float rate = (float)a->learning_rate, momentum = (float)a->momentum;
  const float* restrict gradient = a->gradients[stretch.tensor];
  float* restrict weights = a->weights[stretch.tensor], * restrict velocity = a->velocities[stretch.tensor];
  const float ahead = a->nesterov ? momentum : 1, slope_share = a->nesterov ? 1 : 0;
  for (int64_t index = stretch.first; index < stretch.last; index++) {
    float slope = gradient[index] * scale;
    velocity[index] = momentum * velocity[index] + slope;
    weights[index] -= rate * (slope_share * slope + ahead * velocity[index]);
  }
}

static void momentum_update(const struct momentum_update* a) {
  run_update((struct update){.tensors = a->tensors,
                             .sizes = a->sizes,
                             .gradients = a->gradients,
                             .function = momentum_stretch,
                             .arguments = a},
             a->clip, a->norm);
}

static void rmsprop_stretch(const void* arguments, struct stretch stretch, float scale) {
  const struct rmsprop_update* a = arguments;
  const float rate = (float)a->learning_rate, beta = (float)a->beta, rest = (float)(1 - a->beta),
              epsilon = (float)a->epsilon;
  const float* restrict gradient = a->gradients[stretch.tensor];
  float* restrict weights = a->weights[stretch.tensor], * restrict square = a->squares[stretch.tensor];
  for (int64_t index = stretch.first; index < stretch.last; index++) {
    float slope = gradient[index] * scale;
    square[index] = beta * square[index] + rest * (slope * slope);
    weights[index] -= rate * slope / (sqrtf(square[index]) + epsilon);
  }
}

static void rmsprop_update(const struct rmsprop_update* a) {
  run_update((struct update){.tensors = a->tensors,
                             .sizes = a->sizes,
                             .gradients = a->gradients,
                             .function = rmsprop_stretch,
                             .arguments = a},
             a->clip, a->norm);
}
