import CLinux
import Glibc
import Testing

@Suite struct LinuxTests {
    @Test func anEventCountsUntilItIsDrained() {
        let event = tg_event_create()
        defer { close(event) }
        #expect(tg_event_drain(event) == 0)
        for _ in 0..<3 { #expect(tg_event_signal(event) == 0) }
        #expect(tg_event_drain(event) == 3)
        #expect(tg_event_drain(event) == 0)
        #expect(tg_event_signal(-1) == -EBADF)
    }

    @Test func aTimerExpiresAndCanBeDisarmed() {
        let timer = tg_timer_create()
        defer { close(timer) }
        #expect(tg_timer_set(timer, 1_000_000, 0) == 0)
        var polled = pollfd(fd: timer, events: Int16(POLLIN), revents: 0)
        #expect(poll(&polled, 1, 5_000) == 1)
        #expect(tg_timer_drain(timer) == 1)
        #expect(tg_timer_set(timer, 3_600_000_000_000, 0) == 0)
        #expect(tg_timer_set(timer, 0, 0) == 0)
        #expect(tg_timer_drain(timer) == 0)
        #expect(tg_timer_set(timer, -1, 0) == -EINVAL)
    }

    @Test func aBlockedSignalIsReadWithItsSender() {
        let signals: [Int32] = [SIGUSR2]
        #expect(tg_signals_block(signals, 1) == 0)
        let descriptor = tg_signals_open(signals, 1)
        defer { close(descriptor) }
        #expect(pthread_kill(pthread_self(), SIGUSR2) == 0)
        var sender: pid_t = 0
        #expect(tg_signals_read(descriptor, &sender) == SIGUSR2)
        #expect(sender == getpid())
        #expect(tg_signals_open([9_999], 1) == -EINVAL)
    }

    @Test func knowsWhoIsAtTheOtherEnd() {
        var ends: [Int32] = [-1, -1]
        #expect(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0)
        defer { ends.forEach { close($0) } }
        var (user, group, process) = (uid_t.max, gid_t.max, pid_t(0))
        #expect(tg_peer_credentials(ends[0], &user, &group, &process) == 0)
        #expect(user == getuid() && group == getgid() && process == getpid())
        #expect(tg_peer_credentials(-1, &user, &group, &process) == -EBADF)
    }

    @Test func clocksAdvance() {
        let first = tg_monotonic_ns()
        #expect(tg_monotonic_ns() >= first)
        #expect(tg_wall_ms() > 1_700_000_000_000)
    }

    @Test func aThreadHasItsOwnStackForSignals() {
        #expect(tg_thread_alternate_stack() == 0)
        var stack = stack_t()
        #expect(sigaltstack(nil, &stack) == 0)
        #expect(stack.ss_size >= 32_768 && stack.ss_flags & Int32(SS_DISABLE) == 0)
    }
}
