/** @file The choice between the kernels' variants for instruction sets. */
#ifndef RNN_DISPATCH_H
#define RNN_DISPATCH_H
#include "kernels.h"

struct variant {
  const char* isa;
  const struct kernel_table* kernels;
};

/* The variants that this processor can run, from the lowest; returns how many there are. */
int supported_variants(const struct variant** variants);

/* Null where the processor cannot run it or there is none of that name. */
const struct variant* find_variant(const char* isa);

#endif
