#include "probes/geo_status.h"

#include <algorithm>
#include <array>
#include <map>

#include "probes/address.h"
#include "probes/config_text.h"
#include "probes/json.h"
#include "probes/shown.h"

namespace preflight::probes {
namespace {

using DataType = v1::GeoSite::DataType;
using Setter = void (DataType::*)(std::uint64_t);

// There are some forty kinds.
constexpr std::size_t kinds_limit = 200;
constexpr std::size_t name_limit_bytes = 64;
constexpr std::size_t message_limit_bytes = 256;

// What is counted together: a site that counts one of a part counts all three of it.
enum class Part { all, copies, checksums };
constexpr int counters_of_part = 3;

// The endings of the keys, the longer of two that fit first (ee/app/models/geo_node_status.rb). What a site
// of this role does not count has no setter.
struct Ending {
    std::string_view text;
    Part part;
    Setter of_primary = nullptr;
    Setter of_secondary = nullptr;
};
constexpr std::array endings{
    Ending{"_verification_failed_count", Part::checksums, nullptr, &DataType::set_verification_failed},
    Ending{"_verification_total_count", Part::checksums, nullptr, &DataType::set_to_verify},
    Ending{"_checksum_failed_count", Part::checksums, &DataType::set_verification_failed},
    Ending{"_checksum_total_count", Part::checksums, &DataType::set_to_verify},
    Ending{"_checksummed_count", Part::checksums, &DataType::set_verified},
    Ending{"_registry_count", Part::copies, nullptr, &DataType::set_total},
    Ending{"_verified_count", Part::checksums, nullptr, &DataType::set_verified},
    Ending{"_synced_count", Part::copies, nullptr, &DataType::set_synced},
    Ending{"_failed_count", Part::copies, nullptr, &DataType::set_failed},
    Ending{"_count", Part::all, &DataType::set_total},
};

struct Kind {
    DataType counted;
    std::map<Part, int> counters;
    bool unclear = false;

    // A count of all alone says nothing of Geo: "projects_count" is one.
    bool replicated() const { return counters.contains(Part::copies) || counters.contains(Part::checksums); }
    // A site leaves out what its database did not count in time: 0 would be a guess.
    bool torn() const {
        return std::ranges::any_of(counters, [](const auto& part) {
            return part.first != Part::all && part.second != counters_of_part;
        });
    }
};

class Kinds {
  public:
    explicit Kinds(bool primary) : primary_(primary) {}

    void take(std::string_view key, const boost::json::value& value) {
        for (const auto& ending : endings) {
            if (!key.ends_with(ending.text)) continue;
            const auto setter = primary_ ? ending.of_primary : ending.of_secondary;
            const auto name = key.substr(0, key.size() - ending.text.size());
            if (setter != nullptr && !name.empty() && !value.is_null())
                count(name, ending.part, setter, value);
            return;
        }
    }

    Parsed<DataType> result(std::string_view source) {
        Parsed<DataType> parsed;
        for (auto& [name, kind] : kinds_) {
            if (kind.unclear || kind.torn()) {
                parsed.unclear(source,
                               "a counter of " + shown(name, name_limit_bytes) + " is missing or no number");
            } else if (kind.replicated()) {
                kind.counted.set_name(shown(name, name_limit_bytes));
                parsed.items.push_back(std::move(kind.counted));
            }
        }
        if (parsed.items.size() > kinds_limit)
            return Parsed<DataType>::of({v1::Gap::TOO_LARGE, std::string(source), "too many kinds of data"});
        return parsed;
    }

  private:
    void count(std::string_view name, Part part, Setter setter, const boost::json::value& value) {
        auto& kind = kinds_[std::string(name)];
        const auto number = number_in(text_of(&value));
        if (!number) {
            kind.unclear = true;
        } else {
            (kind.counted.*setter)(*number);
            ++kind.counters[part];
        }
    }

    bool primary_;
    std::map<std::string, Kind> kinds_;
};

// User and password come as "user:password@host" or "key=value"; an address stays readable without them.
std::string without_credential(std::string_view word) {
    if (word.find("://") != std::string_view::npos) {
        auto url = without_user(word);
        return url.empty() ? "?" : url;
    }
    return word.find_first_of("@=") == std::string_view::npos ? std::string(word) : "?";
}

}  // namespace

Parsed<DataType> parse_geo_status(std::string_view text, bool primary, std::string_view source) {
    const auto document = parse_json(text, source);
    if (!document) return Parsed<DataType>::of(document.error());
    const auto* object = document->if_object();
    if (object == nullptr)
        return Parsed<DataType>::of(malformed(std::string(source), "the status is no object"));
    Kinds kinds(primary);
    for (const auto& [key, value] : *object) kinds.take({key.data(), key.size()}, value);
    return kinds.result(source);
}

std::string shown_geo_message(std::string_view message) {
    std::string line;
    for (const auto word : words_of(message.substr(0, message.find('\n')))) {
        if (!line.empty()) line += ' ';
        line += without_credential(word);
    }
    return shown(line, message_limit_bytes);
}

}  // namespace preflight::probes
