/** @file The kernels as exports of WebAssembly: each reads its arguments from memory, where JavaScript wrote them, and
 * checks their sizes and ranges before it runs. JavaScript (wasmBinding.ts) checks their types. */
#include "cells.h"
#include "decoder.h"
#include "dispatch.h"
#include "system.h"
#include "threads.h"
#include "wasm_memory.h"
#include <math.h>

/* One after another, in the order of signatures.def. */
struct argument {
  double number;  /* a count, flag, seed, scalar or cell; for an array or a list, the number of elements */
  double address; /* of an array's elements, or of a list's table of arrays; 0 for none */
};

enum {
  LARGEST_ARRAY = 1 << 27
}; /* the largest number of elements: working memory is a few times as much, and addresses have 32 bits */

/* The errors in arguments; wasmBinding.ts has the same codes. */
enum complaint { NOTHING, WRONG_SIZE, TOO_LARGE, OUT_OF_RANGE, NO_LIST, NO_UNIFORMS, CONDITION };
struct failure {
  double complaint;
  double name;  /* address of the argument's name or of the condition's text */
  double index; /* index of an array in a list, else -1 */
  double found, wanted, most;
};
__attribute__((export_name("failure"))) struct failure* get_failure(void) {
  static struct failure failure;
  return &failure;
}

struct call {
  const struct argument* next;
  bool failed;
};

static void fail(struct call* call, enum complaint complaint, const char* name, double index, double found,
                 double wanted, double most) {
  if (call->failed) return;
  call->failed = true;
  *get_failure() = (struct failure){complaint, (double)(uintptr_t)name, index, found, wanted, most};
}

static inline void* at(double address) { return (void*)(uintptr_t)address; }

static double read_number(struct call* call) { return (call->next++)->number; }

static void check_size(struct call* call, const char* name, double index, double found, double wanted) {
  if (found != wanted)
    fail(call, WRONG_SIZE, name, index, found, wanted, 0);
  else if (wanted > LARGEST_ARRAY)
    fail(call, TOO_LARGE, name, index, wanted, LARGEST_ARRAY, 0);
}

static void* read_array(struct call* call, const char* name, double size) {
  const struct argument* array = call->next++;
  if (array->address != 0) check_size(call, name, -1, array->number, size);
  return at(array->address);
}

/* A list is `count` addresses and then as many sizes, of 32 bits each. */
static float** read_list(struct call* call, const char* name, int64_t count, const int32_t* sizes) {
  const struct argument* list = call->next++;
  float** arrays = at(list->address);
  if (list->number != (double)count) {
    fail(call, NO_LIST, name, -1, list->number, (double)count, 0);
    return NULL;
  }
  const int32_t* found = (const int32_t*)(arrays + count);
  for (int64_t index = 0; index < count && !call->failed; index++)
    check_size(call, name, (double)index, found[index], sizes[index]);
  return arrays;
}

static int32_t* read_indices(struct call* call, const char* name, double size, double low, double high) {
  int32_t* indices = read_array(call, name, size);
  if (call->failed || indices == NULL) return indices;
  int32_t least = INT32_MAX, most = INT32_MIN;
  for (int64_t index = 0; index < (int64_t)size; index++) {
    least = indices[index] < least ? indices[index] : least;
    most = indices[index] > most ? indices[index] : most;
  }
  if (size > 0 && (least < low || most >= high))
    fail(call, OUT_OF_RANGE, name, -1, least < low ? least : most, low, high - 1);
  return indices;
}

static const double* read_uniforms(struct call* call, const char* name, double size) {
  const double* uniforms = read_array(call, name, size);
  bool within = true;
  for (int64_t index = 0; index < (int64_t)size && !call->failed; index++)
    within &= uniforms[index] >= 0 && uniforms[index] < 1;
  if (!within) fail(call, NO_UNIFORMS, name, -1, 0, 0, 0);
  return uniforms;
}

static const struct kernel_table* kernels(void) {
  const struct variant* variants;
  supported_variants(&variants);
  return variants[0].kernels;
}

/* In each kernel's function, counts and scalars are also local doubles: sizes and conditions are computed from them. */
#define COUNT(name)                       \
  const double name = read_number(&call); \
  arguments.name = (int64_t)name;
#define SCALAR(name)                                       \
  const double name = arguments.name = read_number(&call); \
  (void)name;
#define CELL(name) const struct cell_sizes name = cell_sizes[arguments.name = (int64_t)read_number(&call)];
#define FLAG(name) arguments.name = read_number(&call) != 0;
#define SEED(name) arguments.name = (uint32_t)(int64_t)read_number(&call);
#define FLOATS(name, size) arguments.name = read_array(&call, #name, size);
#define RESULT FLOATS
#define POSITIONS FLOATS
#define DOUBLES FLOATS
#define MAYBE_FLOATS FLOATS
#define MAYBE_RESULT FLOATS
#define UNIFORMS(name, size) arguments.name = read_uniforms(&call, #name, size);
#define INDICES(name, size, low, high) arguments.name = read_indices(&call, #name, size, low, high);
#define MAYBE_INDICES INDICES
#define FLOATS_LIST(name, count, sizes) \
  arguments.name = (const float* const*)read_list(&call, #name, arguments.count, arguments.sizes);
#define RESULT_LIST(name, count, sizes) arguments.name = read_list(&call, #name, arguments.count, arguments.sizes);
#define REQUIRE(condition) \
  if (!call.failed && !(condition)) fail(&call, CONDITION, #condition, -1, 0, 0, 0);
#define KERNEL(name, ...)                                                              \
  __attribute__((export_name(#name))) bool call_##name(const struct argument* given) { \
    struct call call = {given, false};                                                 \
    struct name arguments = {0};                                                       \
    __VA_ARGS__                                                                        \
    if (!call.failed) kernels()->name(&arguments);                                     \
    return !call.failed;                                                               \
  }
#include "signatures.def"
#include "signatures-end.h"

/* --- the signatures as text: a line for each kernel, its name and then each argument's name and kind --- */

#define COUNT(name) " " #name ":count"
#define CELL(name) " " #name ":cell"
#define FLAG(name) " " #name ":flag"
#define SEED(name) " " #name ":seed"
#define SCALAR(name) " " #name ":scalar"
#define FLOATS(name, size) " " #name ":floats"
#define INDICES(name, size, low, high) " " #name ":indices"
#define RESULT(name, size) " " #name ":result"
#define POSITIONS(name, size) " " #name ":positions"
#define DOUBLES(name, size) " " #name ":doubles"
#define FLOATS_LIST(name, count, sizes) " " #name ":floats[]"
#define RESULT_LIST(name, count, sizes) " " #name ":result[]"
#define UNIFORMS(name, size) " " #name ":uniforms"
#define MAYBE_FLOATS(name, size) " " #name ":floats?"
#define MAYBE_INDICES(name, size, low, high) " " #name ":indices?"
#define MAYBE_RESULT(name, size) " " #name ":result?"
#define REQUIRE(condition)
#define KERNEL(name, ...) #name __VA_ARGS__ "\n"
/* The first line lists the cells in the order of their numbers. */
#define CELL_ROW(name, text, gates, states, biases, saved) " " text
__attribute__((export_name("signatures"))) const char* get_signatures(void) {
  return "cells"
#include "cells.def"
         "\n"
#include "signatures.def"
#include "signatures-end.h"
      ;
}

/* --- other exports --- */

__attribute__((export_name("allocate"))) void* export_allocate(size_t bytes) { return allocate(bytes); }
__attribute__((export_name("release"))) void export_release(void* block) { release(block); }
__attribute__((export_name("threads"))) int export_threads(void) { return thread_count(); }
__attribute__((export_name("setThreads"))) void export_set_threads(int count) { set_thread_count(count); }
__attribute__((export_name("runThread"))) void run_thread(thread_result (*function)(void*), void* argument) {
  function(argument);
}
