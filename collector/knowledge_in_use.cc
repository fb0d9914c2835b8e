#include "collector/knowledge_in_use.h"

#include <string>
#include <system_error>
#include <utility>

#include "collector/command_line.h"
#include "collector/knowledge_files.h"
#include "readiness/knowledge.h"

namespace preflight::collector {
namespace {

constexpr std::size_t notices_told = 5;

void tell(const std::vector<std::string>& notices, const std::filesystem::path& place) {
    for (std::size_t at = 0; at < notices.size() && at < notices_told; ++at) complain(notices[at]);
    if (notices.size() > notices_told) {
        complain(std::to_string(notices.size() - notices_told) +
                 " more entries are not used; see knowledge verify " + place.string());
    }
}

}  // namespace

Result<readiness::Overridden> overridden_by(const std::filesystem::path& place,
                                            const std::filesystem::path& public_key) {
    auto files = read_knowledge_files(place, public_key);
    if (!files) return files.error();
    return readiness::lay_over(readiness::built_in_knowledge(), std::move(*files));
}

v1::Knowledge knowledge_in_use(const Settings& settings, const std::filesystem::path& directory) {
    const auto& place = directory.empty() ? settings.knowledge : directory;
    std::error_code error;
    const auto kind = std::filesystem::status(place, error).type();
    if (kind == std::filesystem::file_type::not_found) {
        if (!directory.empty())
            throw UsageError{"--knowledge " + directory.string() + ": there is no such file"};
        if (!settings.knowledge_named) return readiness::built_in_knowledge();
        throw UsageError{"the settings name the knowledge directory " + place.string() +
                         ": there is no such file"};
    }
    auto overridden = overridden_by(place, settings.knowledge_key);
    if (!overridden) throw DataError{line_of(overridden.error())};
    tell(overridden->notices, place);
    return std::move(overridden->knowledge);
}

}  // namespace preflight::collector
