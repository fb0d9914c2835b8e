#include "readiness/row_rules.h"

#include <algorithm>
#include <set>

#include "model/clock.h"
#include "readiness/condition.h"
#include "readiness/version.h"

namespace preflight::readiness {
namespace {

bool is_version(const std::string& text) { return parse_target(text).has_value(); }
bool is_version_or_empty(const std::string& text) { return text.empty() || is_version(text); }
// "2029-03" or a whole date.
bool is_month_or_date(const std::string& text) { return is_date(text.size() == 7 ? text + "-01" : text); }

// Of a server: a major alone will do.
bool is_server_version(const std::string& text) {
    v1::VersionInterval interval;
    interval.set_from(text);
    return !text.empty() && wrong_in(interval).empty();
}

template <typename Row>
std::string wrong_in_source(const Row& row) {
    return row.source().empty() || !is_date(row.date()) ? "needs source and date" : "";
}

// An interval of GitLab's versions.
std::string wrong_in_gitlab(const v1::VersionInterval& interval) {
    for (const auto& text : {interval.from(), interval.below()}) {
        if (!is_version_or_empty(text)) return "'" + text + "' is not a version";
    }
    return wrong_in(interval);
}

// Both, where both are there, and in this order.
bool in_order(const std::string& lower, const std::string& higher) {
    const auto first = parse_server_version(lower);
    const auto second = parse_server_version(higher);
    return !first || !second || *first < *second;
}

std::string wrong_in_setting(const v1::HasSetting& setting) {
    v1::Condition condition;
    *condition.mutable_setting() = setting;
    return wrong_in(condition);
}

std::string wrong_in_places(const v1::KnownIssue& issue) {
    if (issue.crossed().empty() && issue.landed_on().empty() && issue.started_from().empty())
        return "needs a place on the path: crossed, landed_on or started_from";
    for (const auto& versions : {issue.crossed(), issue.fixed_in()}) {
        for (const auto& version : versions) {
            if (!is_version(version)) return "'" + version + "' is not a version";
        }
    }
    for (const auto& intervals : {issue.landed_on(), issue.started_from()}) {
        for (const auto& interval : intervals) {
            if (auto wrong = wrong_in_gitlab(interval); !wrong.empty()) return wrong;
        }
    }
    return {};
}

bool has_words(const v1::Command& command) {
    return !command.argv().empty() &&
           std::ranges::find(command.argv(), std::string()) == command.argv().end();
}

// The commands of an issue, of a step, or of one case of a check.
template <typename Row>
std::string wrong_in_commands(const Row& row) {
    const bool whole =
        std::ranges::all_of(row.commands(), has_words) && (!row.has_verify() || has_words(row.verify()));
    return whole ? "" : "a command has an empty word";
}

template <typename Row>
std::string wrong_in_links(const Row& row) {
    const auto is_link = [](const std::string& link) { return link.starts_with("https://"); };
    return std::ranges::all_of(row.links(), is_link) ? "" : "a link does not begin with https://";
}

}  // namespace

bool is_minor(const std::string& text) { return is_version(text) && std::ranges::count(text, '.') == 1; }
bool is_date(const std::string& text) { return text.size() == 10 && from_iso8601(text).has_value(); }

std::string wrong_in_row(const v1::OperatingSystemSupport& system) {
    if (system.name().empty() || system.ids().empty() || system.version().empty())
        return "needs name, ids and version";
    if (system.match() == v1::OperatingSystemSupport::MATCH_UNSPECIFIED) return "needs match";
    if (system.editions().empty() || system.architectures().empty())
        return "needs editions and architectures";
    const auto last = parse_target(system.last());
    for (const auto& text : {system.first(), system.first_aarch64(), system.first_fips(), system.last(),
                             system.warn_from(), system.disputed_last()}) {
        if (!is_version_or_empty(text)) return "'" + text + "' is not a version";
        const auto version = parse_target(text);
        if (version && last && *last < *version) return "last is below " + text;
    }
    for (const auto& gap : system.gaps()) {
        const auto from = parse_target(gap.from());
        const auto below = parse_target(gap.below());
        if (!from || !below || *below <= *from) return "has an empty gap";
    }
    if (!system.end_of_life().empty() && !is_month_or_date(system.end_of_life()))
        return "end_of_life is not a date";
    if (!system.glibc().empty() && (!is_version(system.glibc()) || system.glibc_source().empty()))
        return "glibc needs a version and glibc_source";
    return wrong_in_source(system);
}

std::string wrong_in_row(const v1::Release& release) {
    const auto patch = parse_target(release.newest_patch());
    if (!is_minor(release.minor()) || !patch) return "needs minor and newest_patch";
    if (!patch->same_minor(*parse_target(release.minor()))) return "newest_patch is of another minor";
    if (!release.date().empty() && !is_date(release.date())) return "date is not a date";
    for (const auto& text : release.never_released()) {
        const auto never = parse_target(text);
        if (!never || !never->same_minor(*patch) || *never >= *patch)
            return "never_released needs patches of the minor below newest_patch";
    }
    return {};
}

std::string wrong_in_row(const v1::Stop& stop) {
    if (!is_minor(stop.minor())) return "needs a minor";
    if (stop.conditional() == stop.condition().empty())
        return "a condition belongs to conditional stops, and only there";
    if (!is_version_or_empty(stop.at_least())) return "at_least is not a version";
    const auto at_least = parse_target(stop.at_least());
    if (at_least && !at_least->same_minor(*parse_target(stop.minor()))) return "at_least is of another minor";
    if (stop.conditional() != stop.has_needed_if())
        return "needed_if belongs to conditional stops, and each of them has one";
    if (stop.has_needed_if()) {
        if (auto wrong = wrong_in(stop.needed_if()); !wrong.empty()) return wrong;
    }
    return wrong_in_source(stop);
}

std::string wrong_in_row(const v1::CheckText& text) {
    if (text.id().empty() || text.title().empty()) return "needs id and title";
    std::set<std::string> keys;
    for (const auto& advice : text.advice()) {
        if (advice.key().empty() || !keys.insert(advice.key()).second)
            return "advice '" + advice.key() + "' is not unique";
        if (advice.consequence().empty() || advice.remedy().empty()) {
            return "advice '" + advice.key() + "' needs consequence and remedy";
        }
        if (auto wrong = wrong_in_commands(advice); !wrong.empty())
            return "advice '" + advice.key() + "': " + wrong;
    }
    return wrong_in_links(text);
}

std::string wrong_in_row(const v1::PackageRule& rule) {
    if (auto wrong = wrong_in_gitlab(rule.package()); !wrong.empty()) return wrong;
    if (!is_minor(rule.minimum_installed())) return "minimum_installed is not a minor";
    if (!is_server_version(rule.minimum_postgresql())) return "minimum_postgresql is not a version";
    return wrong_in_source(rule);
}

std::string wrong_in_row(const v1::Requirement& requirement) {
    if (requirement.component() == v1::ServerIs::COMPONENT_UNSPECIFIED) return "needs a component";
    if (auto wrong = wrong_in_gitlab(requirement.gitlab()); !wrong.empty()) return wrong;
    if (!is_server_version(requirement.minimum())) return "needs a minimum";
    for (const auto& text : {requirement.below(), requirement.recommended()}) {
        if (!text.empty() && !is_server_version(text)) return "'" + text + "' is not a version";
    }
    if (!in_order(requirement.minimum(), requirement.below())) return "below is not above the minimum";
    if (!in_order(requirement.recommended(), requirement.below()))
        return "below is not above what is recommended";
    const bool lower = requirement.recommended() != requirement.minimum() &&
                       !in_order(requirement.minimum(), requirement.recommended());
    return lower ? "recommended is below the minimum" : wrong_in_source(requirement);
}

std::string wrong_in_row(const v1::Room& room) {
    constexpr std::uint32_t percent_max = 1000;
    if (room.step().empty() || room.why().empty()) return "needs step and why";
    if ((room.bytes() == 0 && room.percent() == 0) || room.percent() > percent_max)
        return "needs bytes, or a percent up to 1000";
    return wrong_in_source(room);
}

std::string wrong_in_row(const v1::Bundle& bundle) {
    if (bundle.component() == v1::ServerIs::COMPONENT_UNSPECIFIED) return "needs a component";
    if (auto wrong = wrong_in_gitlab(bundle.gitlab()); !wrong.empty()) return wrong;
    if (bundle.versions().empty()) return "needs versions";
    for (const auto& version : bundle.versions()) {
        if (!is_server_version(version)) return "'" + version + "' is not a version";
    }
    if (std::ranges::find(bundle.versions(), bundle.default_version()) == bundle.versions().end())
        return "default_version is not among the versions";
    const auto major = bundle.upgrades_itself_to() + ".";
    const bool brought = std::ranges::any_of(
        bundle.versions(), [&](const std::string& version) { return version.starts_with(major); });
    if (!bundle.upgrades_itself_to().empty() && !brought)
        return "upgrades_itself_to is not the major of a version";
    return wrong_in_source(bundle);
}

std::string wrong_in_row(const v1::ExtensionNeed& need) {
    if (need.name().empty() || need.databases().empty()) return "needs name and databases";
    if (!is_version_or_empty(need.since())) return "since is not a version";
    if (need.required() && need.since().empty()) return "what is required is so since a version";
    return wrong_in_source(need);
}

std::string wrong_in_row(const v1::RemovedSetting& row) {
    if (row.id().empty() || row.remedy().empty()) return "needs id and remedy";
    if (auto wrong = wrong_in_setting(row.setting()); !wrong.empty()) return wrong;
    if (!is_version(row.removed())) return "needs the version that removed it";
    for (const auto& text : {row.deprecated(), row.removed_until()}) {
        if (!is_version_or_empty(text)) return "'" + text + "' is not a version";
    }
    if (in_order(row.removed(), row.deprecated()) && !row.deprecated().empty())
        return "removed before deprecated";
    if (!in_order(row.removed(), row.removed_until())) return "removed_until is not above removed";
    return wrong_in_source(row);
}

std::string wrong_in_row(const v1::KnownIssue& issue) {
    if (issue.id().empty() || issue.title().empty()) return "needs id and title";
    if (issue.harm() == v1::KnownIssue::HARM_UNSPECIFIED) return "needs its harm";
    if (!issue.in_passing().empty() && issue.landed_on().empty() && issue.started_from().empty())
        return "in_passing belongs to versions on which one can stay: landed_on or started_from";
    if (auto wrong = wrong_in_places(issue); !wrong.empty()) return wrong;
    if (issue.has_condition()) {
        if (auto wrong = wrong_in(issue.condition()); !wrong.empty()) return wrong;
    }
    if (issue.consequence().empty() || issue.remedy().empty()) return "needs consequence and remedy";
    if (auto wrong = wrong_in_commands(issue); !wrong.empty()) return wrong;
    if (auto wrong = wrong_in_links(issue); !wrong.empty()) return wrong;
    return wrong_in_source(issue);
}

// What it says beyond its title is for those that use it: some steps are but a sentence.
std::string wrong_in_row(const v1::StepText& step) {
    if (step.id().empty() || step.title().empty()) return "needs id and title";
    if (auto wrong = wrong_in_commands(step); !wrong.empty()) return wrong;
    if (step.seconds_from() > step.seconds_to()) return "seconds_from is above seconds_to";
    if ((step.seconds_to() == 0) != step.duration_source().empty())
        return "a duration has a source, and only a duration";
    if (auto wrong = wrong_in_links(step); !wrong.empty()) return wrong;
    return wrong_in_source(step);
}

}  // namespace preflight::readiness
