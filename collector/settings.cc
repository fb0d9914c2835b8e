#include "collector/settings.h"

#include <fmt/core.h>

#include <array>
#include <functional>
#include <optional>
#include <span>
#include <utility>

#include "collector/input_file.h"
#include "collector/listen_address.h"
#include "model/default_port.h"
#include "model/toml.h"

namespace preflight::collector {
namespace {

constexpr std::size_t file_limit_bytes = 1024 * 1024;
constexpr std::int64_t age_limit_hours = 24 * 366;

// Sets one key's value; says what is right when the value is not.
struct Key {
    std::string_view name;
    std::optional<std::string> (*set)(const toml::node& value, Settings& settings);
};

std::optional<std::string> string(const toml::node& value) {
    const auto* text = value.as_string();
    return text == nullptr || text->get().empty() ? std::nullopt : std::optional(text->get());
}

std::optional<std::vector<std::string>> strings(const toml::node& value) {
    if (auto one = string(value)) return std::vector{std::move(*one)};
    const auto* list = value.as_array();
    if (list == nullptr) return std::nullopt;
    std::vector<std::string> found;
    found.reserve(list->size());
    for (const auto& element : *list) {
        auto text = string(element);
        if (!text) return std::nullopt;
        found.push_back(std::move(*text));
    }
    return found;
}

// False, and the path as it was, for what is no absolute path.
bool take_path(const toml::node& value, std::filesystem::path& path) {
    const auto text = string(value);
    if (!text || text->front() != '/') return false;
    path = *text;
    return true;
}

std::optional<std::chrono::hours> age(const toml::node& value) {
    const auto* number = value.as_integer();
    if (number == nullptr || number->get() < 1 || number->get() > age_limit_hours) return std::nullopt;
    return std::chrono::hours(number->get());
}

std::optional<std::string> set_listen(const toml::node& value, Settings& settings) {
    const auto addresses = strings(value);
    if (!addresses || addresses->empty()) {
        return fmt::format(R"(listen is an address or a list of them: listen = "127.0.0.1:{}")",
                           default_collector_port);
    }
    settings.listen.clear();
    for (const auto& text : *addresses) {
        const auto address = loopback_address(text);
        if (!address) return "an address in listen " + address.error().detail;
        settings.listen.push_back(*address);
    }
    return std::nullopt;
}

std::optional<std::string> set_store(const toml::node& value, Settings& settings) {
    if (take_path(value, settings.store)) return std::nullopt;
    return R"(store is an absolute path: store = "/var/lib/gitlab-preflight-collector/store.sqlite")";
}

std::optional<std::string> set_backup_age(const toml::node& value, Settings& settings) {
    const auto hours = age(value);
    if (!hours) return fmt::format("backup_age_hours is a whole number from 1 to {}", age_limit_hours);
    settings.backup_age = *hours;
    return std::nullopt;
}

std::optional<std::string> set_inspection_age(const toml::node& value, Settings& settings) {
    const auto hours = age(value);
    if (!hours) return fmt::format("inspection_age_hours is a whole number from 1 to {}", age_limit_hours);
    settings.inspection_age = *hours;
    return std::nullopt;
}

std::optional<std::string> set_external(const toml::node& value, Settings& settings) {
    auto found = strings(value);
    if (!found) return R"(external is a list of hosts: external = ["db.example.com:5432"])";
    settings.external = std::move(*found);
    return std::nullopt;
}

std::optional<std::string> set_expected_nodes(const toml::node& value, Settings& settings) {
    auto found = strings(value);
    if (!found) return R"(expected_nodes is a list of names: expected_nodes = ["web1.example.com"])";
    settings.expected_nodes = std::move(*found);
    return std::nullopt;
}

std::optional<std::string> set_acceptances(const toml::node& value, Settings& settings) {
    if (take_path(value, settings.acceptances)) return std::nullopt;
    return R"(acceptances is an absolute path: acceptances = "/etc/gitlab-preflight/acceptances.yml")";
}

std::optional<std::string> set_knowledge_directory(const toml::node& value, Settings& settings) {
    settings.knowledge_named = take_path(value, settings.knowledge);
    if (settings.knowledge_named) return std::nullopt;
    return R"(directory is an absolute path: directory = "/etc/gitlab-preflight/knowledge.d")";
}

std::optional<std::string> set_knowledge_key(const toml::node& value, Settings& settings) {
    if (take_path(value, settings.knowledge_key)) return std::nullopt;
    return R"(public_key is an absolute path: public_key = "/etc/gitlab-preflight/knowledge.pem")";
}

std::optional<std::string> set_report(const toml::node& value, Settings& settings);
std::optional<std::string> set_knowledge(const toml::node& value, Settings& settings);

constexpr std::array file_keys{Key{"listen", set_listen}, Key{"store", set_store}, Key{"report", set_report},
                               Key{"knowledge", set_knowledge}};
constexpr std::array knowledge_keys{Key{"directory", set_knowledge_directory},
                                    Key{"public_key", set_knowledge_key}};
constexpr std::array report_keys{Key{"backup_age_hours", set_backup_age},
                                 Key{"inspection_age_hours", set_inspection_age},
                                 Key{"external", set_external}, Key{"expected_nodes", set_expected_nodes},
                                 Key{"acceptances", set_acceptances}};

std::optional<std::string> set_report(const toml::node& value, Settings& /*settings*/) {
    if (!value.is_table()) return "report is a table: [report]";
    return std::nullopt;
}

std::optional<std::string> set_knowledge(const toml::node& value, Settings& /*settings*/) {
    if (!value.is_table()) return "knowledge is a table: [knowledge]";
    return std::nullopt;
}

struct Wrong {
    std::uint32_t line;
    std::string what;
};

std::optional<Wrong> read_table(const toml::table& table, std::span<const Key> keys, Settings& settings) {
    for (const auto& [name, value] : table) {
        const Key* found = nullptr;
        std::string known;
        for (const auto& key : keys) {
            known += (known.empty() ? "" : ", ") + std::string(key.name);
            if (key.name == name.str()) found = &key;
        }
        // The name is not quoted: what stands there by mistake may be anything.
        if (found == nullptr) return Wrong{name.source().begin.line, "no such key here; known are " + known};
        if (auto wrong = found->set(value, settings))
            return Wrong{value.source().begin.line, std::move(*wrong)};
    }
    return std::nullopt;
}

}  // namespace

Settings::Settings() : listen{fmt::format("127.0.0.1:{}", default_collector_port)} {}

Result<Settings> parse_settings(std::string_view text, const std::string& file) {
    const auto parsed = toml::parse(text);
    if (!parsed) {
        // The parser's own words may quote the file.
        return malformed(fmt::format("{}:{}", file, parsed.error().source().begin.line), "this is not TOML");
    }
    Settings settings;
    auto wrong = read_table(parsed.table(), file_keys, settings);
    const auto* report = parsed.table().get_as<toml::table>("report");
    if (!wrong && report != nullptr) wrong = read_table(*report, report_keys, settings);
    const auto* knowledge = parsed.table().get_as<toml::table>("knowledge");
    if (!wrong && knowledge != nullptr) wrong = read_table(*knowledge, knowledge_keys, settings);
    if (wrong) return malformed(fmt::format("{}:{}", file, wrong->line), std::move(wrong->what));
    return settings;
}

Result<Settings> load_settings(const std::filesystem::path& file) {
    const auto path = file.empty() ? std::filesystem::path(default_settings_file) : file;
    const auto text = read_file(path, file_limit_bytes);
    if (!text && file.empty() && text.error().cause == v1::Gap::ABSENT) return Settings();
    if (!text) return text.error();
    return parse_settings(*text, path.string());
}

}  // namespace preflight::collector
