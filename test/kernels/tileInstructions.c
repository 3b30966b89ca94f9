/** @file Runs the variant for tile registers (AMX) on a processor without them: the system reports each of their
 * instructions as illegal, and the handler runs its emulation. Compares matmuls with those of the emulated variant. */
#define _GNU_SOURCE
#include "kernels.h"
#include "matmul.h"
#include "tile_registers.h"
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <ucontext.h>
#include <unistd.h>

enum { MATMULS = 300, LARGE_EVERY = 20 };

/* Registers by their numbers in instructions. */
static const int registers[] = {REG_RAX, REG_RCX, REG_RDX, REG_RBX, REG_RSP, REG_RBP, REG_RSI, REG_RDI,
                                REG_R8,  REG_R9,  REG_R10, REG_R11, REG_R12, REG_R13, REG_R14, REG_R15};

struct operand {
  uint64_t base, index; /* the index is the distance of a tile's rows, in bytes */
  const uint8_t* end;   /* of the instruction */
};

/* The memory operand that begins at the ModRM byte, after a VEX prefix. */
static struct operand read_operand(const uint8_t* at, const uint8_t* vex, const greg_t* values) {
  int mode = *at >> 6, base = *at & 7, high_index = vex[1] & 0x40 ? 0 : 8, high_base = vex[1] & 0x20 ? 0 : 8;
  struct operand operand = {0};
  bool has_base = true, from_instruction = mode == 0 && base == 5;
  at++;
  if (base == 4) {
    int index = (*at >> 3 & 7) | high_index;
    if (index != 4) operand.index = (uint64_t)values[registers[index]] << (*at >> 6);
    base = *at++ & 7;
    has_base = mode != 0 || base != 5;
  }
  int32_t displacement = 0;
  if (mode == 1) {
    displacement = (int8_t)*at++;
  } else if (mode == 2 || !has_base || from_instruction) {
    memcpy(&displacement, at, 4);
    at += 4;
  }
  if (from_instruction)
    operand.base = (uint64_t)at;
  else if (has_base)
    operand.base = (uint64_t)values[registers[base | high_base]];
  operand.base += (uint64_t)(int64_t)displacement;
  operand.end = at;
  return operand;
}

static void run_instruction(int signal, siginfo_t* info, void* context) {
  (void)signal, (void)info;
  greg_t* values = ((ucontext_t*)context)->uc_mcontext.gregs;
  const uint8_t* code = (const uint8_t*)values[REG_RIP];
  if (code[0] != 0xc4 || (code[1] & 31) != 2) abort();
  int prefix = code[2] & 3, tile = code[4] >> 3 & 7;
  bool in_registers = code[4] >> 6 == 3;
  struct operand memory = {.end = code + 5};
  if (!in_registers) memory = read_operand(code + 4, code, values);
  ptrdiff_t stride = (ptrdiff_t)memory.index / 4;
  if (code[3] == 0x49 && prefix == 0 && !in_registers)
    TILE_CONFIGURE((const struct register_shapes*)memory.base);
  else if (code[3] == 0x49 && prefix == 0 && code[4] == 0xc0)
    TILE_RELEASE();
  else if (code[3] == 0x49 && prefix == 3 && in_registers)
    TILE_ZERO(tile);
  else if (code[3] == 0x4b && prefix == 3)
    TILE_LOAD(tile, (const float*)memory.base, stride);
  else if (code[3] == 0x4b && prefix == 2)
    TILE_STORE(tile, (float*)memory.base, stride);
  else if (code[3] == 0x5c && prefix == 2 && in_registers)
    TILE_DOT(tile, code[4] & 7, ~code[2] >> 3 & 15);
  else
    abort();
  values[REG_RIP] = (greg_t)memory.end;
}

static float random_value(void) { return 2 * (float)rand() / (float)RAND_MAX - 1; }

static float* random_values(int64_t count) {
  float* values = malloc((size_t)count * 4);
  for (int64_t index = 0; index < count; index++) values[index] = random_value();
  return values;
}

static void run_matmul(const struct kernel_table* table, const struct matmul* arguments) {
  set_idle_function(table->when_idle);
  engine_lock();
  table->matmul(arguments);
  engine_unlock();
}

/* False if the bits differ, or if something past the end is written. */
static bool have_same_bits(int number) {
  static const int sizes[] = {1, 2, 7, 15, 16, 17, 31, 32, 33, 48, 49, 63, 64, 65, 97};
  enum { SIZES = sizeof sizes / sizeof *sizes };
  bool large = number % LARGE_EVERY == 0;
  int64_t rows = large ? 200 + rand() % 200 : sizes[rand() % SIZES], columns = sizes[rand() % SIZES];
  int64_t inner = rand() % 5 == 0 ? 300 + rand() % 400 : sizes[rand() % SIZES];
  float *a = random_values(rows * inner), *b = random_values(inner * columns), *bias = random_values(columns);
  float *one = random_values(rows * columns + 1), *other = random_values(rows * columns + 1);
  one[rows * columns] = other[rows * columns] = 1;
  struct matmul arguments = {.rows = rows, .inner = inner, .columns = columns, .a = a, .b = b, .output = one};
  arguments.transpose_a = rand() % 2;
  arguments.transpose_b = rand() % 2;
  arguments.bias = rand() % 2 ? bias : NULL;
  set_thread_count(1 + number % 3);
  run_matmul(&kernels_amx_bf16, &arguments);
  arguments.output = other;
  run_matmul(&kernels_emulated_amx_bf16, &arguments);
  bool same = memcmp(one, other, (size_t)(rows * columns + 1) * 4) == 0;
  if (!same) printf("other bits: %d × %d × %d\n", (int)rows, (int)inner, (int)columns);
  free(a), free(b), free(bias), free(one), free(other);
  return same;
}

int main(void) {
  struct sigaction action = {.sa_sigaction = run_instruction, .sa_flags = SA_SIGINFO | SA_NODEFER};
  sigaction(SIGILL, &action, NULL);
  for (int number = 0; number < MATMULS; number++)
    if (!have_same_bits(number)) return 1;
  printf("same bits\n");
  return 0;
}
