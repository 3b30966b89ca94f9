/** @file The kernels as JavaScript functions: each takes one object, and checks every argument before it runs. */
#include "cells.h"
#include "decoder.h"
#include "dispatch.h"
#include "threads.h"
#include <math.h>
#include <node_api.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct variant* variant;
static const struct kernel_table* kernels; /* a function of the selected variant */

enum { LONGEST_NAME = 64, LONGEST_MESSAGE = 256, MAX_LISTS = 8 };
static const double MOST =
    2147483647; /* the largest count: sizes are products of counts, computed in double, which cannot overflow */

/* recurrent_forward → recurrentForward, cut to `size` bytes */
static const char* camel_case(const char* name, char* to, size_t size) {
  char* end = to;
  for (; *name != '\0' && end < to + size - 1; name++) {
    if (*name == '_' && name[1] >= 'a' && name[1] <= 'z')
      *end++ = (char)(*++name - 'a' + 'A');
    else
      *end++ = *name;
  }
  *end = '\0';
  return to;
}

/* --- reading arguments: after one has failed, the functions do nothing --- */

struct call {
  napi_env env;
  napi_value values; /* the object that holds the arguments */
  const char* kernel;
  bool failed;
  float** lists[MAX_LISTS]; /* to be freed */
  int list_count;
};

typedef napi_status throw_function(napi_env env, const char* code, const char* message);

static void fail(struct call* call, throw_function* throw_error, const char* argument, const char* complaint) {
  char kernel[LONGEST_NAME], name[LONGEST_MESSAGE]; /* long enough for a condition */
  char message[LONGEST_NAME + 2 * LONGEST_MESSAGE];
  snprintf(message, sizeof message, "%s: %s %s", camel_case(call->kernel, kernel, sizeof kernel),
           camel_case(argument, name, sizeof name), complaint);
  throw_error(call->env, NULL, message);
  call->failed = true;
}

static napi_valuetype type_of(struct call* call, napi_value value) {
  napi_valuetype type = napi_undefined;
  napi_typeof(call->env, value, &type);
  return type;
}

/* Null if it is missing or a getter throws. */
static napi_value read_value(struct call* call, const char* argument) {
  char name[LONGEST_NAME];
  napi_value value = NULL;
  camel_case(argument, name, sizeof name);
  if (!call->failed && napi_get_named_property(call->env, call->values, name, &value) != napi_ok) call->failed = true;
  return call->failed ? NULL : value;
}

static double read_number(struct call* call, const char* argument) {
  napi_value value = read_value(call, argument);
  double number = 0;
  if (value == NULL) return 0;
  if (type_of(call, value) != napi_number)
    fail(call, napi_throw_type_error, argument, "is not a number");
  else
    napi_get_value_double(call->env, value, &number);
  return number;
}

static int64_t read_count(struct call* call, const char* argument) {
  double number = read_number(call, argument);
  if (number >= 0 && number <= MOST && number == floor(number)) return (int64_t)number;
  if (!call->failed) fail(call, napi_throw_range_error, argument, "is not a whole number from 0 to 2147483647");
  return 0;
}

static uint32_t read_seed(struct call* call, const char* argument) {
  double number = read_number(call, argument);
  if (number >= -2147483648.0 && number <= 4294967295.0 && number == floor(number)) return (uint32_t)(int64_t)number;
  if (!call->failed) fail(call, napi_throw_range_error, argument, "is not a whole number of 32 bits");
  return 0;
}

static int64_t read_cell(struct call* call, const char* argument) {
  napi_value value = read_value(call, argument);
  char name[LONGEST_NAME] = "";
  if (value == NULL) return 0;
  if (type_of(call, value) == napi_string) napi_get_value_string_utf8(call->env, value, name, sizeof name, NULL);
  for (int64_t cell = 0; cell < CELLS; cell++)
    if (strcmp(cell_sizes[cell].name, name) == 0) return cell;
  fail(call, napi_throw_type_error, argument, "is not the name of a recurrent cell");
  return 0;
}

static bool read_flag(struct call* call, const char* argument) {
  napi_value value = read_value(call, argument);
  bool flag = false;
  if (value == NULL) return false;
  if (type_of(call, value) != napi_boolean)
    fail(call, napi_throw_type_error, argument, "is neither true nor false");
  else
    napi_get_value_bool(call->env, value, &flag);
  return flag;
}

static const char* array_name(napi_typedarray_type type) {
  return type == napi_float32_array ? "Float32Array" : type == napi_float64_array ? "Float64Array" : "Int32Array";
}

/* `name` is the argument's, or that of an element of a list, for messages. */
static void* array_of(struct call* call, napi_value value, const char* name, napi_typedarray_type wanted, double size,
                      bool maybe) {
  char complaint[LONGEST_MESSAGE];
  static float nothing[2]; /* the address of an empty array; null means absent */
  bool is_array = false;
  napi_typedarray_type type = napi_int8_array;
  size_t length = 0;
  void* data = NULL;
  napi_is_typedarray(call->env, value, &is_array);
  if (is_array) napi_get_typedarray_info(call->env, value, &type, &length, &data, NULL, NULL);
  if (!is_array || type != wanted) {
    snprintf(complaint, sizeof complaint, "is not a%s %s%s", wanted == napi_int32_array ? "n" : "", array_name(wanted),
             maybe ? " or null" : "");
    fail(call, napi_throw_type_error, name, complaint);
  } else if ((double)length != size) {
    snprintf(complaint, sizeof complaint, "has %zu elements instead of %.0f", length, size);
    fail(call, napi_throw_range_error, name, complaint);
  }
  return data == NULL ? nothing : data;
}

static void* read_array(struct call* call, const char* argument, napi_typedarray_type wanted, double size, bool maybe) {
  napi_value value = read_value(call, argument);
  if (value == NULL) return NULL;
  napi_valuetype value_type = type_of(call, value);
  if (maybe && (value_type == napi_null || value_type == napi_undefined)) return NULL;
  return array_of(call, value, argument, wanted, size, maybe);
}

static float** read_list(struct call* call, const char* argument, int64_t count, const int32_t* sizes) {
  napi_value values = read_value(call, argument);
  bool is_list = false;
  uint32_t length = 0;
  if (values == NULL) return NULL;
  napi_is_array(call->env, values, &is_list);
  if (is_list) napi_get_array_length(call->env, values, &length);
  if (!is_list || length != count) {
    char complaint[LONGEST_MESSAGE];
    snprintf(complaint, sizeof complaint, "is not a list of %lld arrays", (long long)count);
    fail(call, napi_throw_type_error, argument, complaint);
    return NULL;
  }
  float** list = calloc((size_t)count + 1, sizeof *list);
  if (list == NULL) {
    fail(call, napi_throw_range_error, argument, "does not fit into memory");
    return NULL;
  }
  call->lists[call->list_count++] = list;
  for (uint32_t index = 0; index < length && !call->failed; index++) {
    char name[LONGEST_NAME];
    napi_value value = NULL;
    snprintf(name, sizeof name, "%.48s[%u]", argument, index);
    if (napi_get_element(call->env, values, index, &value) != napi_ok)
      call->failed = true;
    else
      list[index] = array_of(call, value, name, napi_float32_array, sizes[index], false);
  }
  return list;
}

static int32_t* read_indices(struct call* call, const char* argument, double size, double low, double high,
                             bool maybe) {
  int32_t* indices = read_array(call, argument, napi_int32_array, size, maybe);
  if (call->failed || indices == NULL) return indices;
  int32_t least = INT32_MAX, most = INT32_MIN;
  for (int64_t index = 0; index < (int64_t)size; index++) {
    least = indices[index] < least ? indices[index] : least;
    most = indices[index] > most ? indices[index] : most;
  }
  if (size > 0 && (least < low || most >= high)) {
    char complaint[LONGEST_MESSAGE];
    snprintf(complaint, sizeof complaint, "holds %d, which is not within %.0f to %.0f", least < low ? least : most, low,
             high - 1);
    fail(call, napi_throw_range_error, argument, complaint);
  }
  return indices;
}

static const double* read_uniforms(struct call* call, const char* argument, double size) {
  const double* uniforms = read_array(call, argument, napi_float64_array, size, false);
  if (call->failed) return uniforms;
  bool within = true;
  for (int64_t index = 0; index < (int64_t)size; index++) within &= uniforms[index] >= 0 && uniforms[index] < 1;
  if (!within) fail(call, napi_throw_range_error, argument, "has a value outside [0, 1)");
  return uniforms;
}

/* The checks below keep a kernel from reading or writing out of bounds. */
static struct call begin_call(napi_env env, napi_callback_info info, const char* kernel) {
  size_t count = 1;
  napi_value values = NULL;
  struct call call = {.env = env, .kernel = kernel};
  napi_get_cb_info(env, info, &count, &values, NULL, NULL);
  if (count < 1 || type_of(&(struct call){.env = env}, values) != napi_object)
    fail(&call, napi_throw_type_error, "its argument", "is not an object");
  call.values = values;
  return call;
}

static void end_call(struct call* call) {
  for (int index = 0; index < call->list_count; index++) free(call->lists[index]);
}

/* In each kernel's function, counts and scalars are also local doubles: sizes and conditions are computed from them. */
#define COUNT(name)                                                        \
  const double name = (double)(arguments.name = read_count(&call, #name)); \
  (void)name;
#define SCALAR(name)                                              \
  const double name = arguments.name = read_number(&call, #name); \
  (void)name;
#define CELL(name) const struct cell_sizes name = cell_sizes[arguments.name = read_cell(&call, #name)];
#define FLAG(name) arguments.name = read_flag(&call, #name);
#define SEED(name) arguments.name = read_seed(&call, #name);
#define FLOATS(name, size) arguments.name = read_array(&call, #name, napi_float32_array, size, false);
#define MAYBE_FLOATS(name, size) arguments.name = read_array(&call, #name, napi_float32_array, size, true);
#define RESULT(name, size) arguments.name = read_array(&call, #name, napi_float32_array, size, false);
#define MAYBE_RESULT(name, size) arguments.name = read_array(&call, #name, napi_float32_array, size, true);
#define POSITIONS(name, size) arguments.name = read_array(&call, #name, napi_int32_array, size, false);
#define DOUBLES(name, size) arguments.name = read_array(&call, #name, napi_float64_array, size, false);
#define UNIFORMS(name, size) arguments.name = read_uniforms(&call, #name, size);
#define INDICES(name, size, low, high) arguments.name = read_indices(&call, #name, size, low, high, false);
#define MAYBE_INDICES(name, size, low, high) arguments.name = read_indices(&call, #name, size, low, high, true);
#define FLOATS_LIST(name, count, sizes) \
  arguments.name = (const float* const*)read_list(&call, #name, arguments.count, arguments.sizes);
#define RESULT_LIST(name, count, sizes) arguments.name = read_list(&call, #name, arguments.count, arguments.sizes);
#define REQUIRE(condition) \
  if (!call.failed && !(condition)) fail(&call, napi_throw_range_error, #condition, "does not hold");
#define KERNEL(name, ...)                                                \
  static napi_value call_##name(napi_env env, napi_callback_info info) { \
    struct call call = begin_call(env, info, #name);                     \
    struct name arguments = {0};                                         \
    __VA_ARGS__                                                          \
    if (!call.failed) {                                                  \
      engine_lock();                                                     \
      kernels->name(&arguments);                                         \
      engine_unlock();                                                   \
    }                                                                    \
    end_call(&call);                                                     \
    return NULL;                                                         \
  }
#include "signatures.def"
#include "signatures-end.h"

/* --- the signatures as data: { recurrentForward: { cell: "cell", …, lengths: "indices?" } } --- */

static void set_text(napi_env env, napi_value object, const char* name, const char* text) {
  char key[LONGEST_NAME];
  napi_value value;
  napi_create_string_utf8(env, text, NAPI_AUTO_LENGTH, &value);
  napi_set_named_property(env, object, camel_case(name, key, sizeof key), value);
}

static void set_value(napi_env env, napi_value object, const char* name, napi_value value) {
  char key[LONGEST_NAME];
  napi_set_named_property(env, object, camel_case(name, key, sizeof key), value);
}

static napi_value new_object(napi_env env) {
  napi_value object;
  napi_create_object(env, &object);
  return object;
}

static napi_value describe_signatures(napi_env env) {
  napi_value all = new_object(env);
#define COUNT(name) set_text(env, kernel, #name, "count");
#define CELL(name) set_text(env, kernel, #name, "cell");
#define FLAG(name) set_text(env, kernel, #name, "flag");
#define SEED(name) set_text(env, kernel, #name, "seed");
#define SCALAR(name) set_text(env, kernel, #name, "scalar");
#define FLOATS(name, size) set_text(env, kernel, #name, "floats");
#define INDICES(name, size, low, high) set_text(env, kernel, #name, "indices");
#define RESULT(name, size) set_text(env, kernel, #name, "result");
#define POSITIONS(name, size) set_text(env, kernel, #name, "positions");
#define DOUBLES(name, size) set_text(env, kernel, #name, "doubles");
#define FLOATS_LIST(name, count, sizes) set_text(env, kernel, #name, "floats[]");
#define RESULT_LIST(name, count, sizes) set_text(env, kernel, #name, "result[]");
#define UNIFORMS(name, size) set_text(env, kernel, #name, "uniforms");
#define MAYBE_FLOATS(name, size) set_text(env, kernel, #name, "floats?");
#define MAYBE_INDICES(name, size, low, high) set_text(env, kernel, #name, "indices?");
#define MAYBE_RESULT(name, size) set_text(env, kernel, #name, "result?");
#define REQUIRE(condition)
#define KERNEL(name, ...)                \
  {                                      \
    napi_value kernel = new_object(env); \
    __VA_ARGS__                          \
    set_value(env, all, #name, kernel);  \
  }
#include "signatures.def"
#include "signatures-end.h"
  return all;
}

/* --- other functions of the addon --- */

static napi_value first_argument(napi_env env, napi_callback_info info) {
  size_t count = 1;
  napi_value value = NULL;
  napi_get_cb_info(env, info, &count, &value, NULL, NULL);
  return value;
}

static napi_value text(napi_env env, const char* characters) {
  napi_value value;
  napi_create_string_utf8(env, characters, NAPI_AUTO_LENGTH, &value);
  return value;
}

static napi_value get_isa(napi_env env, napi_callback_info info) {
  (void)info;
  return text(env, variant->isa);
}

static napi_value get_isas(napi_env env, napi_callback_info info) {
  (void)info;
  const struct variant* variants;
  int count = supported_variants(&variants);
  napi_value list;
  napi_create_array_with_length(env, (size_t)count, &list);
  for (int index = 0; index < count; index++)
    napi_set_element(env, list, (uint32_t)index, text(env, variants[index].isa));
  return list;
}

static void use_kernels(const struct variant* of, const struct kernel_table* table) {
  engine_lock();
  variant = of;
  kernels = table;
  set_idle_function(table->when_idle);
  engine_unlock();
}

/* Throws an error and returns false if the processor or this addon does not have the instruction set. */
static bool choose_variant(napi_env env, const char* who, const char* isa) {
  const struct variant *found = find_variant(isa), *variants;
  if (found == NULL) {
    char message[LONGEST_MESSAGE] = "";
    int length =
        snprintf(message, sizeof message, "%s: \"%.32s\" is not among the instruction sets that run here:", who, isa);
    for (int index = 0, count = supported_variants(&variants); index < count; index++)
      length += snprintf(message + length, sizeof message - (size_t)length, "%s %s", index == 0 ? "" : ",",
                         variants[index].isa);
    napi_throw_range_error(env, NULL, message);
    return false;
  }
  use_kernels(found, found->kernels);
  return true;
}

static napi_value use_isa(napi_env env, napi_callback_info info) {
  char isa[LONGEST_NAME] = "";
  napi_get_value_string_utf8(env, first_argument(env, info), isa, sizeof isa, NULL);
  choose_variant(env, "useIsa", isa);
  return NULL;
}

static napi_value get_precisions(napi_env env, napi_callback_info info) {
  (void)info;
  napi_value list;
  napi_create_array(env, &list);
  napi_set_element(env, list, 0, text(env, "fp32"));
  if (variant->bf16 != NULL) napi_set_element(env, list, 1, text(env, "bf16"));
  return list;
}

static napi_value use_precision(napi_env env, napi_callback_info info) {
  char precision[LONGEST_NAME] = "";
  napi_get_value_string_utf8(env, first_argument(env, info), precision, sizeof precision, NULL);
  bool bf16 = strcmp(precision, "bf16") == 0;
  const struct variant* permitted = bf16 ? permitted_variant(variant) : variant;
  const struct kernel_table* found = bf16                             ? permitted->bf16
                                     : strcmp(precision, "fp32") == 0 ? permitted->kernels
                                                                      : NULL;
  if (found == NULL) {
    char message[LONGEST_MESSAGE];
    snprintf(message, sizeof message, "usePrecision: %s has no products in \"%.32s\"", variant->isa, precision);
    napi_throw_range_error(env, NULL, message);
    return NULL;
  }
  use_kernels(permitted, found);
  return NULL;
}

static napi_value get_tiles_missing(napi_env env, napi_callback_info info) {
  (void)info;
  const char* reason = tiles_missing();
  napi_value null;
  napi_get_null(env, &null);
  return reason == NULL ? null : text(env, reason);
}

static napi_value get_threads(napi_env env, napi_callback_info info) {
  (void)info;
  napi_value value;
  napi_create_int32(env, thread_count(), &value);
  return value;
}

static napi_value set_threads(napi_env env, napi_callback_info info) {
  double count = 0;
  napi_get_value_double(env, first_argument(env, info), &count);
  if (!(count >= 1 && count <= MAX_THREADS && count == floor(count))) {
    napi_throw_range_error(env, NULL, "setThreads: threads is not a whole number from 1 to 256");
    return NULL;
  }
  engine_lock();
  set_thread_count((int)count);
  engine_unlock();
  return NULL;
}

static void set_function(napi_env env, napi_value object, const char* name, napi_callback callback) {
  char key[LONGEST_NAME];
  napi_value function;
  napi_create_function(env, camel_case(name, key, sizeof key), NAPI_AUTO_LENGTH, callback, NULL, &function);
  napi_set_named_property(env, object, key, function);
}

static napi_value kernel_functions(napi_env env) {
  napi_value functions = new_object(env);
#define KERNEL_NAME(name) set_function(env, functions, #name, call_##name);
#include "signatures-names.h"
  return functions;
}

/* Runs once in a process, even if several JavaScript threads load the addon. */
static bool set_defaults(napi_env env) {
  if (variant != NULL) return true;
  const struct variant* variants;
  int count = supported_variants(&variants);
  const char* forced = getenv("RNN_ISA");
  set_thread_count(available_processors());
  return choose_variant(env, "RNN_ISA", forced == NULL || *forced == '\0' ? variants[count - 1].isa : forced);
}

NAPI_MODULE_INIT() {
  if (!set_defaults(env)) return NULL;
  set_value(env, exports, "kernels", kernel_functions(env));
  set_value(env, exports, "signatures", describe_signatures(env));
  set_function(env, exports, "isa", get_isa);
  set_function(env, exports, "isas", get_isas);
  set_function(env, exports, "use_isa", use_isa);
  set_function(env, exports, "precisions", get_precisions);
  set_function(env, exports, "use_precision", use_precision);
  set_function(env, exports, "tiles_missing", get_tiles_missing);
  set_function(env, exports, "threads", get_threads);
  set_function(env, exports, "set_threads", set_threads);
  return exports;
}
