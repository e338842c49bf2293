#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

int tg_terminal_reopen(int fd) {
    char path[64] = "/dev/tty";
    if (fd >= 0) {
        if (!isatty(fd)) return errno == EIO ? -EIO : -ENOTTY;
        snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    }
    int opened = open(path, O_RDWR | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (opened < 0) return -errno;
    if (!isatty(opened)) {
        int why = errno == EIO ? EIO : ENOTTY;
        close(opened);
        return -why;
    }
    return opened;
}

int tg_terminal_size(int fd, int *rows, int *columns) {
    struct winsize size = {0};
    *rows = 0;
    *columns = 0;
    if (ioctl(fd, TIOCGWINSZ, &size) < 0) return -errno;
    *rows = size.ws_row;
    *columns = size.ws_col;
    return 0;
}

int tg_terminal_raw(int fd) {
    struct termios mode;
    if (tcgetattr(fd, &mode) < 0) return -errno;
    cfmakeraw(&mode);
    mode.c_cc[VMIN] = 1;
    mode.c_cc[VTIME] = 0;
    return tcsetattr(fd, TCSANOW, &mode) < 0 ? -errno : 0;
}

int tg_terminal_flush_input(int fd) { return tcflush(fd, TCIFLUSH) < 0 ? -errno : 0; }

int tg_terminal_is_gone(int fd) {
    struct termios mode;
    return tcgetattr(fd, &mode) < 0;
}

int tg_pty_open(int *master, int *slave, int rows, int columns) {
    char name[128];
    int near = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (near < 0) return -errno;
    int far = -1;
    if (grantpt(near) == 0 && unlockpt(near) == 0 && ptsname_r(near, name, sizeof name) == 0)
        far = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (far < 0) {
        int why = errno;
        close(near);
        return -why;
    }
    *master = near;
    *slave = far;
    return tg_pty_resize(near, rows, columns);
}

int tg_pty_resize(int master, int rows, int columns) {
    struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)columns};
    return ioctl(master, TIOCSWINSZ, &size) < 0 ? -errno : 0;
}

uint64_t tg_terminal_digest(int fd) {
    struct termios mode;
    if (tcgetattr(fd, &mode) < 0) return 0;
    uint64_t digest = 14695981039346656037u;
    const tcflag_t flags[] = {mode.c_iflag, mode.c_oflag, mode.c_cflag, mode.c_lflag};
    for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++) digest = (digest ^ flags[i]) * 1099511628211u;
    for (size_t i = 0; i < NCCS; i++) digest = (digest ^ mode.c_cc[i]) * 1099511628211u;
    return digest;
}

// The guard. `armed` is the only thing that threads race for: whoever takes it from ARMED restores, all others see
// that there is nothing left to do. The rest is written before it becomes ARMED and not again until it is EMPTY.

enum { EMPTY, ARMING, ARMED, RESTORING, RESTORED };
static atomic_int armed = EMPTY;
static int guarded = -1;
static struct termios original;
static unsigned char sequence_bytes[512];
static size_t sequence_length;

int tg_guard_arm(int fd, const void *sequence, size_t length) {
    if (length > sizeof sequence_bytes) return -E2BIG;
    int expected = EMPTY;
    if (!atomic_compare_exchange_strong(&armed, &expected, ARMING)) return -EBUSY;
    if (tcgetattr(fd, &original) < 0) {
        int why = errno;
        atomic_store(&armed, EMPTY);
        return -why;
    }
    memcpy(sequence_bytes, sequence, length);
    sequence_length = length;
    guarded = fd;
    atomic_store(&armed, ARMED);
    return 0;
}

int tg_guard_restore(int patience_ms) {
    int expected = ARMED;
    if (!atomic_compare_exchange_strong(&armed, &expected, RESTORING)) return 0;
    size_t done = 0;
    int64_t end = tg_monotonic_ns() + (int64_t)patience_ms * 1000000;
    while (done < sequence_length) {
        ssize_t taken = write(guarded, sequence_bytes + done, sequence_length - done);
        if (taken > 0) {
            done += (size_t)taken;
            continue;
        }
        if (taken < 0 && errno == EINTR) continue;
        int64_t left = (end - tg_monotonic_ns()) / 1000000;
        if (!(taken < 0 && errno == EAGAIN) || left <= 0) break;
        struct pollfd wait = {.fd = guarded, .events = POLLOUT};
        if (poll(&wait, 1, (int)left) <= 0) break;
    }
    tcsetattr(guarded, TCSANOW, &original);
    atomic_store(&armed, RESTORED);
    return 1;
}

void tg_guard_disarm(void) {
    // A restore under way in another thread still needs the descriptor; it is bounded, so this wait is.
    while (atomic_load(&armed) == RESTORING) poll(NULL, 0, 1);
    atomic_store(&armed, EMPTY);
}

int tg_guard_is_gone(void) {
    return atomic_load(&armed) == ARMED && tg_terminal_is_gone(guarded);
}
