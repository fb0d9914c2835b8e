// Waivers: as tests write them, bound to what a verdict says.
#pragma once

#include "readiness/acceptances.h"
#include "tests/readiness/fleet_builder.h"

namespace preflight::readiness {

template <typename Message>
Message text_as(std::string_view text) {
    Message message;
    EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(with_times(std::string(text)), &message));
    return message;
}

// Of what the verdict says now; `more` adds to that, or replaces it.
inline v1::Waiver waiver_of(const v1::Verdict& verdict, std::string_view more = "") {
    v1::Waiver waiver;
    waiver.set_check(verdict.check());
    waiver.set_evidence_digest(evidence_digest(verdict));
    waiver.MergeFrom(text_as<v1::Waiver>(
        R"(id: "w-1" owner: "Jo Doe" reason: "seen" expires_at {at 2026-09-01T00:00:00Z})"));
    waiver.MergeFrom(text_as<v1::Waiver>(more));
    return waiver;
}

}  // namespace preflight::readiness
