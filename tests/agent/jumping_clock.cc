// The wall clock of a machine whose administrator cannot make up his mind: linked into a program, it takes
// the place of the C library's and jumps by more than a year with every look at it, back and forth. The
// steady clock, and what the kernel itself goes by, stay as they are.
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include <atomic>

namespace {

constexpr time_t jump_seconds = 400L * 24 * 3600;

int read_clock(clockid_t clock, timespec* time) {
    return static_cast<int>(::syscall(SYS_clock_gettime, clock, time));
}

int read_jumping_clock(timespec* time) {
    static std::atomic<unsigned> looks = 0;
    const int status = read_clock(CLOCK_REALTIME, time);
    time->tv_sec += looks++ % 2 == 0 ? jump_seconds : -jump_seconds;
    return status;
}

}  // namespace

extern "C" int clock_gettime(clockid_t clock, timespec* time) noexcept {
    const bool wall = clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE;
    return wall ? read_jumping_clock(time) : read_clock(clock, time);
}

extern "C" int gettimeofday(timeval* __restrict time, void* __restrict /*zone*/) noexcept {
    timespec now{};
    const int status = read_jumping_clock(&now);
    *time = {now.tv_sec, now.tv_nsec / 1000};
    return status;
}

extern "C" time_t time(time_t* seconds) noexcept {
    timespec now{};
    read_jumping_clock(&now);
    if (seconds != nullptr) *seconds = now.tv_sec;
    return now.tv_sec;
}
