/** @file signatures.def as C: a struct of arguments for each kernel, and the table of kernels of an instruction set. */
#ifndef RNN_KERNELS_H
#define RNN_KERNELS_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define COUNT(name) int64_t name;
#define FLAG(name) bool name;
#define SEED(name) uint32_t name;
#define SCALAR(name) double name;
#define CELL(name) int64_t name;
#define FLOATS(name, size) const float* name;
#define INDICES(name, size, low, high) const int32_t* name;
#define RESULT(name, size) float* name;
#define POSITIONS(name, size) int32_t* name;
#define DOUBLES(name, size) double* name;
#define FLOATS_LIST(name, count, sizes) const float* const* name;
#define RESULT_LIST(name, count, sizes) float* const* name;
#define UNIFORMS(name, size) const double* name;
#define MAYBE_FLOATS FLOATS
#define MAYBE_INDICES INDICES
#define MAYBE_RESULT RESULT
#define REQUIRE(condition)
#define KERNEL(name, ...) \
  struct name {           \
    __VA_ARGS__           \
  };
#include "signatures.def"
#include "signatures-end.h"

#define KERNEL_NAME(name) void (*name)(const struct name* arguments);
struct kernel_table {
#include "signatures-names.h"
  void (*when_idle)(void); /* called by a thread that has no more to do; null if there is no need */
};

#if defined(__x86_64__)
extern const struct kernel_table kernels_baseline, kernels_avx2, kernels_avx512;
extern const struct kernel_table kernels_avx512_bf16, kernels_amx_bf16;        /* matmuls in bf16: operands.h */
extern const struct kernel_table kernels_avx2_bf16, kernels_emulated_amx_bf16; /* the same bits, for tests */
#elif defined(__aarch64__)
extern const struct kernel_table kernels_neon;
#elif defined(__wasm__)
extern const struct kernel_table kernels_simd128;
#else
extern const struct kernel_table kernels_baseline;
#endif

#endif
