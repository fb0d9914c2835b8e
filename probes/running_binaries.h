// running_binaries: whether GitLab's processes run the files that are installed now: after an upgrade without
// a restart they do not.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "probes/probe.h"

namespace preflight::probes {

extern const Probe running_binaries;

struct RunningProgram {
    std::string path;      // empty where it is not known
    bool deleted = false;  // the file at the path is another one by now, or gone
    bool hidden = false;   // another user's process, which calls itself something else than its path
    bool claimed = false;  // another user's process: the path is what its command line says
};

// By the link to its file, as the kernel keeps it. That of another user's process is closed to us (to read it
// is to trace it): then by its command line, which is open to all, but says what the program wants.
RunningProgram program_of(const Result<std::string>& link, std::string_view command_line);

// Ticks after the start of the machine at which the process began: field 22 of /proc/PID/stat, whose second
// field may hold blanks and brackets.
std::optional<std::uint64_t> start_ticks(std::string_view stat);

// Seconds since the epoch at which the machine started, of /proc/stat.
std::optional<std::int64_t> boot_seconds(std::string_view stat);

}  // namespace preflight::probes
