// validate(): what must hold of knowledge before anything is judged with it.
#include <algorithm>
#include <charconv>
#include <functional>
#include <set>

#include "model/clock.h"
#include "readiness/knowledge.h"
#include "readiness/version.h"

namespace preflight::readiness {
namespace {

bool is_version(const std::string& text) { return parse_target(text).has_value(); }
bool is_version_or_empty(const std::string& text) { return text.empty() || is_version(text); }
bool is_date(const std::string& text) { return text.size() == 10 && from_iso8601(text).has_value(); }
// "2029-03" or a whole date.
bool is_month_or_date(const std::string& text) { return is_date(text.size() == 7 ? text + "-01" : text); }

bool is_minor(const std::string& text) { return is_version(text) && std::ranges::count(text, '.') == 1; }

std::string wrong_in(const v1::OperatingSystemSupport& system) {
    if (system.name().empty() || system.ids().empty() || system.version().empty())
        return "needs name, ids and version";
    if (system.match() == v1::OperatingSystemSupport::MATCH_UNSPECIFIED) return "needs match";
    if (system.editions().empty() || system.architectures().empty())
        return "needs editions and architectures";
    const auto last = parse_target(system.last());
    for (const auto& text :
         {system.first(), system.first_aarch64(), system.first_fips(), system.last(), system.warn_from()}) {
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
    if (system.source().empty() || !is_date(system.date())) return "needs source and date";
    return {};
}

std::string wrong_in(const v1::Release& release) {
    const auto patch = parse_target(release.newest_patch());
    if (!is_minor(release.minor()) || !patch) return "needs minor and newest_patch";
    if (!patch->same_minor(*parse_target(release.minor()))) return "newest_patch is of another minor";
    if (!release.date().empty() && !is_date(release.date())) return "date is not a date";
    return {};
}

std::string wrong_in(const v1::Stop& stop) {
    if (!is_minor(stop.minor())) return "needs a minor";
    if (stop.conditional() == stop.condition().empty())
        return "a condition belongs to conditional stops, and only there";
    if (!is_version_or_empty(stop.at_least())) return "at_least is not a version";
    const auto at_least = parse_target(stop.at_least());
    if (at_least && !at_least->same_minor(*parse_target(stop.minor()))) return "at_least is of another minor";
    if (stop.source().empty() || !is_date(stop.date())) return "needs source and date";
    return {};
}

std::string wrong_in(const v1::CheckText& text) {
    if (text.id().empty() || text.title().empty()) return "needs id and title";
    std::set<std::string> keys;
    for (const auto& advice : text.advice()) {
        if (advice.key().empty() || !keys.insert(advice.key()).second)
            return "advice '" + advice.key() + "' is not unique";
        if (advice.consequence().empty() || advice.remedy().empty()) {
            return "advice '" + advice.key() + "' needs consequence and remedy";
        }
    }
    return {};
}

// The first thing wrong in a table, with the row's name; a name may be there once.
template <typename Rows>
std::string wrong_in_table(
    std::string_view table, const Rows& rows,
    const std::function<std::vector<std::string>(const typename Rows::value_type&)>& names) {
    std::set<std::string> seen;
    for (const auto& row : rows) {
        const auto row_names = names(row);
        auto where = std::string(table);
        where.append(" '").append(row_names.front()).append("': ");
        if (const auto wrong = wrong_in(row); !wrong.empty()) return where + wrong;
        for (const auto& name : row_names) {
            if (!seen.insert(name).second) return where.append(name).append(" is there twice");
        }
    }
    return {};
}

// A row of systems is found by os-release ID and version, so each such pair may lead to one row only.
std::vector<std::string> names_of(const v1::OperatingSystemSupport& system) {
    std::vector<std::string> names{system.name()};
    for (const auto& id : system.ids()) names.push_back(id + "/" + system.version());
    return names;
}

}  // namespace

std::string validate(const v1::Knowledge& knowledge) {
    if (!is_date(knowledge.version())) return "version is not a date";
    if (!is_minor(knowledge.newest_known())) return "newest_known is not a minor version";
    auto wrong = wrong_in_table("operating system", knowledge.operating_systems(), names_of);
    if (wrong.empty()) {
        wrong = wrong_in_table("release", knowledge.releases(),
                               [](const v1::Release& row) { return std::vector{row.minor()}; });
    }
    if (wrong.empty()) {
        wrong = wrong_in_table("stop", knowledge.stops(),
                               [](const v1::Stop& row) { return std::vector{row.minor()}; });
    }
    if (wrong.empty()) {
        wrong = wrong_in_table("check", knowledge.checks(),
                               [](const v1::CheckText& row) { return std::vector{row.id()}; });
    }
    if (!wrong.empty()) return wrong;
    const bool horizon_known = std::ranges::any_of(knowledge.releases(), [&](const v1::Release& row) {
        return row.minor() == knowledge.newest_known();
    });
    return horizon_known ? "" : "newest_known '" + knowledge.newest_known() + "' is not among the releases";
}

}  // namespace preflight::readiness
