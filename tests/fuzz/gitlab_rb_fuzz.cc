#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "probes/gitlab_rb.h"
#include "probes/plain_text.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace preflight::probes;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto file = parse_gitlab_rb(text, "f");
    if (!file) return 0;
    for (const auto& [key, literal] : file->literals) {
        if (!is_plain_text(key) || !is_plain_text(literal)) std::abort();
    }
    for (const auto& [key, assignment] : file->assignments) {
        if (!is_plain_text(key) || assignment.line == 0 || assignment.count == 0) std::abort();
    }
    for (const auto* names : {&file->computed, &file->roles, &file->includes}) {
        for (const auto& name : *names) {
            if (!is_plain_text(name)) std::abort();
        }
    }
    return 0;
}
