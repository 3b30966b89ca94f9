/** @file Working memory that is reused from call to call, so that steps do not allocate. */
#ifndef RNN_SCRATCH_H
#define RNN_SCRATCH_H
#include <stddef.h>

/* Each purpose has its own block on each worker. */
enum scratch_purpose {
  SCRATCH_PANELS_A,
  SCRATCH_PANELS_B,
  SCRATCH_PANELS_C,
  SCRATCH_PANELS_TILE,
  SCRATCH_LEFT,
  SCRATCH_ROWS,
  SCRATCH_ROWS_B,
  SCRATCH_ORDER,
  SCRATCH_INPUTS,
  SCRATCH_SCALED_INPUTS,
  SCRATCH_GATES,
  SCRATCH_RECURRENT_GATES,
  SCRATCH_HIDDEN,
  SCRATCH_CELL,
  SCRATCH_FACTOR,
  SCRATCH_MASK,
  SCRATCH_READ,
  SCRATCH_READ_BEFORE,
  SCRATCH_POSITIONS,
  SCRATCH_PROJECTED,
  SCRATCH_ZEROS,
  SCRATCH_LOGITS,
  SCRATCH_SUMS,
  SCRATCH_FACTORS,
  SCRATCH_LOSSES,
  SCRATCH_DECODER,
  SCRATCH_WINDOWS,
  SCRATCH_SLOPES,
  SCRATCH_TURNED,
  SCRATCH_PURPOSES,
};

/* At least `bytes`, aligned to 64, contents unspecified; valid until the next call with the same worker and purpose.
 * Without memory the process ends with a message, as elsewhere in Node. */
void* scratch(int worker, enum scratch_purpose purpose, size_t bytes);

#endif
