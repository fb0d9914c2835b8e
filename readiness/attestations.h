// Attestations: what persons may state of which no probe sees anything, and what is stated now.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "preflight/v1/acceptance.pb.h"
#include "preflight/v1/report.pb.h"
#include "readiness/check.h"

namespace preflight::readiness {

struct Statement {
    std::string_view name;  // stable for ever: files of acceptances hold it
    std::string_view says;  // "A restore of a backup was rehearsed"
    bool of_nodes = false;  // may be made of one node; each may be made of the whole instance
};

// The closed list, in order of name.
std::span<const Statement> statements();
// nullptr for one that is not listed.
const Statement* find_statement(std::string_view name);

// What a person may answer to a question of the knowledge.
inline constexpr std::string_view answer_yes = "yes";
inline constexpr std::string_view answer_no = "no";

// Made, and not yet expired.
bool in_force(const v1::Attestation& attestation, const google::protobuf::Timestamp& at);

// What is in force of a statement: that of the node, else that of the whole instance; of several the one that
// holds longest. nullptr: nobody states it. It lives as long as the upgrade.
const v1::Attestation* attested(const Upgrade& upgrade, std::string_view statement,
                                std::string_view node = "");

// The answer in force to this question, word for word; of several the one that was made last. nullptr: nobody
// answers it. It lives as long as the upgrade.
const v1::Attestation* answered(const Upgrade& upgrade, std::string_view question);

// What evidence that rests on it names: "attestation a-8c21f7d0b944".
std::string evidence_source(const v1::Attestation& attestation);

// Says that the verdict rests on this word.
void about(v1::Verdict& verdict, const v1::Attestation& attestation);
// Ready by this word alone, where no probe can see what is asked.
v1::Verdict stated(const v1::Attestation& attestation, std::string_view says);

// Who answers for something, why or how it is known, and until when: "Jo Doe, restored on staging on
// 2026-08-02, until 2026-12-01T06:00:00Z".
std::string by_whom(const std::string& owner, const std::string& why,
                    const google::protobuf::Timestamp& expires_at);
// "old_package_at_hand on web1: Jo Doe, …"; "KI-16-13: no, says Jo Doe, …"
std::string attestation_text(const v1::Attestation& attestation);

}  // namespace preflight::readiness
