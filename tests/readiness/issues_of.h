// Issues of a test: known issues written for it alone, and what the check says of them.
#pragma once

#include <string>
#include <string_view>

#include "readiness/checks/known_issues_apply.h"
#include "tests/readiness/asked.h"

namespace preflight::readiness {

// Knowledge of releases and stops, and of no issue but these.
inline v1::Knowledge with_issues(std::string_view text) {
    auto knowledge = built_in_knowledge();
    knowledge.clear_known_issues();
    v1::Knowledge more;
    if (!google::protobuf::TextFormat::ParseFromString(std::string(text), &more))
        throw std::invalid_argument("the test's issues do not parse");
    knowledge.MergeFrom(more);
    return knowledge;
}

inline std::string issue(std::string_view fields, std::string_view harm = "BREAKS") {
    return "known_issues { id: 'KI-1' title: 'Things break' harm: " + std::string(harm) +
           " consequence: 'It breaks.' remedy: 'Mend it.' source: 'notes' date: '2026-08-21' " +
           std::string(fields) + " } ";
}

inline std::vector<v1::Verdict> judge_issues(std::string_view issues, const Fleet& fleet,
                                             std::string_view target = "19.3.0") {
    return known_issues_apply.judge(fleet, to(target), with_issues(issues));
}

inline Fleet running(std::string_view version) { return fleet_of({node("web1", installed(version))}); }

}  // namespace preflight::readiness
