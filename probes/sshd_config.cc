#include "probes/sshd_config.h"

#include <algorithm>

#include "probes/address.h"
#include "probes/config_text.h"

namespace preflight::probes {
namespace {

constexpr std::string_view image_config = "/assets/sshd_config";  // docker/Dockerfile of the package
constexpr std::string_view system_directory = "/etc/ssh";
constexpr std::uint64_t size_limit_bytes = 256UL * 1024;
constexpr std::size_t files_limit = 100;

// A word that may stand in quotes; what stands behind it is cut off.
std::string first_word(std::string_view text) {
    text = trimmed(text);
    const bool quoted = text.starts_with('"');
    if (quoted) text.remove_prefix(1);
    return std::string(text.substr(0, text.find_first_of(quoted ? "\"" : " \t")));
}

void add_once(std::string text, std::vector<std::string>& list) {
    if (std::ranges::find(list, text) == list.end()) list.push_back(std::move(text));
}

bool fits(std::string_view name, std::string_view pattern) {
    const auto star = pattern.find('*');
    if (star == std::string_view::npos) return name == pattern;
    const auto end = pattern.substr(star + 1);
    return name.size() + 1 >= pattern.size() && name.starts_with(pattern.substr(0, star)) &&
           name.ends_with(end);
}

// Reads a file and what it includes; of an included one, what it includes in turn.
class Reader {
  public:
    explicit Reader(const Node& node) : node_(node) {}

    Result<void> take(const std::string& path) {
        if (++files_ > files_limit)
            return Problem{v1::Gap::TOO_LARGE, path, "more files are included than are read"};
        const auto text = node_.read_file(path, size_limit_bytes);
        if (!text) return text.error();
        auto found = parse_sshd_config(*text);
        for (auto& command : found.key_commands) add_once(std::move(command), commands);
        for (const auto& pattern : found.includes) {
            if (auto included = include(pattern, path); !included) return included;
        }
        return {};
    }

    std::vector<std::string> commands;

  private:
    // Relative ones begin in the system's directory, whatever file they stand in. A pattern that fits nothing
    // is none that is missing.
    Result<void> include(const std::string& pattern, const std::string& path) {
        const auto whole = pattern.starts_with('/') ? pattern : std::string(system_directory) + "/" + pattern;
        const auto slash = whole.rfind('/');
        const auto directory = whole.substr(0, slash);
        const auto name = whole.substr(slash + 1);
        const bool followed = directory.find_first_of("*?[") == std::string::npos &&
                              name.find_first_of("?[") == std::string::npos &&
                              std::ranges::count(name, '*') <= 1;
        if (!followed) return malformed(path, "an Include is of a kind that is not followed");
        const auto entries = node_.list(directory);
        if (!entries && entries.error().cause == v1::Gap::ABSENT) return {};
        if (!entries) return entries.error();
        for (const auto& entry : *entries) {
            // As a shell does, hidden files are passed over.
            if (entry.name.starts_with('.') || !fits(entry.name, name)) continue;
            if (entry.type == FileType::directory) continue;
            if (auto taken = take(directory + "/" + entry.name); !taken) return taken;
        }
        return {};
    }

    const Node& node_;
    std::size_t files_ = 0;
};

}  // namespace

SshdConfig parse_sshd_config(std::string_view text) {
    SshdConfig found;
    while (const auto next = next_line(text)) {
        const auto line = trimmed(*next);
        if (line.starts_with('#')) continue;
        const auto end = std::min(line.find_first_of(" \t="), line.size());
        const auto keyword = in_lower_case(line.substr(0, end));
        auto value = trimmed(line.substr(end));
        if (value.starts_with('=')) value = trimmed(value.substr(1));
        if (keyword == "include") {
            for (const auto word : words_of(value)) found.includes.push_back(first_word(word));
        } else if (keyword == "authorizedkeyscommand") {
            auto program = first_word(value);
            if (is_path(program)) add_once(std::move(program), found.key_commands);
        }
    }
    return found;
}

Result<SshdSettings> read_sshd_settings(const Node& node) {
    const bool image = node.status(image_config).has_value();
    const auto path = image ? std::string(image_config) : std::string(system_directory) + "/sshd_config";
    Reader reader(node);
    if (auto taken = reader.take(path); !taken) return taken.error();
    return SshdSettings{path, std::move(reader.commands)};
}

}  // namespace preflight::probes
