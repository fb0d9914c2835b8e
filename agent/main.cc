// gitlab-preflight-agent: looks at one node and tells a collector what it found.
//
// One loop thread in each of its processes; gRPC's own threads only post to it.
#include <fmt/format.h>

#include <cstdio>
#include <exception>
#include <string_view>

#include "agent/commands.h"
#include "agent/name_services.h"
#include "agent/probe_process.h"
#include "agent/probe_starter.h"
#include "model/standard_output.h"
#include "probes/catalog.h"

namespace preflight::agent {
namespace {

int list_probes() {
    for (const auto& probe : probes::catalog()) {
        std::fputs(fmt::format("{:<19}{}\n", probe.name, probe.looks_at).c_str(), stdout);
    }
    return 0;
}

int leave(const Leave& leave) {
    std::fputs(leave.to_output.c_str(), stdout);
    if (!leave.to_error.empty()) {
        std::fputs(fmt::format("gitlab-preflight-agent: {}\n", leave.to_error).c_str(), stderr);
    }
    return leave.status;
}

int run(std::string_view command, int count, char** arguments) {
    // The agent's own processes, before anything that costs their start.
    if (command == "probe" && count == 3) return run_probe_process(arguments[2], probes::catalog());
    if (command == "starter") return run_probe_starter(probes::catalog(), title_of(count, arguments));
    if (command == "inspector") return run_inspector_process(count, arguments);
    const auto parsed = parse_command_line(count, arguments);
    if (const auto* inspect = std::get_if<InspectCommand>(&parsed)) return inspect_once(*inspect);
    if (const auto* service = std::get_if<RunCommand>(&parsed)) return run_service(*service);
    if (std::holds_alternative<ProbesCommand>(parsed)) return list_probes();
    if (std::holds_alternative<VersionCommand>(parsed)) {
        std::fputs("gitlab-preflight-agent " PREFLIGHT_VERSION "\n", stdout);
        return 0;
    }
    return leave(std::get<Leave>(parsed));
}

}  // namespace
}  // namespace preflight::agent

int main(int count, char** arguments) {
    preflight::hold_standard_streams();
    preflight::agent::use_built_in_name_services();
    // A probe's bug must look like a crash to its parent; everywhere else it is one line and status 70.
    const std::string_view command = count > 1 ? arguments[1] : "";
    if (command == "probe" || command == "starter")
        preflight::agent::leave_probe(preflight::agent::run(command, count, arguments));
    try {
        const int status = preflight::agent::run(command, count, arguments);
        if (preflight::standard_output_arrived()) return status;
        std::fputs("gitlab-preflight-agent: standard output cannot be written\n", stderr);
        return 74;
    } catch (const std::exception& error) {
        std::fputs(fmt::format("gitlab-preflight-agent: internal error: {}\n", error.what()).c_str(), stderr);
        return 70;
    }
}
