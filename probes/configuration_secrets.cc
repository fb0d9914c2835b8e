#include "probes/configuration_secrets.h"

#include <string>

#include "probes/fingerprint.h"
#include "probes/json.h"
#include "probes/paths.h"

namespace preflight::probes {
namespace {

constexpr std::uint64_t secrets_limit_bytes = 1024 * 1024;

Result<Secret> canonical_of(const Secret& content, std::string_view source) {
    const auto document = parse_json(content.reveal(), source);
    if (!document) return document.error();
    auto value = canonical(*document);
    if (!value.present()) return malformed(std::string(source), "the file of secrets is empty");
    return value;
}

}  // namespace

Result<v1::ConfigurationBackup::SecretsEqual> compare_secrets(const Node& node, const TarBytes& read,
                                                              const TarMember& member,
                                                              std::string_view archive) {
    if (member.size_bytes > secrets_limit_bytes) {
        return Problem{v1::Gap::TOO_LARGE, std::string(archive),
                       "its file of secrets is larger than is read"};
    }
    auto live_text = node.read_file(paths::secrets_json, secrets_limit_bytes);
    if (!live_text) return live_text.error();
    const Secret live(std::move(*live_text));
    auto kept_text = read(member.offset, static_cast<std::size_t>(member.size_bytes));
    if (!kept_text) return kept_text.error();
    const Secret kept(std::move(*kept_text));
    const auto of_live = canonical_of(live, paths::secrets_json);
    if (!of_live) return of_live.error();
    const auto of_kept = canonical_of(kept, archive);
    if (!of_kept) return of_kept.error();
    return of_live->reveal() == of_kept->reveal() ? v1::ConfigurationBackup::EQUAL
                                                  : v1::ConfigurationBackup::DIFFERENT;
}

}  // namespace preflight::probes
