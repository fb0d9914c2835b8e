// Returnable: the whole fleet with everything that leads back from its hop, for tests that then break one
// thing.
#pragma once

#include <algorithm>

#include "readiness/judge.h"
#include "tests/readiness/whole_fleet.h"

namespace preflight::readiness {

// Whatever `change` does to the findings of all nodes.
template <typename Change>
Fleet changed(Fleet fleet, const Change& change) {
    for (auto& node : fleet.nodes) {
        for (auto& finding : *node.inspection.mutable_findings()) change(finding);
    }
    return fleet;
}

template <typename Lost>
Fleet without(Fleet fleet, const Lost& lost) {
    for (auto& node : fleet.nodes) {
        auto& findings = *node.inspection.mutable_findings();
        findings.erase(std::remove_if(findings.begin(), findings.end(), lost), findings.end());
    }
    return fleet;
}

inline Fleet returnable() {
    return changed(whole_fleet(), [](v1::Finding& finding) {
        if (finding.has_backup_archive()) finding.mutable_backup_archive()->set_size_bytes(900);
        if (finding.has_backup_proof()) finding.mutable_backup_proof()->set_storages_shown(true);
        if (finding.has_configuration_backup()) {
            finding.mutable_configuration_backup()->set_secrets_equal(v1::ConfigurationBackup::EQUAL);
        }
    });
}

inline v1::WayBack way_back(const Fleet& fleet, const Upgrade& upgrade = to("19.3.0")) {
    return judge(fleet, upgrade, built_in_knowledge()).way_back();
}

inline const v1::ReturnNeed& need(const v1::WayBack& way, std::string_view id, int hop = 0) {
    const auto found = std::ranges::find(way.hops(hop).needs(), id, &v1::ReturnNeed::id);
    if (found == way.hops(hop).needs().end()) throw std::invalid_argument("no need " + std::string(id));
    return *found;
}

inline std::string state(const v1::ReturnNeed& need) { return v1::ReturnNeed::State_Name(need.state()); }

// "backup PROVED", in the order of the way back.
inline std::vector<std::string> states(const v1::WayBack& way, int hop = 0) {
    std::vector<std::string> texts;
    for (const auto& need : way.hops(hop).needs()) texts.push_back(need.id() + " " + state(need));
    return texts;
}

inline std::string words(const v1::Command& command) {
    std::string text;
    for (const auto& word : command.argv()) text += (text.empty() ? "" : " ") + word;
    return text;
}

// "back_restore on web1: gitlab-backup restore BACKUP=x; …"
inline std::vector<std::string> steps(const v1::WayBack& way, int hop = 0) {
    std::vector<std::string> texts;
    for (const auto& step : way.hops(hop).steps()) {
        auto text = step.id().substr(step.id().find('/') + 1) + " on";
        for (const auto& node : step.nodes()) text += " " + node;
        std::string all;
        for (const auto& command : step.commands()) all += (all.empty() ? ": " : "; ") + words(command);
        texts.push_back(text + all);
    }
    return texts;
}

// An upgrade for which somebody states that, of that node.
inline Upgrade with_word(std::string_view statement, std::string_view node = "",
                         std::string_view until = "2026-12-01T00:00:00Z") {
    auto upgrade = to("19.3.0");
    auto& word = *upgrade.acceptances.add_attestations();
    word.set_id("word-1");
    word.set_statement(std::string(statement));
    word.set_node(std::string(node));
    word.set_owner("ops-lead");
    word.set_detail("tried on 2026-08-02");
    *word.mutable_made_at() = time_of("2026-08-02T09:00:00Z");
    *word.mutable_expires_at() = time_of(until);
    return upgrade;
}

}  // namespace preflight::readiness
