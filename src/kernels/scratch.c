/** @file The only place that allocates. */
#include "scratch.h"
#include "threads.h"
#include <stdio.h>
#include <stdlib.h>

enum { ALIGNMENT = 64 };

#if defined(__wasm__)
#include "wasm_memory.h"
/* implemented in JavaScript: ends the process with a message */
__attribute__((import_module("rnn"), import_name("outOfMemory"), noreturn)) void out_of_memory(double bytes);
#else
#if defined(_WIN32) /* Windows has no aligned_alloc */
#include <malloc.h>
static void* allocate(size_t bytes) { return _aligned_malloc(bytes, ALIGNMENT); }
static void release(void* block) { _aligned_free(block); }
#else
static void* allocate(size_t bytes) { return aligned_alloc(ALIGNMENT, bytes); }
static void release(void* block) { free(block); }
#endif
_Noreturn static void out_of_memory(double bytes) {
  fprintf(stderr, "rnn: out of memory: %.0f bytes of working memory are not to be had\n", bytes);
  abort();
}
#endif

static struct {
  void* memory;
  size_t bytes;
} blocks[MAX_THREADS][SCRATCH_PURPOSES];

void* scratch(int worker, enum scratch_purpose purpose, size_t bytes) {
  void** memory = &blocks[worker][purpose].memory;
  if (*memory != NULL && blocks[worker][purpose].bytes >= bytes) return *memory;
  release(*memory);
  size_t rounded = (bytes / ALIGNMENT + 1) * ALIGNMENT;
  *memory = allocate(rounded);
  if (*memory == NULL) out_of_memory((double)rounded);
  blocks[worker][purpose].bytes = rounded;
  return *memory;
}
