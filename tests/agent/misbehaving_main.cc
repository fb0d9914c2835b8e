#include <string_view>

#include "agent/probe_starter.h"
#include "tests/agent/misbehaving_probes.h"

int main(int count, char** arguments) {
    if (count < 2 || std::string_view(arguments[1]) != "starter") return 64;
    const auto title = preflight::agent::title_of(count, arguments);
    return preflight::agent::run_probe_starter(preflight::agent::misbehaving_probes(), title);
}
