#include "agent/settings.h"

#include <fmt/format.h>

#include <map>

#include "model/default_port.h"
#include "model/toml.h"
#include "probes/node/node.h"

namespace preflight::agent {
namespace {

// Takes one key's value into the settings; false when it is not of the form.
using Take = bool (*)(const toml::node&, Settings&);

struct Key {
    const char* form;
    Take take;
};

template <typename Number>
bool take_positive(const toml::node& node, Number& into, std::int64_t most) {
    const auto value = node.value_exact<std::int64_t>();
    if (!value || *value < 1 || *value > most) return false;
    into = Number(*value);
    return true;
}

template <typename Text>
bool take_text(const toml::node& node, Text& into) {
    const auto value = node.value_exact<std::string>();
    if (value) into = *value;
    return value.has_value();
}

bool take_collector(const toml::node& node, Settings& settings) {
    const auto text = node.value_exact<std::string>();
    const auto address = text ? parse_address(*text, default_collector_port) : std::nullopt;
    if (address) settings.collector = *address;
    return address.has_value();
}

constexpr std::int64_t a_year_of_minutes = 365L * 24 * 60;

const std::map<std::string, Key, std::less<>>& keys() {
    static const std::map<std::string, Key, std::less<>> rows{
        {"collector", {"a text HOST:PORT", take_collector}},
        {"spool",
         {"a text, the folder's path",
          [](const toml::node& node, Settings& settings) { return take_text(node, settings.spool); }}},
        {"account",
         {"a text, an account's name",
          [](const toml::node& node, Settings& settings) { return take_text(node, settings.account); }}},
        {"every_minutes",
         {"a number from 1 to 525600",
          [](const toml::node& node, Settings& settings) {
              std::chrono::minutes every{};
              const bool taken = take_positive(node, every, a_year_of_minutes);
              if (taken) settings.every = every;
              return taken;
          }}},
        {"inspection_limit_seconds",
         {"a number from 1 to 600",
          [](const toml::node& node, Settings& settings) {
              return take_positive(node, settings.inspection_limit, 600);
          }}},
        {"proof_limit_seconds",
         {"a number from 1 to 86400",
          [](const toml::node& node, Settings& settings) {
              return take_positive(node, settings.proof_limit, 86'400);
          }}},
        {"spool_limit_megabytes",
         {"a number from 1 to 4096",
          [](const toml::node& node, Settings& settings) {
              if (!take_positive(node, settings.spool_limits.bytes, 4096)) return false;
              settings.spool_limits.bytes *= 1024UL * 1024;
              return true;
          }}},
        {"spool_limit_days",
         {"a number from 1 to 365",
          [](const toml::node& node, Settings& settings) {
              if (!take_positive(node, settings.spool_limits.age, 365)) return false;
              settings.spool_limits.age *= 24;
              return true;
          }}},
    };
    return rows;
}

}  // namespace

Result<Settings> parse_settings(std::string_view text, const std::string& file) {
    Settings settings;
    settings.collector.port = default_collector_port;
    try {
        const auto table = toml::parse(text);
        for (const auto& [name, node] : table) {
            const auto key = keys().find(std::string_view(name.str()));
            const auto line = node.source().begin.line;
            if (key == keys().end()) {
                return malformed(file, fmt::format("line {}: there is no setting '{}'", line,
                                                   std::string_view(name.str())));
            }
            if (!key->second.take(node, settings)) {
                return malformed(file,
                                 fmt::format("line {}: '{}' must be {}", line, key->first, key->second.form));
            }
        }
    } catch (const toml::parse_error& error) {
        return malformed(file, fmt::format("line {}: not TOML", error.source().begin.line));
    }
    return settings;
}

Result<Settings> load_settings(const std::filesystem::path& file) {
    constexpr std::uint64_t limit_bytes = 1024UL * 1024;
    const auto machine = probes::Node::open("/");
    if (!machine) return machine.error();
    std::error_code error;
    const auto path = std::filesystem::absolute(file, error).string();
    const auto text = machine->read_file(path, limit_bytes);
    if (!text) return text.error();
    return parse_settings(*text, file.string());
}

std::string refuse(const Settings& settings) {
    if (!settings.collector.loopback()) {
        return fmt::format(
            "the collector {} is not on this machine: without certificates the agent connects to loopback "
            "only, for example --collector 127.0.0.1:{}",
            settings.collector.text(), default_collector_port);
    }
    return {};
}

}  // namespace preflight::agent
