#include "collector/acceptance_fields.h"

#include <google/protobuf/timestamp.pb.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "model/clock.h"
#include "model/utf8.h"
#include "readiness/attestations.h"
#include "readiness/catalog.h"
#include "readiness/version.h"

namespace preflight::collector {
namespace {

constexpr std::size_t id_limit_bytes = 64;
constexpr std::size_t name_limit_bytes = 255;
constexpr std::size_t text_limit_bytes = 1000;
constexpr std::size_t digest_digits = 64;

bool is_id(std::string_view text) {
    return !text.empty() && text.size() <= id_limit_bytes && std::ranges::all_of(text, [](unsigned char c) {
        return c < 0x80 && (std::isalnum(c) != 0 || c == '-' || c == '_' || c == '.');
    });
}

bool is_check(std::string_view text) {
    return std::ranges::any_of(readiness::catalog(), [&](const auto& check) { return check.id == text; });
}

// One of the list; or the id of an entry whose question is answered. Those have no underscore, so that a slip
// in a statement is none.
bool is_statement(std::string_view text) {
    return readiness::find_statement(text) != nullptr ||
           (is_id(text) && text.find('_') == std::string_view::npos);
}

bool is_answer(std::string_view text) {
    return text == readiness::answer_yes || text == readiness::answer_no;
}

bool is_text(std::string_view text) {
    return !text.empty() && text.size() <= text_limit_bytes && is_valid_utf8(text);
}

bool is_name(std::string_view text) { return is_text(text) && text.size() <= name_limit_bytes; }

bool is_target(std::string_view text) {
    return readiness::parse_target(text).has_value() && std::ranges::count(text, '.') == 2;
}

bool is_time(std::string_view text) { return from_rfc3339(text).has_value(); }

bool is_digest(std::string_view text) {
    return text.size() == digest_digits &&
           text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

constexpr std::string_view right_id = "1 to 64 letters, digits, dots, dashes and underscores";
constexpr std::string_view right_text = "a text of 1 to 1000 bytes of UTF-8";
constexpr std::string_view right_name =
    "the name of one node, as the report has it; without it every node is meant";
constexpr std::string_view right_time = "a time with its zone: 2026-12-01T06:00:00Z";

constexpr std::array listed_waiver_fields{
    AcceptanceField{"id", true, right_id, is_id},
    AcceptanceField{"check", true, "the id of a check, as the report has it: backup.fresh", is_check},
    AcceptanceField{"node", false, right_name, is_name},
    AcceptanceField{"target", false, "a version of three numbers: 19.2.4; without it every target is meant",
                    is_target},
    AcceptanceField{"owner", true, right_text, is_text},
    AcceptanceField{"reason", true, right_text, is_text},
    AcceptanceField{"made_at", false, right_time, is_time},
    AcceptanceField{"expires_at", true, right_time, is_time},
    AcceptanceField{"evidence_digest", true, "64 digits, as the command waive writes them", is_digest},
};

constexpr std::array listed_attestation_fields{
    AcceptanceField{"id", true, right_id, is_id},
    AcceptanceField{"statement", true,
                    "one of those that attest --help lists, or the id of an entry that asks", is_statement},
    AcceptanceField{"question", false, right_text, is_text},
    AcceptanceField{"answer", false, "yes or no", is_answer},
    AcceptanceField{"node", false, right_name, is_name},
    AcceptanceField{"owner", true, right_text, is_text},
    AcceptanceField{"detail", true, right_text, is_text},
    AcceptanceField{"made_at", true, right_time, is_time},
    AcceptanceField{"expires_at", true, right_time, is_time},
};

const google::protobuf::FieldDescriptor& descriptor_of(const google::protobuf::Message& acceptance,
                                                       const AcceptanceField& field) {
    return *acceptance.GetDescriptor()->FindFieldByName(std::string(field.name));
}

}  // namespace

std::span<const AcceptanceField> waiver_fields() { return listed_waiver_fields; }

std::span<const AcceptanceField> attestation_fields() { return listed_attestation_fields; }

bool set_field(google::protobuf::Message& acceptance, const AcceptanceField& field, const std::string& text) {
    if (!field.fits(text)) return false;
    const auto& descriptor = descriptor_of(acceptance, field);
    const auto& reflection = *acceptance.GetReflection();
    if (descriptor.cpp_type() == google::protobuf::FieldDescriptor::CPPTYPE_STRING) {
        reflection.SetString(&acceptance, &descriptor, text);
    } else {
        reflection.MutableMessage(&acceptance, &descriptor)->CopyFrom(*from_rfc3339(text));
    }
    return true;
}

std::string field_text(const google::protobuf::Message& acceptance, const AcceptanceField& field) {
    const auto& descriptor = descriptor_of(acceptance, field);
    const auto& reflection = *acceptance.GetReflection();
    if (descriptor.cpp_type() == google::protobuf::FieldDescriptor::CPPTYPE_STRING)
        return reflection.GetString(acceptance, &descriptor);
    if (!reflection.HasField(acceptance, &descriptor)) return {};
    google::protobuf::Timestamp time;
    time.CopyFrom(reflection.GetMessage(acceptance, &descriptor));
    return to_iso8601(time);
}

}  // namespace preflight::collector
