/* @file Measures the processor's peak with fused multiply-adds of 32-bit floats, in GFLOP/s, by the benchmark's
 * protocol. `peak THREADS` Compiled to WebAssembly, which has 128-bit multiplications and additions, only the loop is
 * included; bench/wasm/peak.mjs calls it. */
#if !defined(__wasm__)
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#endif

#if defined(__AVX512F__)
enum { BYTES = 64 };
#elif defined(__AVX__)
enum { BYTES = 32 };
#else
enum { BYTES = 16 };
#endif
enum {
  SUMS = 12,
  ROUNDS = 1000000,
  MAX_THREADS = 256
}; /* at least 10, for two units with a latency of 5 cycles, and fewer than the registers */

typedef float vector __attribute__((vector_size(BYTES)));

static volatile float result;

#if defined(__wasm__)
__attribute__((export_name("multiplyAndAdd"))) void
#else
static void
#endif
multiply_and_add(void) {
  vector sums[SUMS], factor = {0}, term = {0};
  factor = factor + 0.999f;
  term = term + 0.001f;
  for (int i = 0; i < SUMS; i++) sums[i] = term * (float)i;
  for (int round = 0; round < ROUNDS; round++) {
#pragma GCC unroll 12
    for (int i = 0; i < SUMS; i++) sums[i] = sums[i] * factor + term;
  }
  for (int i = 1; i < SUMS; i++) sums[0] += sums[i];
  result = sums[0][0];
}

#if !defined(__wasm__)
static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec + time.tv_nsec * 1e-9;
}

static const double operations = 2.0 * SUMS * ROUNDS * (BYTES / sizeof(float));

/* Measures the GFLOP/s of one thread over a quarter of a second. */
static void* measure(void* speed) {
  double start = now(), seconds = 0, calls = 0;
  for (; seconds < 0.25; seconds = now() - start, calls++) multiply_and_add();
  *(double*)speed = calls * operations / seconds / 1e9;
  return NULL;
}

int main(int count, char** arguments) {
  int threads = count > 1 ? atoi(arguments[1]) : 1;
  if (threads < 1 || threads > MAX_THREADS) return 2;
  setvbuf(stdout, NULL, _IOLBF, 0);
  puts("ready");
  for (char line[16]; fgets(line, sizeof line, stdin) != NULL;) {
    if (strcmp(line, "go\n") != 0) continue;
    pthread_t others[MAX_THREADS];
    double speeds[MAX_THREADS], sum = 0;
    for (int i = 1; i < threads; i++) pthread_create(&others[i], NULL, measure, &speeds[i]);
    measure(&speeds[0]);
    for (int i = 1; i < threads; i++) pthread_join(others[i], NULL);
    for (int i = 0; i < threads; i++) sum += speeds[i];
    printf("%.1f\n", sum);
  }
}
#endif
