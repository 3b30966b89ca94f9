/** @file The only place that allocates. */
#include "scratch.h"
#include "threads.h"
#include <stdio.h>
#include <stdlib.h>
#if defined(_WIN32) /* it has no aligned_alloc, as its free could not tell such memory from other */
#include <malloc.h>
#define aligned_alloc(alignment, bytes) _aligned_malloc(bytes, alignment)
#define free _aligned_free
#endif

enum { ALIGNMENT = 64 };

static struct {
  void* memory;
  size_t bytes;
} blocks[MAX_THREADS][SCRATCH_PURPOSES];

void* scratch(int worker, enum scratch_purpose purpose, size_t bytes) {
  void** memory = &blocks[worker][purpose].memory;
  if (*memory != NULL && blocks[worker][purpose].bytes >= bytes) return *memory;
  free(*memory);
  size_t rounded = (bytes / ALIGNMENT + 1) * ALIGNMENT;
  *memory = aligned_alloc(ALIGNMENT, rounded);
  if (*memory == NULL) {
    fprintf(stderr, "rnn: out of memory: %zu bytes of working memory are not to be had\n", rounded);
    abort();
  }
  blocks[worker][purpose].bytes = rounded;
  return *memory;
}
