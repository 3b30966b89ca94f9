/** @file The number of steps in a row of a sequence. */
#ifndef RNN_LENGTHS_H
#define RNN_LENGTHS_H
#include <stddef.h>
#include <stdint.h>

/* `time` if there are no lengths. */
static inline int64_t length_of_row(const int32_t* lengths, int64_t row, int64_t time) {
  return lengths == NULL ? time : lengths[row];
}

#endif
