// Command: a program of the node that a probe may run, because no file says what it says.
//
// Runs without a shell, as nobody when the caller is root, with an empty environment (PATH, LC_ALL=C),
// standard input from /dev/null, standard error thrown away. Ended with its whole process group at the limit.
// Read facts on what looks read-only and is not before you add one.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include "model/result.h"

namespace preflight::probes {

struct Command {
    std::vector<std::string> argv;  // argv[0] is an absolute path
    std::chrono::milliseconds limit{2000};
    std::size_t output_limit_bytes = 256UL * 1024;
};

// Standard output of the command on this machine. ABSENT when there is no such program, TIMED_OUT at the
// limit, TOO_LARGE past the output limit, FAILED with the exit status otherwise.
Result<std::string> run_command(const Command& command);

}  // namespace preflight::probes
