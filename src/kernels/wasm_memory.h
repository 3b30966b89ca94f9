/** @file Memory for tensors and for work: blocks of the one linear memory. */
#ifndef RNN_WASM_MEMORY_H
#define RNN_WASM_MEMORY_H
#include <stddef.h>

/* Aligned to a line of the cache; contents unspecified. Null where there is no room. */
void* allocate(size_t bytes);
void release(void* block); /* null is nothing */

#endif
