#include "collector/acceptance_options.h"

#include <fmt/format.h>
#include <google/protobuf/util/time_util.h>

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
constexpr std::string_view expiry_field = "expires_at";
constexpr std::string_view digest_field =
    "evidence_digest";  // as wide as a screen, and no person compares it

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

v1::Acceptances read_acceptances(const std::filesystem::path& file) {
    auto acceptances = load_acceptances(file, Absence::nothing_accepted);
    if (!acceptances) throw DataError{line_of(acceptances.error())};
    return std::move(*acceptances);
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
        if (field.name != digest_field) rows.front().push_back(heading_of(field.name));
    }
    rows.front().emplace_back("STATE");
    for (const auto* acceptance : acceptances) {
        auto& row = rows.emplace_back();
        for (const auto& field : fields) {
            if (field.name == digest_field) continue;
            const auto text = field_text(*acceptance, field);
            row.push_back(text.empty() ? "every" : text);
        }
        const auto end = from_rfc3339(field_text(*acceptance, field_of(fields, expiry_field)));
        row.emplace_back(end && at < *end ? "in time" : "EXPIRED");
    }
    print_table(rows);
}

}  // namespace preflight::collector
