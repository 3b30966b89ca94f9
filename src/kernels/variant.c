/** @file All numeric sources as one compilation unit, built once for each instruction set; it exports its table only.
 */
#ifdef TILE_PRODUCTS
#include "register_tiles.c"
#else
#include "tiles.c"
#endif
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
#include "convolution.c"
#include "pooling.c"
#include "attention.c"
#include "layer_norm.c"
#include "rms_norm.c"
#include "silu_gate.c"
#include "causal_convolution.c"
#include "gated_scan_backward.c"
#include "gated_scan_forward.c"
#include "draw.c"
#include "decoder_tiles.c"
#include "decoder_layers.c"
#include "decoder.c"
#include "elementwise.c"
#include "dropout.c"
#include "optimizers.c"

/* The build passes -DVARIANT_TABLE=kernels_avx2 or another name. */
#define KERNEL_NAME(name) .name = name,
const struct kernel_table VARIANT_TABLE = {
#include "signatures-names.h"
#ifdef TILE_PRODUCTS
    .when_idle = release_registers,
#endif
};
