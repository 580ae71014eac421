/* Loaded before a server (LD_PRELOAD): the nth write or flush of a file whose path holds FAULTS_MATCH goes wrong, as FAULTS_KIND says.
   kill: the process is killed at that moment; term: it is told to end; eio: that one call fails; enospc: it and all later ones fail, until
   the file FAULTS_ROOM is there. With FAULTS_UNDO a log beside each file holds what was there before each write since the last flush, so that
   taking it back leaves what a power cut would have left. FAULTS_COUNT is the file that the number of calls is written to at the end. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { most = 4096 };
static atomic_int undo_of[most]; /* 0: not watched; -1: watched, no undo log; else its descriptor */
static atomic_long calls;
static long fatal;
static const char *match, *kind, *room, *count_file;
static int undo;

static int (*real_open)(const char *, int, ...);
static int (*real_close)(int);
static ssize_t (*real_write)(int, const void *, size_t);
static ssize_t (*real_pwrite)(int, const void *, size_t, off64_t);
static ssize_t (*real_pread)(int, void *, size_t, off64_t);
static int (*real_fsync)(int), (*real_fdatasync)(int), (*real_ftruncate)(int, off64_t);

static void begin(void) {
  if (real_open) return;
  match = getenv("FAULTS_MATCH");
  kind = getenv("FAULTS_KIND");
  room = getenv("FAULTS_ROOM");
  count_file = getenv("FAULTS_COUNT");
  undo = getenv("FAULTS_UNDO") != NULL;
  fatal = getenv("FAULTS_AT") ? atol(getenv("FAULTS_AT")) : 0;
  real_close = dlsym(RTLD_NEXT, "close");
  real_write = dlsym(RTLD_NEXT, "write");
  real_pwrite = dlsym(RTLD_NEXT, "pwrite64");
  real_pread = dlsym(RTLD_NEXT, "pread64");
  real_fsync = dlsym(RTLD_NEXT, "fsync");
  real_fdatasync = dlsym(RTLD_NEXT, "fdatasync");
  real_ftruncate = dlsym(RTLD_NEXT, "ftruncate64");
  real_open = dlsym(RTLD_NEXT, "open64");
}

__attribute__((destructor)) static void tell(void) {
  FILE *file = count_file ? fopen(count_file, "w") : NULL;
  if (!file) return;
  fprintf(file, "%ld", atomic_load(&calls));
  fclose(file);
}

static int ends(const char *text, const char *end) {
  size_t n = strlen(text), m = strlen(end);
  return n >= m && !strcmp(text + n - m, end);
}

static int opened(const char *path, int flags, mode_t mode) {
  begin();
  int fd = real_open(path, flags, mode);
  if (fd < 0 || fd >= most) return fd;
  int watched = match && strstr(path, match) && !ends(path, "-shm") && !ends(path, ".undo") && (flags & O_ACCMODE) != O_RDONLY;
  char log[4096];
  snprintf(log, sizeof log, "%s.undo", path);
  undo_of[fd] = !watched ? 0 : undo ? real_open(log, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600) : -1;
  return fd;
}
#define OPENS(name) \
  int name(const char *path, int flags, ...) { \
    va_list rest; va_start(rest, flags); mode_t mode = va_arg(rest, int); va_end(rest); \
    return opened(path, flags, mode); }
OPENS(open)
OPENS(open64)

static int watched(int fd) { return fd >= 0 && fd < most ? undo_of[fd] : 0; }

/* The error that this call is to fail with; 0 for none. */
static int fault(int fd) {
  struct stat is;
  if (!watched(fd)) return 0;
  /* libuv closes files by the system call, not by the function below: a pipe to a child may have a number that was a file's. */
  if (fstat(fd, &is) || !S_ISREG(is.st_mode)) return undo_of[fd] = 0;
  long n = atomic_fetch_add(&calls, 1) + 1;
  if (!kind || !fatal) return 0;
  if (!strcmp(kind, "enospc")) return n >= fatal && access(room, F_OK) != 0 ? ENOSPC : 0;
  if (n != fatal) return 0;
  if (!strcmp(kind, "kill")) kill(getpid(), SIGKILL);
  if (!strcmp(kind, "term")) kill(getpid(), SIGTERM);
  return !strcmp(kind, "eio") ? EIO : 0;
}

static void remember(int fd, off64_t at, size_t size) {
  if (watched(fd) <= 0) return;
  struct stat is;
  fstat(fd, &is);
  char *record = malloc(size + 24);
  ssize_t was = real_pread(fd, record + 24, size, at);
  if (was < 0) was = 0;
  uint64_t head[3] = {(uint64_t)at, (uint64_t)was, (uint64_t)is.st_size};
  memcpy(record, head, 24);
  if (real_write(undo_of[fd], record, 24 + was) < 0) abort();
  free(record);
}
static void forget(int fd) {
  if (watched(fd) > 0) real_ftruncate(undo_of[fd], 0);
}

ssize_t pwrite64(int fd, const void *bytes, size_t size, off64_t at) {
  begin();
  int error = fault(fd);
  if (error) return errno = error, -1;
  remember(fd, at, size);
  return real_pwrite(fd, bytes, size, at);
}
ssize_t pwrite(int fd, const void *bytes, size_t size, off64_t at) { return pwrite64(fd, bytes, size, at); }
ssize_t write(int fd, const void *bytes, size_t size) {
  begin();
  int error = fault(fd);
  if (error) return errno = error, -1;
  if (watched(fd) > 0) remember(fd, lseek(fd, 0, SEEK_CUR), size);
  return real_write(fd, bytes, size);
}
int ftruncate64(int fd, off64_t size) {
  begin();
  struct stat is;
  if (watched(fd) > 0 && !fstat(fd, &is)) remember(fd, size, size < is.st_size ? (size_t)(is.st_size - size) : 0);
  return real_ftruncate(fd, size);
}
int ftruncate(int fd, off64_t size) { return ftruncate64(fd, size); }
#define FLUSHES(name) \
  int name(int fd) { \
    begin(); int error = fault(fd); \
    if (error) return errno = error, -1; \
    int done = real_##name(fd); if (!done) forget(fd); return done; }
FLUSHES(fsync)
FLUSHES(fdatasync)
int close(int fd) {
  begin();
  if (watched(fd) > 0) real_close(undo_of[fd]);
  if (fd >= 0 && fd < most) undo_of[fd] = 0;
  return real_close(fd);
}
