// Delivery: one batch of records as it came from one agent, and the rules that a batch alone must keep.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "model/result.h"
#include "preflight/v1/inspection.pb.h"

namespace preflight::collector {

// An agent gone wild must not fill the disk: no honest inspection comes near.
constexpr std::uint64_t records_per_inspection_limit = 100'000;
constexpr std::uint64_t inspection_limit_bytes = 64 * 1024 * 1024;
constexpr std::size_t id_limit_bytes = 128;
constexpr std::size_t name_limit_bytes = 253;  // of a DNS name

struct Delivery {
    v1::Node node;
    std::string inspection_id;
    std::vector<v1::Record> records;          // ascending by one
    google::protobuf::Timestamp received_at;  // by the collector's clock
};

// MALFORMED when the batch contradicts itself: no records, a hole, a record without content, `started`
// anywhere but first or of another inspection, anything after `finished`. Texts name numbers, never content.
Result<void> check(const Delivery& delivery);

// True for 1 to `limit_bytes` visible ASCII characters. Ids and names end up in logs, tables and status
// texts.
bool is_plain_name(std::string_view text, std::size_t limit_bytes);

}  // namespace preflight::collector
