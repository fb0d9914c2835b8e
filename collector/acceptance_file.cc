#include "collector/acceptance_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <optional>
#include <set>
#include <system_error>
#include <utility>

#include "collector/acceptance_fields.h"
#include "collector/input_file.h"
#include "collector/output_file.h"
#include "model/yaml.h"
#include "readiness/attestations.h"

namespace preflight::collector {
namespace {

constexpr std::size_t file_limit_bytes = std::size_t{1024} * 1024;
constexpr std::size_t entries_limit = 1000;  // of each kind
constexpr mode_t file_mode = 0640;
constexpr auto file_version = 1;

struct Wrong {
    int line = 0;
    std::string what;
};

using Fields = std::span<const AcceptanceField>;

Wrong wrong_at(const YAML::Node& node, std::string what) {
    return {node.Mark().is_null() ? 1 : node.Mark().line + 1, std::move(what)};
}

std::string names_of(Fields fields) {
    std::string names;
    for (const auto& field : fields) names += (names.empty() ? "" : ", ") + std::string(field.name);
    return names;
}

// Reads one file; the first thing that is wrong in it ends the reading.
class Reader {
  public:
    std::optional<Wrong> read(const YAML::Node& document) {
        if (!document.IsMap()) return wrong_at(document, "the file begins with version: 1");
        std::set<std::string> seen;
        for (const auto& entry : document) {
            const auto name = entry.first.IsScalar() ? entry.first.Scalar() : std::string();
            if (!seen.insert(name).second) return wrong_at(entry.first, name + " stands twice");
            if (auto wrong = read_part(name, entry.first, entry.second)) return wrong;
        }
        if (!seen.contains("version")) return wrong_at(document, "the version is missing: version: 1");
        return std::nullopt;
    }

    v1::Acceptances acceptances;

  private:
    std::optional<Wrong> read_part(const std::string& name, const YAML::Node& key, const YAML::Node& value) {
        if (name == "version") return read_version(value);
        if (name == "waivers") {
            return read_list(value, name, waiver_fields(), *acceptances.mutable_waivers());
        }
        if (name == "attestations") {
            return read_list(value, name, attestation_fields(), *acceptances.mutable_attestations());
        }
        return wrong_at(key, "no such key here; known are version, waivers, attestations");
    }

    std::optional<Wrong> read_version(const YAML::Node& value) {
        if (!value.IsScalar() || value.Scalar() != std::to_string(file_version))
            return wrong_at(value, "the version that this program reads and writes is 1");
        acceptances.set_version(file_version);
        return std::nullopt;
    }

    template <typename List>
    std::optional<Wrong> read_list(const YAML::Node& value, const std::string& name, Fields fields,
                                   List& list) {
        if (value.IsNull()) return std::nullopt;
        if (!value.IsSequence()) return wrong_at(value, name + " is a list: each begins with \"- id: …\"");
        if (value.size() > entries_limit)
            return wrong_at(value, fmt::format("more than {} {}", entries_limit, name));
        for (const auto& item : value) {
            auto& read = *list.Add();
            if (auto wrong = read_item(item, fields, read)) return wrong;
            if (!ids_.insert(read.id()).second) return wrong_at(item, "its id stands twice in this file");
            if (auto wrong = wrong_of(item, read)) return wrong;
        }
        return std::nullopt;
    }

    static std::optional<Wrong> read_item(const YAML::Node& item, Fields fields,
                                          google::protobuf::Message& read) {
        if (!item.IsMap()) return wrong_at(item, "an entry has the keys " + names_of(fields));
        std::set<std::string_view> seen;
        for (const auto& entry : item) {
            const auto field = std::ranges::find_if(fields, [&](const AcceptanceField& known) {
                return entry.first.IsScalar() && entry.first.Scalar() == known.name;
            });
            // The name is not quoted: what stands there by mistake may be anything.
            if (field == fields.end())
                return wrong_at(entry.first, "no such key here; known are " + names_of(fields));
            if (!seen.insert(field->name).second)
                return wrong_at(entry.first, std::string(field->name) + " stands twice");
            if (!entry.second.IsScalar() || !set_field(read, *field, entry.second.Scalar()))
                return wrong_at(entry.second, fmt::format("{} is {}", field->name, field->right));
        }
        for (const auto& field : fields) {
            if (field.required && !seen.contains(field.name))
                return wrong_at(item, fmt::format("{} is missing: it is {}", field.name, field.right));
        }
        return std::nullopt;
    }

    static std::optional<Wrong> wrong_of(const YAML::Node&, const v1::Waiver&) { return std::nullopt; }

    static std::optional<Wrong> wrong_of(const YAML::Node& item, const v1::Attestation& attestation) {
        const auto* statement = readiness::find_statement(attestation.statement());
        const bool answer = !attestation.answer().empty();
        const bool question = !attestation.question().empty();
        if (statement == nullptr && !(answer && question))
            return wrong_at(item, "an entry that asks has a question and an answer, yes or no");
        if (statement != nullptr && (answer || question))
            return wrong_at(item, "this statement is no question: leave question and answer out");
        if (attestation.node().empty() || (statement != nullptr && statement->of_nodes)) return std::nullopt;
        return wrong_at(item, "this statement is made of the whole instance: leave its node out");
    }

    std::set<std::string> ids_;
};

// In double quotes YAML knows the escapes of JSON.
std::string in_quotes(std::string_view text) {
    std::string whole = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') whole += '\\';
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x20 || byte == 0x7F) {
            whole += fmt::format("\\x{:02x}", byte);
        } else {
            whole += c;
        }
    }
    return whole + "\"";
}

template <typename List>
void write_list(std::string& text, std::string_view name, Fields fields, const List& list) {
    text += fmt::format("\n{}:{}\n", name, list.empty() ? " []" : "");
    for (const auto& item : list) {
        std::string_view lead = "  - ";
        for (const auto& field : fields) {
            const auto value = field_text(item, field);
            if (value.empty()) continue;
            text += fmt::format("{}{}: {}\n", lead, field.name, in_quotes(value));
            lead = "    ";
        }
    }
}

// One command at a time: held by the folder, because the file itself is replaced.
class Lock {
  public:
    explicit Lock(const std::filesystem::path& folder)
        : descriptor_(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
        error_ = descriptor_ < 0 || ::flock(descriptor_, LOCK_EX | LOCK_NB) != 0 ? errno : 0;
    }
    Lock(const Lock&) = delete;
    Lock& operator=(const Lock&) = delete;
    ~Lock() {
        if (descriptor_ >= 0) ::close(descriptor_);
    }

    Result<void> held(const std::filesystem::path& file) const {
        if (error_ == 0) return {};
        if (error_ == EWOULDBLOCK) {
            return Problem{v1::Gap::REFUSED, file.string(), "another command writes it now; try again"};
        }
        return problem_from_errno(error_, file.string());
    }

  private:
    int descriptor_;
    int error_ = 0;
};

}  // namespace

Result<v1::Acceptances> parse_acceptances(std::string_view text, const std::string& file) {
    const auto document = parse_yaml(text, file);
    if (!document) return document.error();
    Reader reader;
    if (auto wrong = reader.read(*document))
        return malformed(fmt::format("{}:{}", file, wrong->line), std::move(wrong->what));
    return std::move(reader.acceptances);
}

Result<v1::Acceptances> load_acceptances(const std::filesystem::path& file, Absence absence) {
    const auto text = read_file(file, file_limit_bytes);
    if (text) return parse_acceptances(*text, file.string());
    if (text.error().cause != v1::Gap::ABSENT || absence == Absence::problem) return text.error();
    v1::Acceptances none;
    none.set_version(file_version);
    return none;
}

std::string acceptances_text(const v1::Acceptances& acceptances) {
    std::string text =
        "# What persons answer for in the reports of GitLab Preflight. The commands waive and attest write "
        "this\n"
        "# file whole, in this form: other comments do not stay.\n"
        "version: 1\n";
    write_list(text, "waivers", waiver_fields(), acceptances.waivers());
    write_list(text, "attestations", attestation_fields(), acceptances.attestations());
    return text;
}

Result<bool> change_acceptances(const std::filesystem::path& file,
                                const std::function<bool(v1::Acceptances&)>& change) {
    std::error_code error;
    const auto place = std::filesystem::weakly_canonical(std::filesystem::absolute(file), error);
    if (error) return problem_from_errno(error.value(), file.string());
    const Lock lock(place.parent_path());
    if (const auto held = lock.held(place); !held) return held.error();
    auto acceptances = load_acceptances(place, Absence::nothing_accepted);
    if (!acceptances) return acceptances.error();
    if (!change(*acceptances)) return false;
    const auto text = acceptances_text(*acceptances);
    // Past a limit it could not be read again.
    if (const auto again = parse_acceptances(text, place.string()); !again) return again.error();
    if (const auto written = write_file(place, text, file_mode); !written) return written.error();
    return true;
}

}  // namespace preflight::collector
