// Acceptance fields: the keys of a waiver and of an attestation, in the file as on the command line: the
// fields of the messages, and what is right for each.
#pragma once

#include <google/protobuf/message.h>

#include <span>
#include <string>
#include <string_view>

namespace preflight::collector {

struct AcceptanceField {
    std::string_view name;  // of the message's field
    bool required;
    std::string_view right;  // "a time with its zone: 2026-12-01T00:00:00Z"
    bool (*fits)(std::string_view text);
};

// In the order of the file.
std::span<const AcceptanceField> waiver_fields();
std::span<const AcceptanceField> attestation_fields();

// Takes the text over where it fits.
bool set_field(google::protobuf::Message& acceptance, const AcceptanceField& field, const std::string& text);
// As it stands in the file; empty where it is not set.
std::string field_text(const google::protobuf::Message& acceptance, const AcceptanceField& field);

}  // namespace preflight::collector
