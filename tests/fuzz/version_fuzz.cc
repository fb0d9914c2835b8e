// Versions, and the path between two of them.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "readiness/knowledge.h"
#include "readiness/path.h"
#include "readiness/version.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace preflight::readiness;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto line_end = text.find('\n');
    const auto version = parse_version(text.substr(0, line_end));
    if (!version) return 0;
    if (parse_target(version->text()) != version) std::abort();
    if (parse_target(version->minor_text()) != version->minor_release()) std::abort();
    if (line_end == std::string_view::npos) return 0;
    const auto target = parse_target(text.substr(line_end + 1));
    if (!target) return 0;
    const auto path = find_path(*version, *target, built_in_knowledge());
    if (path.kind != Path::Kind::found) return 0;
    if (path.hops.empty()) std::abort();
    return 0;
}
