// SpoolRecord: the form of one record in a spool's file: length and checksum (4 bytes each, little endian),
// then the bytes.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "preflight/v1/inspection.pb.h"

namespace preflight::agent {

std::string to_spool(const v1::Record& record);

struct SpoolRecord {
    v1::Record record;
    std::size_t size_bytes = 0;  // in the file, with length and checksum
};

// The record that `bytes` begin with; nothing when it is torn or its checksum does not match.
std::optional<SpoolRecord> from_spool(std::string_view bytes);

// True when `bytes` may be the beginning of a record whose end was not written; false when they are as long
// as their record says, or longer: then what stands there is damaged.
bool is_torn(std::string_view bytes);

}  // namespace preflight::agent
