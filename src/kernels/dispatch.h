/** @file The choice between the kernels' variants for instruction sets. */
#ifndef RNN_DISPATCH_H
#define RNN_DISPATCH_H
#include "kernels.h"

struct variant {
  const char* isa;
  const struct kernel_table* kernels;
  const struct kernel_table* bf16; /* with matmuls in bf16; null if the processor has no instructions for them */
};

/* Lists the variants that this processor can run, from the lowest; returns their number. */
int supported_variants(const struct variant** variants);

/* Null if the processor cannot run the variant or there is none of that name. It also finds "avx2-bf16", which computes
 * the matmuls of AVX512-BF16 with slower instructions to the same bits: for tests. */
const struct variant* find_variant(const char* isa);

#endif
