#include "readiness/what_if.h"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "readiness/judge.h"
#include "readiness/path.h"

namespace preflight::readiness {
namespace {

bool is_safe(v1::Report::Outcome outcome) {
    return outcome == v1::Report::READY_TO_UPGRADE || outcome == v1::Report::READY_WITH_CONDITIONS;
}

// Judges each version once: the ways to several targets have hops in common.
class Judged {
  public:
    Judged(const Fleet& fleet, const Upgrade& upgrade, const v1::Knowledge& knowledge)
        : fleet_(fleet), upgrade_(upgrade), knowledge_(knowledge) {}

    const v1::Report& of(const Version& target) {
        const auto [known, is_new] = reports_.try_emplace(target);
        if (is_new) {
            upgrade_.target = target;
            known->second = judge(fleet_, upgrade_, knowledge_);
        }
        return known->second;
    }

    // The last hop of the way to it that is safe. Where its way is not known, that of the newest version that
    // is.
    const v1::Report* nearest_safe(const Version& target) {
        if (is_safe(of(target).outcome())) return &of(target);
        auto way = of(target).path();
        const auto newest = asked_target("latest", knowledge_);
        if (way.empty() && newest && *newest < target) way = of(*newest).path();
        for (auto hop = way.rbegin(); hop != way.rend(); ++hop) {
            const auto version = parse_version(hop->version());
            if (version && is_safe(of(*version).outcome())) return &of(*version);
        }
        return nullptr;
    }

  private:
    const Fleet& fleet_;
    Upgrade upgrade_;
    const v1::Knowledge& knowledge_;
    std::map<Version, v1::Report> reports_;
};

std::uint32_t count(const v1::Report& report, v1::Level level) {
    return static_cast<std::uint32_t>(std::ranges::count_if(report.verdicts(), [level](const auto& verdict) {
        return verdict.level() == level && verdict.waived_by().empty();
    }));
}

void add_target(v1::WhatIf& what_if, const Version& version, Judged& judged) {
    const auto& report = judged.of(version);
    auto& target = *what_if.add_targets();
    target.set_version(version.text());
    target.set_outcome(report.outcome());
    target.set_blockers(count(report, v1::BLOCKER));
    target.set_unknowns(count(report, v1::UNKNOWN));
    target.set_warnings(count(report, v1::WARNING));
    *target.mutable_path() = report.path();
    for (const auto& verdict : report.verdicts()) {
        const bool stops = verdict.level() == v1::BLOCKER || verdict.level() == v1::UNKNOWN;
        if (stops && verdict.waived_by().empty()) *target.add_stopping() = verdict;
    }
    if (const auto* safe = judged.nearest_safe(version)) {
        target.set_nearest_safe(safe->target_version());
        target.set_nearest_safe_outcome(safe->outcome());
    }
}

}  // namespace

v1::WhatIf what_if(const Fleet& fleet, const Upgrade& upgrade, const std::vector<Version>& targets,
                   const v1::Knowledge& knowledge) {
    Judged judged(fleet, upgrade, knowledge);
    v1::WhatIf what_if;
    what_if.set_schema("preflight.v1.WhatIf");
    *what_if.mutable_generated_at() = upgrade.at;
    what_if.set_nodes(static_cast<std::uint32_t>(fleet.nodes.size()));
    for (const auto& target : targets) {
        const auto& report = judged.of(target);
        what_if.set_from_version(report.from_version());
        what_if.set_tool_version(report.tool_version());
        what_if.set_knowledge_version(report.knowledge_version());
        what_if.set_knowledge_horizon(report.knowledge_horizon());
        add_target(what_if, target, judged);
    }
    return what_if;
}

int exit_status(const v1::WhatIf& what_if) {
    constexpr std::array worst_first{v1::Report::NOT_READY, v1::Report::CANNOT_SAY,
                                     v1::Report::READY_WITH_CONDITIONS, v1::Report::READY_TO_UPGRADE};
    for (const auto outcome : worst_first) {
        if (std::ranges::find(what_if.targets(), outcome, &v1::WhatIf::Target::outcome) !=
            what_if.targets().end()) {
            return exit_status(outcome);
        }
    }
    return exit_status(v1::Report::CANNOT_SAY);
}

}  // namespace preflight::readiness
