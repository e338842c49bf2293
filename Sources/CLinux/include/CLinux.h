#pragma once

// What Swift's Glibc lacks or cannot call safely: descriptors for events, signals and timers, peer credentials, crash
// handlers, and the last restore of a terminal. No function here allocates on a hot path or prints.
// Unless said otherwise a function returns 0 (or a descriptor) on success and -errno on failure.

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

// MARK: time

/// Nanoseconds of CLOCK_MONOTONIC.
int64_t tg_monotonic_ns(void);

/// Milliseconds of the wall clock since 1970 UTC.
int64_t tg_wall_ms(void);

// MARK: events and timers

/// A non-blocking, close-on-exec eventfd with value 0.
int tg_event_create(void);

/// Adds one to an eventfd: wakes whoever polls it. Async-signal-safe; a full counter counts as success.
int tg_event_signal(int fd);

/// Takes the counter of an eventfd back to 0 and returns what it was (0 when nothing had been signalled).
int64_t tg_event_drain(int fd);

/// A non-blocking, close-on-exec timerfd on CLOCK_MONOTONIC, not armed.
int tg_timer_create(void);

/// Arms a timer: first after `first_ns`, then every `interval_ns` (0: once). `first_ns` 0 disarms it.
int tg_timer_set(int fd, int64_t first_ns, int64_t interval_ns);

/// Takes the expirations of a timer and returns how many there were.
int64_t tg_timer_drain(int fd);

// MARK: signals

/// Blocks signals in the calling thread and in every thread that it starts afterwards: call it first in `main`.
int tg_signals_block(const int *signals, size_t count);

/// Unblocks every signal in the calling thread: what a child has to do before it executes another program.
int tg_signals_unblock_all(void);

/// Ignores signals in the whole process.
int tg_signals_ignore(const int *signals, size_t count);

/// A close-on-exec signalfd for signals that have been blocked; it can be polled and read by one thread.
int tg_signals_open(const int *signals, size_t count);

/// The next signal of a signalfd; waits for it where the descriptor is ready to block.
/// `sender` (may be NULL) gets the process that sent it, 0 for the kernel. Returns the signal's number or -errno.
int tg_signals_read(int fd, pid_t *sender);

// MARK: the process and its threads

/// Who is at the other end of a Unix socket, as the kernel vouches for it.
int tg_peer_credentials(int fd, uid_t *uid, gid_t *gid, pid_t *pid);

/// Names the calling thread; longer names are cut to 15 bytes.
int tg_thread_name(const char *name);

/// Keeps other processes of this user from reading the memory and the descriptors of this one (PR_SET_DUMPABLE 0).
/// No core file is written either.
int tg_process_undumpable(void);

/// Lets this process have as many descriptors as the system allows it: the usual soft limit of 1024 would end at 500
/// requests, each with a connection on both sides.
int tg_descriptors_raise(void);

/// Gives the calling thread a stack of its own for signal handlers, released when the thread ends.
/// Without it a thread whose stack has overflowed dies without restoring the terminal.
int tg_thread_alternate_stack(void);

/// Installs handlers for SEGV, BUS, ILL, TRAP, FPE and ABRT that restore the terminal and redirected output, say
/// which signal it was, and raise it again with its default effect. Also gives this thread its stack.
int tg_crash_handlers_install(void);

// MARK: output while the screen is up

/// Sends two descriptors (1 and 2, except in tests) to `fd`, which the caller may close afterwards, and keeps where
/// they went before. A second call while redirected only changes the target: that is how a file is rotated.
int tg_output_redirect(int fd, int output, int errors);

/// Puts the redirected descriptors back. Does nothing when there are none.
int tg_output_restore(void);

// MARK: terminals

/// Opens the terminal `fd` refers to a second time, non-blocking and close-on-exec, so that the flags of the first,
/// which a shell may share, stay as they are. A negative `fd` means the controlling terminal.
int tg_terminal_reopen(int fd);

/// The size of a terminal in cells by TIOCGWINSZ; zeros where it does not know.
int tg_terminal_size(int fd, int *rows, int *columns);

/// Takes a terminal to raw input without echo and output as written.
int tg_terminal_raw(int fd);

/// Drops what has been typed and not been read.
int tg_terminal_flush_input(int fd);

/// Whether a terminal has been hung up (its attributes say EIO or worse).
int tg_terminal_is_gone(int fd);

/// A pseudo-terminal for tests: `master` plays the terminal, `slave` is what a program sees.
int tg_pty_open(int *master, int *slave, int rows, int columns);

/// Changes the size of a pseudo-terminal.
int tg_pty_resize(int master, int rows, int columns);

/// A digest of the attributes of a terminal (flags and control characters), to see whether they were restored.
uint64_t tg_terminal_digest(int fd);

/// A nameless file in memory, close-on-exec.
int tg_memory_file(void);

/// How many bytes have been written to a memory file since it was last taken.
size_t tg_memory_size(int fd);

/// Moves the bytes of a memory file into a buffer and empties the file; what does not fit is dropped.
/// Returns how many were moved.
size_t tg_memory_take(int fd, void *into, size_t size);

// MARK: the guard: the one place that restores a terminal, from any thread and from a crash handler

/// Remembers how to restore terminal `fd`: its present attributes and a sequence of at most 512 bytes.
/// `fd` must stay open and non-blocking until `tg_guard_disarm`. Returns -EBUSY while another one is armed.
int tg_guard_arm(int fd, const void *sequence, size_t length);

/// Restores the terminal by a non-blocking write and its saved attributes, once per arming; later calls do nothing.
/// Async-signal-safe. Waits at most `patience_ms` for a terminal that takes no bytes.
/// Returns 1 when this call restored it, 0 when there was nothing to do.
int tg_guard_restore(int patience_ms);

/// Forgets the terminal without touching it.
void tg_guard_disarm(void);

/// Whether the guarded terminal has been hung up; 0 when none is guarded. Safe from any thread.
int tg_guard_is_gone(void);

#ifdef __cplusplus
}
#endif
