/** @file Windows only: Node-API's functions, looked up in the running program, whatever its name. On other systems the
 * linker resolves them. */
#include <stdbool.h>
#include <windows.h>

/* The functions that binding.c calls, each through a pointer; one that is missing here is a link error. */
#define FUNCTIONS(each)                                                                                             \
  each(napi_create_array) each(napi_create_array_with_length) each(napi_create_function) each(napi_create_int32)    \
      each(napi_create_object) each(napi_create_string_utf8) each(napi_get_array_length) each(napi_get_cb_info)     \
          each(napi_get_element) each(napi_get_named_property) each(napi_get_null) each(napi_get_typedarray_info)   \
              each(napi_get_value_bool) each(napi_get_value_double) each(napi_get_value_string_utf8)                \
                  each(napi_is_array) each(napi_is_typedarray) each(napi_set_element) each(napi_set_named_property) \
                      each(napi_throw_range_error) each(napi_throw_type_error) each(napi_typeof)

#define POINTER(name) FARPROC __imp_##name;
FUNCTIONS(POINTER)

#define FIND(name) &&(__imp_##name = GetProcAddress(program, #name)) != NULL

/* Returns false, and the addon does not load, if the program has no Node-API. */
BOOL WINAPI DllMain(HINSTANCE self, DWORD reason, LPVOID reserved) {
  (void)self, (void)reserved;
  HMODULE program = GetModuleHandleW(NULL);
  return reason != DLL_PROCESS_ATTACH || (true FUNCTIONS(FIND));
}
