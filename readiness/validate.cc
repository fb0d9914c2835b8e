// first_wrong(): what must hold of knowledge before anything is judged with it.
#include <algorithm>
#include <functional>
#include <set>
#include <utility>

#include "readiness/condition.h"
#include "readiness/knowledge.h"
#include "readiness/row_rules.h"

namespace preflight::readiness {
namespace {

// The first thing wrong in a table, with the row's name; a name may be there once.
template <typename Rows>
Wrong wrong_in_table(std::string_view table, const Rows& rows,
                     const std::function<std::vector<std::string>(const typename Rows::value_type&)>& names) {
    std::set<std::string> seen;
    for (const auto& row : rows) {
        const auto row_names = names(row);
        auto where = std::string(table);
        where.append(" '").append(row_names.front()).append("': ");
        if (const auto wrong = wrong_in_row(row); !wrong.empty()) return {where + wrong, {&row}};
        for (const auto& name : row_names) {
            if (!seen.insert(name).second) return {where.append(name).append(" is there twice"), {&row}};
        }
    }
    return {};
}

// A row of systems is found by os-release ID and version, and by its name where two have both alike: each
// such may lead to one row only.
std::vector<std::string> names_of(const v1::OperatingSystemSupport& system) {
    std::vector<std::string> names{system.name()};
    const auto named = system.pretty_name().empty() ? "" : "/" + system.pretty_name();
    for (const auto& id : system.ids()) names.push_back(id + "/" + system.version() + named);
    return names;
}

std::string component_of(v1::ServerIs::Component component) {
    return v1::ServerIs::Component_Name(component);
}

// A rule is found by its component and the version of GitLab: of two that overlap, one would never be read.
bool overlap(const v1::VersionInterval& one, const v1::VersionInterval& other) {
    const auto begins_within = [](const v1::VersionInterval& inner, const v1::VersionInterval& outer) {
        return within(parse_version(inner.from()).value_or(Version()), outer);
    };
    return begins_within(one, other) || begins_within(other, one);
}

std::string text_of(const v1::VersionInterval& interval) {
    return interval.from() + " to " + interval.below();
}

// The first two rows of one kind whose versions overlap.
template <typename Rows>
Wrong wrong_overlap(
    std::string_view table, const Rows& rows,
    const std::function<std::pair<std::string, v1::VersionInterval>(const typename Rows::value_type&)>&
        place) {
    std::vector<std::pair<std::string, v1::VersionInterval>> places;
    for (const auto& row : rows) {
        auto next = place(row);
        for (std::size_t at = 0; at < places.size(); ++at) {
            const auto& [kind, interval] = places[at];
            if (kind != next.first || !overlap(interval, next.second)) continue;
            return {std::string(table) + " '" + kind + "': " + text_of(interval) + " overlaps " +
                        text_of(next.second),
                    {&row, &rows.Get(static_cast<int>(at))}};
        }
        places.push_back(std::move(next));
    }
    return {};
}

std::string purposes_of(const v1::Requirement& row) {
    auto text = component_of(row.component());
    for (const auto& purpose : row.purposes()) text += " " + purpose;
    return text;
}

template <typename Row>
std::vector<std::string> id_of(const Row& row) {
    return {row.id()};
}

template <typename Row>
std::vector<std::string> minor_of(const Row& row) {
    return {row.minor()};
}

Wrong wrong_in_releases(const v1::Knowledge& knowledge) {
    auto wrong = wrong_in_table("operating system", knowledge.operating_systems(), names_of);
    if (wrong.empty()) wrong = wrong_in_table("release", knowledge.releases(), minor_of<v1::Release>);
    if (wrong.empty()) wrong = wrong_in_table("stop", knowledge.stops(), minor_of<v1::Stop>);
    if (!wrong.empty()) return wrong;
    const bool horizon_known = std::ranges::any_of(knowledge.releases(), [&](const v1::Release& row) {
        return row.minor() == knowledge.newest_known();
    });
    if (horizon_known) return {};
    return {"newest_known '" + knowledge.newest_known() + "' is not among the releases", {}};
}

Wrong wrong_in_components(const v1::Knowledge& knowledge) {
    using Names = std::vector<std::string>;
    auto wrong = wrong_in_table("package rule", knowledge.package_rules(),
                                [](const v1::PackageRule& row) { return Names{text_of(row.package())}; });
    if (wrong.empty()) {
        wrong = wrong_in_table("requirement", knowledge.requirements(), [](const v1::Requirement& row) {
            return Names{purposes_of(row) + " " + text_of(row.gitlab())};
        });
    }
    if (wrong.empty()) {
        wrong = wrong_in_table("bundle", knowledge.bundles(), [](const v1::Bundle& row) {
            return Names{component_of(row.component()) + " " + text_of(row.gitlab())};
        });
    }
    if (wrong.empty()) {
        wrong = wrong_in_table("extension", knowledge.extensions(), [](const v1::ExtensionNeed& row) {
            Names names;
            for (const auto& database : row.databases()) names.push_back(row.name() + " in " + database);
            return names.empty() ? Names{row.name()} : names;
        });
    }
    return wrong;
}

Wrong wrong_in_intervals(const v1::Knowledge& knowledge) {
    auto wrong = wrong_overlap("package rule", knowledge.package_rules(), [](const v1::PackageRule& row) {
        return std::pair(std::string("package"), row.package());
    });
    if (wrong.empty()) {
        wrong = wrong_overlap("requirement", knowledge.requirements(), [](const v1::Requirement& row) {
            return std::pair(purposes_of(row), row.gitlab());
        });
    }
    if (wrong.empty()) {
        wrong = wrong_overlap("bundle", knowledge.bundles(), [](const v1::Bundle& row) {
            return std::pair(component_of(row.component()), row.gitlab());
        });
    }
    return wrong;
}

// An issue that leaves its judgement to a check that is not there would never be judged.
Wrong wrong_in_covers(const v1::Knowledge& knowledge) {
    for (const auto& issue : knowledge.known_issues()) {
        if (issue.covered_by().empty()) continue;
        const auto& checks = knowledge.checks();
        if (std::ranges::find(checks, issue.covered_by(), &v1::CheckText::id) != checks.end()) continue;
        return {"known issue '" + issue.id() + "': covered_by '" + issue.covered_by() + "' is no check",
                {&issue}};
    }
    return {};
}

}  // namespace

Wrong first_wrong(const v1::Knowledge& knowledge) {
    if (!is_date(knowledge.version())) return {"version is not a date", {}};
    if (!is_minor(knowledge.newest_known())) return {"newest_known is not a minor version", {}};
    for (auto* rule : {wrong_in_releases, wrong_in_components, wrong_in_intervals}) {
        if (auto wrong = rule(knowledge); !wrong.empty()) return wrong;
    }
    auto wrong = wrong_in_table("check", knowledge.checks(), id_of<v1::CheckText>);
    if (wrong.empty())
        wrong = wrong_in_table("removed setting", knowledge.removed_settings(), id_of<v1::RemovedSetting>);
    if (wrong.empty()) wrong = wrong_in_table("known issue", knowledge.known_issues(), id_of<v1::KnownIssue>);
    if (wrong.empty()) wrong = wrong_in_table("step", knowledge.steps(), id_of<v1::StepText>);
    if (wrong.empty()) {
        wrong = wrong_in_table("room", knowledge.rooms(),
                               [](const v1::Room& row) { return std::vector<std::string>{row.step()}; });
    }
    return wrong.empty() ? wrong_in_covers(knowledge) : wrong;
}

std::string validate(const v1::Knowledge& knowledge) { return first_wrong(knowledge).what; }

}  // namespace preflight::readiness
