/** @file All numeric sources as one unit, compiled once for each instruction set: only its table is seen outside. */
#include "tiles.c"
#include "panels.c"
#include "few_rows.c"
#include "outer_products.c"
#include "matmul.c"
#include "rnn.c"
#include "lstm.c"
#include "gru.c"
#include "recurrent_forward.c"
#include "recurrent_backward.c"
#include "embedding.c"
#include "head.c"
#include "draw.c"
#include "decoder.c"
#include "convolution.c"
#include "pooling.c"
#include "attention.c"
#include "layer_norm.c"
#include "elementwise.c"
#include "dropout.c"
#include "optimizers.c"

/* The compiler is told -DVARIANT_TABLE=kernels_avx2 or the like. */
#define KERNEL_NAME(name) .name = name,
const struct kernel_table VARIANT_TABLE = {
#include "signatures-names.h"
};
