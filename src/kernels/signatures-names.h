/** @file Includes signatures.def for the kernels' names: each becomes KERNEL_NAME(name), which the includer defines. */
#define COUNT(name)
#define FLAG(name)
#define SEED(name)
#define SCALAR(name)
#define CELL(name)
#define FLOATS(name, size)
#define INDICES(name, size, low, high)
#define RESULT(name, size)
#define POSITIONS(name, size)
#define DOUBLES(name, size)
#define FLOATS_LIST(name, count, sizes)
#define RESULT_LIST(name, count, sizes)
#define UNIFORMS(name, size)
#define MAYBE_FLOATS(name, size)
#define MAYBE_INDICES(name, size, low, high)
#define MAYBE_RESULT(name, size)
#define REQUIRE(condition)
#define KERNEL(name, ...) KERNEL_NAME(name)
#include "signatures.def"
#include "signatures-end.h"
#undef KERNEL_NAME
