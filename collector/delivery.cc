#include "collector/delivery.h"

#include <fmt/core.h>

#include <algorithm>

namespace preflight::collector {
namespace {

std::string wrong_with_started(const Delivery& delivery, const v1::Inspection& started) {
    if (started.id() != delivery.inspection_id) return "its first record is of another inspection";
    if (started.node().id() != delivery.node.id()) return "its first record is of another node";
    if (started.findings_size() != 0 || started.probes_size() != 0) {
        return "its first record already holds findings or probes";
    }
    return {};
}

// What is wrong with the record as number `expected` of its inspection; empty when nothing is.
std::string wrong_with(const Delivery& delivery, const v1::Record& record, std::uint64_t expected) {
    if (record.sequence() != expected) {
        return fmt::format("record {} follows where {} was due", record.sequence(), expected);
    }
    if (record.kind_case() == v1::Record::KIND_NOT_SET) return fmt::format("record {} is empty", expected);
    if (record.has_started() != (expected == 1)) {
        return expected == 1 ? "its first record is not `started`"
                             : fmt::format("record {} is a second `started`", expected);
    }
    return record.has_started() ? wrong_with_started(delivery, record.started()) : std::string();
}

}  // namespace

Result<void> check(const Delivery& delivery) {
    const auto refuse = [&](std::string detail) {
        return malformed("inspection " + delivery.inspection_id, std::move(detail));
    };
    const auto& records = delivery.records;
    if (records.empty()) return refuse("a batch without records");
    const auto first = records.front().sequence();
    if (first == 0) return refuse("records count from 1");
    if (first > records_per_inspection_limit || records.size() > records_per_inspection_limit - first + 1) {
        return refuse(fmt::format("more than {} records", records_per_inspection_limit));
    }
    auto expected = first;
    for (const auto& record : records) {
        if (auto wrong = wrong_with(delivery, record, expected); !wrong.empty())
            return refuse(std::move(wrong));
        if (record.has_finished() && &record != &records.back()) {
            return refuse(fmt::format("record {} comes after `finished`", expected + 1));
        }
        ++expected;
    }
    return {};
}

bool is_plain_name(std::string_view text, std::size_t limit_bytes) {
    return !text.empty() && text.size() <= limit_bytes &&
           std::all_of(text.begin(), text.end(),
                       [](char character) { return character > ' ' && character < '\x7f'; });
}

}  // namespace preflight::collector
