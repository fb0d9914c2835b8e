// Serve: runs the collector as a service until SIGTERM or SIGINT.
#pragma once

#include <filesystem>

#include "collector/settings.h"

namespace preflight::collector {

// Listens, tells the service manager, and takes what agents bring. `port_file`, if not empty, gets the first
// port once it is open. Returns the program's exit status.
int serve(const Settings& settings, const std::filesystem::path& port_file);

}  // namespace preflight::collector
