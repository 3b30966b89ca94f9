/** @file The choice between the kernels' variants for instruction sets. */
#ifndef RNN_DISPATCH_H
#define RNN_DISPATCH_H
#include "kernels.h"

struct variant {
  const char* isa;
  const struct kernel_table* kernels;
  const struct kernel_table* bf16; /* with products in bf16; null where there are no instructions for them */
};

/* The variants that this processor can run, from the lowest; returns how many there are. */
int supported_variants(const struct variant** variants);

/* Null where the processor cannot run it or there is none of that name. Beside the supported ones it finds "avx2-bf16",
 * which has the products of AVX512-BF16 in other, slower instructions, to the bit: for tests. */
const struct variant* find_variant(const char* isa);

#endif
