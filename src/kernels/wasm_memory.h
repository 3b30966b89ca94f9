/** @file The allocator for tensors and working memory in WebAssembly's linear memory. */
#ifndef RNN_WASM_MEMORY_H
#define RNN_WASM_MEMORY_H
#include <stddef.h>

/* Aligned to a cache line; contents unspecified. Null without memory. */
void* allocate(size_t bytes);
void release(void* block); /* null is allowed */

#endif
