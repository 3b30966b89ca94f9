/** @file The allocator for tensors and working memory: a list of free blocks by address, first fit, neighbors are
 * merged (Kernighan & Ritchie, The C Programming Language, 8.7). */
#include "wasm_memory.h"
#include "system.h"
#include <stdbool.h>
#include <stdint.h>

enum { LINE = 64, PAGE = 65536, GROWN_AT_LEAST = 64 * PAGE };

/* The header of each block, free or not; one cache line, so that blocks start at a cache line. */
struct block {
  size_t bytes; /* including the header */
  struct block* next;
} __attribute__((aligned(LINE)));

static struct block first; /* the list's head, of size 0 */
static system_lock list_lock = LOCK_INITIALIZER;

static inline uintptr_t end_of(const struct block* block) { return (uintptr_t)block + block->bytes; }

static void join(struct block* block) {
  struct block* next = block->next;
  if (next == NULL || block == &first || end_of(block) != (uintptr_t)next) return;
  block->bytes += next->bytes;
  block->next = next->next;
}

static void insert(struct block* block) {
  struct block* before = &first;
  while (before->next != NULL && before->next < block) before = before->next;
  block->next = before->next;
  before->next = block;
  join(block);
  join(before);
}

/* Grows the memory by a free block of at least `bytes`; false if it cannot grow. */
static bool grow(size_t bytes) {
  size_t pages = ((bytes < GROWN_AT_LEAST ? GROWN_AT_LEAST : bytes) + PAGE - 1) / PAGE;
  size_t before = __builtin_wasm_memory_grow(0, pages);
  if (before == SIZE_MAX) {
    pages = (bytes + PAGE - 1) / PAGE;
    before = __builtin_wasm_memory_grow(0, pages);
    if (before == SIZE_MAX) return false;
  }
  struct block* block = (struct block*)(before * PAGE);
  block->bytes = pages * PAGE;
  insert(block);
  return true;
}

static void* take(size_t bytes) {
  for (struct block* before = &first; before->next != NULL; before = before->next) {
    struct block* block = before->next;
    if (block->bytes < bytes) continue;
    if (block->bytes - bytes > sizeof *block) {
      struct block* rest = (struct block*)((uintptr_t)block + bytes);
      *rest = (struct block){block->bytes - bytes, block->next};
      *block = (struct block){bytes, rest};
    }
    before->next = block->next;
    return block + 1;
  }
  return NULL;
}

void* allocate(size_t bytes) {
  if (bytes > SIZE_MAX / 2) return NULL;
  size_t whole = (bytes + LINE - 1) / LINE * LINE + sizeof(struct block);
  lock(&list_lock);
  void* taken = take(whole);
  if (taken == NULL && grow(whole)) taken = take(whole);
  unlock(&list_lock);
  return taken;
}

void release(void* block) {
  if (block == NULL) return;
  lock(&list_lock);
  insert((struct block*)block - 1);
  unlock(&list_lock);
}
