// Deliveries: invented inspections, cut into the batches in which an agent would send them.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "collector/delivery.h"
#include "model/clock.h"
#include "tests/temporary_folder.h"

namespace preflight::collector {

constexpr std::int64_t noon = 1'790'000'000;  // seconds; an inspection's start unless the test says otherwise

inline v1::Node node(const std::string& name) {
    v1::Node made;
    made.set_id("id-of-" + name);
    made.set_name(name);
    return made;
}

inline v1::Record started(const v1::Node& of, const std::string& inspection_id, std::int64_t seconds = noon) {
    v1::Record record;
    record.set_sequence(1);
    auto& inspection = *record.mutable_started();
    inspection.set_schema("preflight.v1.Inspection");
    inspection.set_id(inspection_id);
    *inspection.mutable_node() = of;
    *inspection.mutable_started_at() = timestamp_from_seconds(seconds);
    return record;
}

inline v1::Record found(std::uint64_t sequence, const std::string& version = "19.2.1") {
    v1::Record record;
    record.set_sequence(sequence);
    record.mutable_finding()->set_probe("installation");
    record.mutable_finding()->mutable_installation()->set_version(version);
    return record;
}

inline v1::Record finished(std::uint64_t sequence) {
    v1::Record record;
    record.set_sequence(sequence);
    *record.mutable_finished()->mutable_finished_at() = timestamp_from_seconds(noon + 9);
    record.mutable_finished()->add_probes()->set_probe("installation");
    return record;
}

inline Delivery delivery(const v1::Node& from, const std::string& inspection_id,
                         std::vector<v1::Record> records) {
    return {from, inspection_id, std::move(records), timestamp_from_seconds(noon + 10)};
}

// A whole inspection of `findings` findings.
inline Delivery whole(const v1::Node& from, const std::string& inspection_id, std::int64_t seconds = noon,
                      std::uint64_t findings = 1, const std::string& version = "19.2.1") {
    std::vector<v1::Record> records{started(from, inspection_id, seconds)};
    for (std::uint64_t number = 0; number < findings; ++number) records.push_back(found(number + 2, version));
    records.push_back(finished(findings + 2));
    return delivery(from, inspection_id, std::move(records));
}

}  // namespace preflight::collector
