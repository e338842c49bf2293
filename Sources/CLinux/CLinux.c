#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

static int result(int value) { return value < 0 ? -errno : value; }

int64_t tg_monotonic_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

int64_t tg_wall_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int tg_event_create(void) { return result(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)); }

int tg_event_signal(int fd) {
    uint64_t one = 1;
    ssize_t done;
    do {
        done = write(fd, &one, sizeof one);
    } while (done < 0 && errno == EINTR);
    return done < 0 && errno != EAGAIN ? -errno : 0;
}

static int64_t drain(int fd) {
    uint64_t count = 0;
    ssize_t done;
    do {
        done = read(fd, &count, sizeof count);
    } while (done < 0 && errno == EINTR);
    if (done < 0) return errno == EAGAIN ? 0 : -errno;
    return count > INT64_MAX ? INT64_MAX : (int64_t)count;
}

int64_t tg_event_drain(int fd) { return drain(fd); }

int tg_timer_create(void) { return result(timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC)); }

int tg_timer_set(int fd, int64_t first_ns, int64_t interval_ns) {
    if (first_ns < 0 || interval_ns < 0) return -EINVAL;
    struct itimerspec spec = {
        .it_value = {first_ns / 1000000000, first_ns % 1000000000},
        .it_interval = {interval_ns / 1000000000, interval_ns % 1000000000},
    };
    return result(timerfd_settime(fd, 0, &spec, NULL));
}

int64_t tg_timer_drain(int fd) { return drain(fd); }

static int collect(const int *signals, size_t count, sigset_t *set) {
    sigemptyset(set);
    for (size_t i = 0; i < count; i++)
        if (sigaddset(set, signals[i]) < 0) return -errno;
    return 0;
}

int tg_signals_block(const int *signals, size_t count) {
    sigset_t set;
    int bad = collect(signals, count, &set);
    return bad ? bad : -pthread_sigmask(SIG_BLOCK, &set, NULL);
}

int tg_signals_unblock_all(void) {
    sigset_t set;
    sigemptyset(&set);
    return -pthread_sigmask(SIG_SETMASK, &set, NULL);
}

int tg_signals_ignore(const int *signals, size_t count) {
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    for (size_t i = 0; i < count; i++)
        if (sigaction(signals[i], &ignore, NULL) < 0) return -errno;
    return 0;
}

int tg_signals_open(const int *signals, size_t count) {
    sigset_t set;
    int bad = collect(signals, count, &set);
    return bad ? bad : result(signalfd(-1, &set, SFD_CLOEXEC));
}

int tg_signals_read(int fd, pid_t *sender) {
    struct signalfd_siginfo info;
    ssize_t done;
    do {
        done = read(fd, &info, sizeof info);
    } while (done < 0 && errno == EINTR);
    if (done < 0) return -errno;
    if (done != sizeof info) return -EIO;
    if (sender) *sender = (pid_t)info.ssi_pid;
    return (int)info.ssi_signo;
}

int tg_peer_credentials(int fd, uid_t *uid, gid_t *gid, pid_t *pid) {
    struct ucred peer;
    socklen_t length = sizeof peer;
    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) < 0) return -errno;
    *uid = peer.uid;
    *gid = peer.gid;
    *pid = peer.pid;
    return 0;
}

int tg_thread_name(const char *name) {
    char cut[16];
    strncpy(cut, name, sizeof cut - 1);
    cut[sizeof cut - 1] = 0;
    return -pthread_setname_np(pthread_self(), cut);
}

int tg_process_undumpable(void) { return result(prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)); }

int tg_memory_file(void) { return result(memfd_create("tollgate-frame", MFD_CLOEXEC)); }

size_t tg_memory_size(int fd) {
    off_t end = lseek(fd, 0, SEEK_CUR);
    return end < 0 ? 0 : (size_t)end;
}

size_t tg_memory_take(int fd, void *into, size_t size) {
    size_t have = tg_memory_size(fd), done = 0;
    if (have < size) size = have;
    while (done < size) {
        ssize_t got = pread(fd, (char *)into + done, size - done, (off_t)done);
        if (got <= 0) break;
        done += (size_t)got;
    }
    if (ftruncate(fd, 0) < 0 || lseek(fd, 0, SEEK_SET) < 0) return 0;
    return done;
}

// The redirected descriptors and where they went before; -1 while they are not. Written by the thread that owns the
// screen, read by a crash handler.
static volatile int captured_output = -1, captured_errors = -1;
static volatile int saved_output = -1, saved_errors = -1;

int tg_output_redirect(int fd, int output, int errors) {
    fflush(NULL);
    if (saved_output < 0) {
        int first = fcntl(output, F_DUPFD_CLOEXEC, 3);
        if (first < 0) return -errno;
        int second = fcntl(errors, F_DUPFD_CLOEXEC, 3);
        if (second < 0) {
            int why = errno;
            close(first);
            return -why;
        }
        captured_output = output;
        captured_errors = errors;
        saved_errors = second;
        saved_output = first;
    }
    if (dup2(fd, captured_output) < 0 || dup2(fd, captured_errors) < 0) {
        int why = errno;
        tg_output_restore();
        return -why;
    }
    return 0;
}

int tg_output_restore(void) {
    if (saved_output < 0) return 0;
    fflush(NULL);
    int first = saved_output, second = saved_errors;
    saved_output = -1;
    saved_errors = -1;
    int bad = dup2(first, captured_output) < 0 || dup2(second, captured_errors) < 0 ? -errno : 0;
    close(first);
    close(second);
    return bad;
}

// Descriptors

int tg_descriptors_raise(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) < 0) return -errno;
    if (limit.rlim_cur == limit.rlim_max) return 0;
    limit.rlim_cur = limit.rlim_max;
    return setrlimit(RLIMIT_NOFILE, &limit) < 0 ? -errno : 0;
}

// Alternate stacks

enum { ALTERNATE_STACK_SIZE = 64 * 1024 };
static pthread_key_t stack_key;
static pthread_once_t stack_once = PTHREAD_ONCE_INIT;

static void release_stack(void *memory) {
    stack_t off = {.ss_flags = SS_DISABLE};
    sigaltstack(&off, NULL);
    munmap(memory, ALTERNATE_STACK_SIZE);
}

static void make_stack_key(void) { pthread_key_create(&stack_key, release_stack); }

int tg_thread_alternate_stack(void) {
    pthread_once(&stack_once, make_stack_key);
    if (pthread_getspecific(stack_key)) return 0;
    void *memory = mmap(NULL, ALTERNATE_STACK_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) return -errno;
    stack_t stack = {.ss_sp = memory, .ss_size = ALTERNATE_STACK_SIZE};
    if (sigaltstack(&stack, NULL) < 0) {
        int why = errno;
        munmap(memory, ALTERNATE_STACK_SIZE);
        return -why;
    }
    pthread_setspecific(stack_key, memory);
    return 0;
}

// Crash handlers

static const int crashes[] = {SIGSEGV, SIGBUS, SIGILL, SIGTRAP, SIGFPE, SIGABRT};
enum { CRASHES = sizeof crashes / sizeof crashes[0] };

static void say(int signal_number) {
    char text[] = "tollgate: ended by signal 00\n";
    size_t at = sizeof text - 4;
    text[at] = (char)('0' + signal_number / 10 % 10);
    text[at + 1] = (char)('0' + signal_number % 10);
    ssize_t ignored = write(STDERR_FILENO, text, sizeof text - 1);
    (void)ignored;
}

static void crashed(int signal_number) {
    int had_screen = tg_guard_restore(50);
    if (saved_output >= 0) {
        dup2(saved_output, captured_output);
        dup2(saved_errors, captured_errors);
    }
    if (had_screen) say(signal_number);
    // Not to the handler that was there before: the language's own would halt every thread, with the port still open, and
    // ask questions on the terminal. A crash ends at once; a supervisor starts anew, a core file is written where wanted.
    signal(signal_number, SIG_DFL);
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, signal_number);
    pthread_sigmask(SIG_UNBLOCK, &set, NULL);
    raise(signal_number);
}

int tg_crash_handlers_install(void) {
    static int installed;
    int bad = tg_thread_alternate_stack();
    if (bad || installed) return bad;
    installed = 1;
    struct sigaction action = {.sa_handler = crashed, .sa_flags = SA_ONSTACK};
    sigemptyset(&action.sa_mask);
    for (int i = 0; i < CRASHES; i++)
        if (sigaction(crashes[i], &action, NULL) < 0) return -errno;
    return 0;
}
