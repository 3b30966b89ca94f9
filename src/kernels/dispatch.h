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

/* Null if the processor cannot run the variant or there is none of that name. It also finds "avx2-bf16" and
 * "emulated-amx-bf16", which compute the matmuls of AVX512-BF16 and of AMX with slower instructions to the same bits:
 * for tests. */
const struct variant* find_variant(const char* isa);

/* The variant whose kernels in bf16 may run in place of those of the given one. Tile registers need a permission of the
 * system, which is requested at the first call; without it, this is the variant with AVX512-BF16, and the one with tile
 * registers is no longer supported. */
const struct variant* permitted_variant(const struct variant* wanted);

/* Why the processor's tile registers cannot be used, a sentence; null if they can, or if it has none. */
const char* tiles_missing(void);

#endif
