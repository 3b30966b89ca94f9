/** @file The number of processors that this process may use. */
#define _GNU_SOURCE
#include "threads.h"
#if defined(_WIN32)
#include <windows.h>
#else
#include <unistd.h>
#endif

#if defined(__linux__)
#include <sched.h>
#include <stdio.h>
#include <string.h>

enum { LONGEST_PATH = 4096 };

/* The number of processors that a quota of microseconds in each period is worth, rounded up; MAX_THREADS without a
 * quota. */
static int processors_of(long quota, long period) {
  return quota > 0 && period > 0 && quota / period < MAX_THREADS ? (int)((quota + period - 1) / period) : MAX_THREADS;
}

/* The first numbers of a file, 0 if there are none: "max" means no quota. */
static void read_numbers(const char* folder, const char* name, long* first, long* second) {
  char path[LONGEST_PATH + 64];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  FILE* file = fopen(path, "r");
  if (file == NULL) return;
  if (fscanf(file, "%ld %ld", first, second) < 1) *first = 0;
  fclose(file);
}

/* A control group's quota: version 2 has it in one file, version 1 in two. */
static int group_processors(const char* folder) {
  long quota = 0, period = 0, old_quota = 0, old_period = 0, none;
  read_numbers(folder, "cpu.max", &quota, &period);
  read_numbers(folder, "cpu.cfs_quota_us", &old_quota, &none);
  read_numbers(folder, "cpu.cfs_period_us", &old_period, &none);
  int processors = processors_of(quota, period), old = processors_of(old_quota, old_period);
  return processors < old ? processors : old;
}

/* The smallest quota of a group and its parents, up to the mount point; a group that is not visible here has none. */
static int least_processors(const char* mount, const char* group) {
  char folder[LONGEST_PATH];
  if (snprintf(folder, sizeof folder, "%s%s", mount, group) >= (int)sizeof folder) return MAX_THREADS;
  int least = group_processors(folder);
  while (strlen(folder) > strlen(mount)) {
    *strrchr(folder, '/') = '\0';
    int processors = group_processors(folder);
    if (processors < least) least = processors;
  }
  return least;
}

/* Lines of /proc/self/cgroup are hierarchy:controllers:group; version 2 has no controllers (cgroups(7)). */
static int quota_processors(void) {
  int least = MAX_THREADS;
  char line[LONGEST_PATH];
  FILE* file = fopen("/proc/self/cgroup", "r");
  if (file == NULL) return MAX_THREADS;
  while (fgets(line, sizeof line, file) != NULL) {
    line[strcspn(line, "\n")] = '\0';
    char *controllers = strchr(line, ':'), *group = controllers == NULL ? NULL : strchr(controllers + 1, ':');
    if (group == NULL) continue;
    *group++ = '\0';
    controllers++;
    char mount[LONGEST_PATH + 32];
    snprintf(mount, sizeof mount, "/sys/fs/cgroup%s%s", *controllers == '\0' ? "" : "/", controllers);
    int processors = least_processors(mount, group);
    if (processors < least) least = processors;
  }
  fclose(file);
  return least;
}
#endif

int available_processors(void) {
#if defined(_WIN32)
  int processors = 1;
  DWORD_PTR allowed, all; /* of the process's group of up to 64, where Windows keeps its threads */
  if (GetProcessAffinityMask(GetCurrentProcess(), &allowed, &all)) processors = __builtin_popcountll(allowed);
#else
  int processors = (int)sysconf(_SC_NPROCESSORS_ONLN);
#endif
#if defined(__linux__)
  cpu_set_t allowed;
  if (sched_getaffinity(0, sizeof allowed, &allowed) == 0) processors = CPU_COUNT(&allowed);
  int quota = quota_processors();
  if (processors > quota) processors = quota;
#endif
  if (processors > MAX_THREADS) processors = MAX_THREADS;
  return processors < 1 ? 1 : processors;
}
