#include "collector/acceptance_options.h"

#include <fmt/format.h>
#include <google/protobuf/util/time_util.h>

#include <array>
#include <cctype>

#include "collector/command_line.h"
#include "collector/exit_status.h"
#include "collector/table.h"
#include "model/clock.h"
#include "model/digest.h"

namespace preflight::collector {
namespace {

using Fields = std::span<const AcceptanceField>;

constexpr std::size_t id_digits = 12;
constexpr std::string_view made_field = "made_at";
constexpr std::string_view expiry_field = "expires_at";
// As wide as a screen, and no person compares them in a list.
constexpr std::array<std::string_view, 2> unlisted_fields{"evidence_digest", "question"};

bool is_listed(const AcceptanceField& field) {
    return std::ranges::find(unlisted_fields, field.name) == unlisted_fields.end();
}

// Of a field that is not set.
std::string_view nothing_in(const AcceptanceField& field) {
    if (field.name == "answer") return "-";
    return field.name == made_field ? "not said" : "every";
}

const AcceptanceField& field_of(Fields fields, std::string_view name) {
    return *std::ranges::find(fields, name, &AcceptanceField::name);
}

std::string heading_of(std::string_view field) {
    std::string heading(field);
    std::ranges::transform(heading, heading.begin(), [](unsigned char c) {
        return c == '_' ? ' ' : static_cast<char>(std::toupper(c));
    });
    return heading;
}

}  // namespace

void take_option(google::protobuf::Message& acceptance, Fields fields, std::string_view field,
                 std::string_view option, const std::string& text) {
    const auto& known = field_of(fields, field);
    if (text.empty() && !known.required) return;
    if (text.empty()) throw UsageError{fmt::format("{} is missing: it is {}", option, known.right)};
    if (!set_field(acceptance, known, text)) throw UsageError{fmt::format("{} is {}", option, known.right)};
}

void take_expiry(google::protobuf::Message& acceptance, Fields fields, const std::string& text,
                 const google::protobuf::Timestamp& at) {
    take_option(acceptance, fields, expiry_field, "--expires", text);
    if (*from_rfc3339(text) <= at) throw UsageError{"--expires " + text + " has passed"};
}

std::string acceptance_id(std::string_view kind, std::initializer_list<std::string_view> parts) {
    std::string bytes;
    for (const auto part : parts) bytes.append(part).append(1, '\0');
    return std::string(kind) + "-" + sha256_hex(bytes).substr(0, id_digits);
}

void add_keeping_options(CLI::App& command, KeepingOptions& options, const std::string& list_help,
                         const std::string& remove_help) {
    command.add_flag("--list", options.list, list_help)->disable_flag_override();
    command.add_option("--remove", options.remove, remove_help)->type_name("ID");
}

void need_one(bool given, const KeepingOptions& options, const std::string& what_to_say) {
    if ((given ? 1 : 0) + (options.list ? 1 : 0) + (options.remove.empty() ? 0 : 1) != 1)
        throw UsageError{what_to_say};
}

void refuse_unknown(const std::filesystem::path& file, const std::string& id, std::string_view noun) {
    throw UsageError{fmt::format("--remove {}: {} has no such {}", id, file.string(), noun)};
}

int change_file(const std::filesystem::path& file,
                const std::function<std::string(v1::Acceptances&)>& change) {
    std::string done;
    const auto changed = change_acceptances(file, [&](v1::Acceptances& acceptances) {
        done = change(acceptances);
        return !done.empty();
    });
    if (!changed && changed.error().cause == v1::Gap::MALFORMED) throw DataError{line_of(changed.error())};
    if (!changed) {
        complain(line_of(changed.error()));
        return cannot_write;
    }
    if (*changed) print_line(done);
    return all_well;
}

void print_acceptances(const std::vector<const google::protobuf::Message*>& acceptances, Fields fields,
                       const google::protobuf::Timestamp& at, const std::string& none) {
    if (acceptances.empty()) return print_line(none);
    std::vector<std::vector<std::string>> rows(1);
    for (const auto& field : fields) {
        if (is_listed(field)) rows.front().push_back(heading_of(field.name));
    }
    rows.front().emplace_back("STATE");
    for (const auto* acceptance : acceptances) {
        auto& row = rows.emplace_back();
        for (const auto& field : fields) {
            if (!is_listed(field)) continue;
            const auto text = field_text(*acceptance, field);
            row.push_back(text.empty() ? std::string(nothing_in(field)) : text);
        }
        const auto end = from_rfc3339(field_text(*acceptance, field_of(fields, expiry_field)));
        row.emplace_back(end && at < *end ? "in time" : "EXPIRED");
    }
    print_table(rows);
}

}  // namespace preflight::collector
