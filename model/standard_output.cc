#include "model/standard_output.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cstdio>

namespace preflight {

// The lowest number that is free is given first; nothing else is open yet.
void hold_standard_streams() {
    for (const int stream : std::array{STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
        if (::fcntl(stream, F_GETFD) >= 0) continue;
        [[maybe_unused]] const int held = ::open("/dev/null", O_RDONLY);
    }
}

// A write that failed in between leaves the last one nothing to fail on: the stream remembers it.
bool standard_output_arrived() { return std::fflush(stdout) == 0 && std::ferror(stdout) == 0; }

}  // namespace preflight
