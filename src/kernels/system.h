/** @file Locks, conditions and threads of POSIX, Windows or WebAssembly, for the thread pool. */
#ifndef RNN_SYSTEM_H
#define RNN_SYSTEM_H
#include <stdbool.h>
#include <stdint.h>

#if defined(_WIN32)
#include <windows.h>

#include <process.h>

typedef SRWLOCK system_lock;
typedef CONDITION_VARIABLE system_condition;
typedef unsigned thread_result;
#define LOCK_INITIALIZER SRWLOCK_INIT
#define CONDITION_INITIALIZER CONDITION_VARIABLE_INIT

static inline void lock(system_lock* one) { AcquireSRWLockExclusive(one); }
static inline void unlock(system_lock* one) { ReleaseSRWLockExclusive(one); }
static inline void wait_for(system_condition* condition, system_lock* held) {
  SleepConditionVariableSRW(condition, held, INFINITE, 0);
}
static inline void wake_one(system_condition* condition) { WakeConditionVariable(condition); }
static inline void wake_all(system_condition* condition) { WakeAllConditionVariable(condition); }

/* Starts a detached thread. False if the system cannot start more. */
static inline bool start_thread(thread_result (*function)(void*), void* argument) {
  uintptr_t thread = _beginthreadex(NULL, 0, function, argument, 0, NULL);
  if (thread != 0) CloseHandle((HANDLE)thread);
  return thread != 0;
}

/* Windows has no fork. */
static inline void in_forked_children(void (*function)(void)) { (void)function; }

/* Keeps the library that contains `inside` loaded until the process ends. */
static inline void stay_loaded(const void* inside) {
  HMODULE module;
  GetModuleHandleExW(GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS | GET_MODULE_HANDLE_EX_FLAG_PIN, inside, &module);
}
#elif defined(__wasm__)
#include "wasm_system.h"
#else
#include <dlfcn.h>
#include <pthread.h>

typedef pthread_mutex_t system_lock;
typedef pthread_cond_t system_condition;
typedef void* thread_result;
#define LOCK_INITIALIZER PTHREAD_MUTEX_INITIALIZER
#define CONDITION_INITIALIZER PTHREAD_COND_INITIALIZER

static inline void lock(system_lock* one) { pthread_mutex_lock(one); }
static inline void unlock(system_lock* one) { pthread_mutex_unlock(one); }
static inline void wait_for(system_condition* condition, system_lock* held) { pthread_cond_wait(condition, held); }
static inline void wake_one(system_condition* condition) { pthread_cond_signal(condition); }
static inline void wake_all(system_condition* condition) { pthread_cond_broadcast(condition); }

static inline bool start_thread(thread_result (*function)(void*), void* argument) {
  pthread_t thread;
  if (pthread_create(&thread, NULL, function, argument) != 0) return false;
  pthread_detach(thread);
  return true;
}

static inline void in_forked_children(void (*function)(void)) { pthread_atfork(NULL, NULL, function); }

static inline void stay_loaded(const void* inside) {
  Dl_info self;
  if (dladdr(inside, &self) != 0) dlopen(self.dli_fname, RTLD_NOW | RTLD_NODELETE);
}
#endif
#endif
