/** @file Windows alone: Node-API's functions, found in the program that runs, whatever its name. Elsewhere the system's linker does that. */
#include <stdbool.h>
#include <windows.h>

/* Those that binding.c calls, through a pointer each, as functions of another file are called here; one that lacks here does
 * not link. */
#define FUNCTIONS(each)                                                                                    \
  each(napi_create_array) each(napi_create_array_with_length) each(napi_create_function)                   \
  each(napi_create_int32) each(napi_create_object) each(napi_create_string_utf8)                           \
  each(napi_get_array_length) each(napi_get_cb_info) each(napi_get_element) each(napi_get_named_property)  \
  each(napi_get_typedarray_info) each(napi_get_value_bool) each(napi_get_value_double)                     \
  each(napi_get_value_string_utf8) each(napi_is_array) each(napi_is_typedarray) each(napi_set_element)     \
  each(napi_set_named_property) each(napi_throw_range_error) each(napi_throw_type_error) each(napi_typeof)

#define POINTER(name) FARPROC __imp_##name;
FUNCTIONS(POINTER)

#define FIND(name) &&(__imp_##name = GetProcAddress(program, #name)) != NULL

/* False, and the addon does not load, where the program has no Node-API. */
BOOL WINAPI DllMain(HINSTANCE self, DWORD reason, LPVOID reserved) {
  (void)self, (void)reserved;
  HMODULE program = GetModuleHandleW(NULL);
  return reason != DLL_PROCESS_ATTACH || (true FUNCTIONS(FIND));
}
