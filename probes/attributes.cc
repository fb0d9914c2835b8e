#include "probes/attributes.h"

#include <optional>
#include <vector>

#include "probes/config_text.h"
#include "probes/json.h"
#include "probes/paths.h"

namespace preflight::probes {
namespace {

const boost::json::value* at_level(const boost::json::value& document, std::string_view level,
                                   std::initializer_list<std::string_view> keys) {
    const auto* top = preflight::probes::find(document, {level});
    const auto* value = top == nullptr ? nullptr : preflight::probes::find(*top, keys);
    return value == nullptr || value->is_null() ? nullptr : value;
}

struct Candidate {
    std::string name;
    TimePoint modified_at;
};

// "web1.example.test.json" is of the host "web1" and of the host "web1.example.test".
bool belongs_to(const Candidate& candidate, std::string_view host) {
    return !host.empty() && candidate.name.starts_with(host) &&
           candidate.name.substr(host.size()).starts_with('.');
}

const Candidate& choose(const std::vector<Candidate>& candidates, std::string_view host) {
    const Candidate* chosen = nullptr;
    for (const auto& candidate : candidates) {
        const bool own = belongs_to(candidate, host);
        const bool chosen_own = chosen != nullptr && belongs_to(*chosen, host);
        const bool newer = chosen == nullptr || candidate.modified_at > chosen->modified_at;
        if (chosen == nullptr || (own && !chosen_own) || (own == chosen_own && newer)) chosen = &candidate;
    }
    return *chosen;
}

}  // namespace

// Chef's deep merge lets a null of the higher level pass.
const boost::json::value* Attributes::find(std::initializer_list<std::string_view> keys) const {
    const auto* value = at_level(document, "normal", keys);
    return value != nullptr ? value : at_level(document, "default", keys);
}

const boost::json::value* Attributes::automatic(std::initializer_list<std::string_view> keys) const {
    return at_level(document, "automatic", keys);
}

bool Attributes::finished() const {
    const auto* normal = preflight::probes::find(document, {"normal"});
    return normal != nullptr && normal->is_object();
}

Result<Attributes> read_attributes(const Node& node) {
    const std::string directory(paths::attributes_directory);
    const auto entries = node.list(directory);
    if (!entries) return entries.error();
    std::vector<Candidate> candidates;
    std::optional<Problem> unclear;
    for (const auto& entry : *entries) {
        if (!entry.name.ends_with(".json")) continue;
        const auto status = node.status(directory + "/" + entry.name);
        if (status) candidates.push_back({entry.name, status->modified_at});
        if (!status && status.error().cause != v1::Gap::ABSENT) unclear = status.error();
    }
    if (unclear && candidates.empty()) return *unclear;
    if (candidates.empty()) return Problem{v1::Gap::ABSENT, directory, "there are no attributes of a node"};
    const auto host = node.read_file("/etc/hostname", 4096);
    const auto& chosen = choose(candidates, host ? trimmed(*host) : std::string_view());
    const auto path = directory + "/" + chosen.name;
    const auto text = node.read_file(path);
    if (!text) return text.error();
    return parse_attributes(*text, path, chosen.modified_at);
}

Result<Attributes> parse_attributes(std::string_view text, std::string_view path, TimePoint modified_at) {
    auto document = parse_json(text, path);
    if (!document) return document.error();
    if (!document->is_object()) return malformed(std::string(path), "not an object of attributes");
    return Attributes{std::string(path), modified_at, std::move(*document)};
}

}  // namespace preflight::probes
