#include "probes/setting_values.h"

#include <algorithm>
#include <array>

#include "probes/address.h"
#include "probes/config_text.h"

namespace preflight::probes {
namespace {

constexpr std::size_t part_limit_bytes = 80;

bool is_word_letter(char letter) {
    return is_digit(letter) || (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
           letter == '_';
}

bool is_part(std::string_view part) {
    return !part.empty() && part.size() <= part_limit_bytes && std::ranges::all_of(part, [](char letter) {
        return is_word_letter(letter) || letter == '-' || letter == '.';
    });
}

// Texts that name a kind, a version or a folder.
constexpr std::array<std::string_view, 14> shown_texts{"gitlab_pages['domain_config_source']",
                                                       "gitlab_rails['backup_path']",
                                                       "gitlab_rails['db_adapter']",
                                                       "gitlab_rails['registry_path']",
                                                       "gitlab_rails['shared_path']",
                                                       "gitlab_rails['time_zone']",
                                                       "gitlab_rails['uploads_directory']",
                                                       "patroni['dcs_type']",
                                                       "postgresql['data_dir']",
                                                       "postgresql['dir']",
                                                       "postgresql['version']",
                                                       "praefect['failover_election_strategy']",
                                                       "redis['backend']",
                                                       "sidekiq['queue_selector']"};

constexpr std::array<std::string_view, 4> addresses{"external_url", "gitlab_rails['gitlab_ssh_host']",
                                                    "registry['storage']['s3']['regionendpoint']",
                                                    "registry['storage']['s3_v2']['regionendpoint']"};

bool has_port(std::string_view address) {
    const auto colon = address.rfind(':');
    if (colon == std::string_view::npos || colon == 0) return false;
    // Several colons are an address of IPv6, whose port stands behind a bracket.
    const bool bare = address.find(':') != colon && address[colon - 1] != ']';
    const auto port = address.substr(colon + 1);
    return !bare && !port.empty() && std::ranges::all_of(port, is_digit);
}

}  // namespace

std::vector<std::string> parts_of_setting(std::string_view key) {
    const auto word = key.substr(0, key.find('['));
    std::vector<std::string> parts{std::string(word)};
    auto rest = key.substr(word.size());
    while (!rest.empty()) {
        const bool each = rest.starts_with("[]");
        const auto end = each ? 0 : rest.find("']");
        if (!each && (!rest.starts_with("['") || end == std::string_view::npos)) return {};
        parts.emplace_back(each ? "[]" : rest.substr(2, end - 2));
        rest.remove_prefix(each ? 2 : end + 2);
    }
    return parts;
}

bool is_setting_key(std::string_view key) {
    const auto parts = parts_of_setting(key);
    return !parts.empty() && is_part(parts.front()) &&
           std::ranges::all_of(parts, [](const auto& part) { return part == "[]" || is_part(part); });
}

bool may_be_secret(std::string_view key) {
    constexpr std::array<std::string_view, 9> words{"pass", "pwd",  "auth",       "secret", "token",
                                                    "key",  "salt", "credential", "pin"};
    const auto lower = in_lower_case(key);
    return std::ranges::any_of(words, [&](auto word) { return lower.find(word) != std::string::npos; });
}

std::optional<v1::Setting::Form> form_of(std::string_view key, std::string_view literal) {
    if (std::ranges::find(addresses, key) == addresses.end()) return std::nullopt;
    const auto lower = in_lower_case(literal);
    v1::Setting::Form form;
    form.set_has_port(has_port(literal));
    form.set_has_upper_case(lower != literal);
    form.set_has_scheme(lower.starts_with("https://") || lower.starts_with("http://"));
    return form;
}

std::string harmless_value(std::string_view key, std::string_view literal, bool text) {
    const bool plain = literal == "true" || literal == "false" || literal == "nil" || literal == "{}";
    if (!text && plain) return std::string(literal);
    // Variables of the environment: whatever their names say, programs are given secrets by them.
    if (key.find("['env']") != std::string_view::npos) return {};
    if (!text) return may_be_secret(key) || literal.size() > 20 ? std::string() : std::string(literal);
    if (std::ranges::find(shown_texts, key) == shown_texts.end()) return {};
    return is_name(literal) || is_path(literal) ? std::string(literal) : std::string();
}

}  // namespace preflight::probes
