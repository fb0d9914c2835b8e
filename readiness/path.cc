#include "readiness/path.h"

#include <algorithm>
#include <utility>

namespace preflight::readiness {
namespace {

struct DatedStop {
    Version minor;
    std::optional<Version> at_least;
    const v1::Stop* stop;
};

// The knowledge's stops in order of version. Those that do not parse are none: validate() refuses them when
// loading.
std::vector<DatedStop> ordered_stops(const v1::Knowledge& knowledge) {
    std::vector<DatedStop> stops;
    for (const auto& stop : knowledge.stops()) {
        if (const auto minor = parse_version(stop.minor())) {
            stops.push_back({minor->minor_release(), parse_version(stop.at_least()), &stop});
        }
    }
    std::ranges::sort(stops, {}, &DatedStop::minor);
    return stops;
}

const v1::Release* release_of(const Version& version, const v1::Knowledge& knowledge) {
    for (const auto& release : knowledge.releases()) {
        const auto known = parse_version(release.minor());
        if (known && known->same_minor(version)) return &release;
    }
    return nullptr;
}

v1::Hop hop_of(const DatedStop& stop, std::string version) {
    v1::Hop hop;
    hop.set_version(std::move(version));
    hop.set_stop(true);
    hop.set_conditional(stop.stop->conditional());
    hop.set_condition(stop.stop->condition());
    hop.set_reason(stop.stop->reason());
    return hop;
}

std::string version_of_stop(const DatedStop& stop, const v1::Knowledge& knowledge) {
    const auto patch = std::max(newest_patch(stop.minor, knowledge), stop.at_least);
    return patch ? patch->text() : stop.minor.minor_text();
}

v1::Hop last_hop(const Version& from, const Version& target, const std::vector<DatedStop>& stops) {
    for (const auto& stop : stops) {
        if (stop.minor.same_minor(target) && !from.same_minor(target)) return hop_of(stop, target.text());
    }
    v1::Hop hop;
    hop.set_version(target.text());
    return hop;
}

Path::Kind kind_of(const Version& from, const Version& target, const v1::Knowledge& knowledge,
                   const std::vector<DatedStop>& stops) {
    if (target < from) return Path::Kind::downgrade;
    if (target == from) return Path::Kind::already_there;
    const auto horizon = parse_version(knowledge.newest_known());
    if (!horizon || target.minor_release() > horizon->minor_release()) return Path::Kind::beyond_knowledge;
    if (stops.empty() || from.minor_release() < stops.front().minor) return Path::Kind::below_knowledge;
    const auto newest = newest_patch(target, knowledge);
    if (!newest) return Path::Kind::no_such_release;
    if (never_released(target, knowledge)) return Path::Kind::never_released;
    return target > *newest ? Path::Kind::beyond_patch : Path::Kind::found;
}

}  // namespace

std::string unknown_way(Path::Kind kind, const Version& from, const Version& target,
                        const v1::Knowledge& knowledge) {
    switch (kind) {
        case Path::Kind::beyond_knowledge:
            return "the knowledge ends with GitLab " + knowledge.newest_known() + ", the target is " +
                   target.text();
        case Path::Kind::below_knowledge:
            return "the knowledge has no stops for an instance as old as " + from.text();
        case Path::Kind::no_such_release:
            return "the knowledge has no release GitLab " + target.minor_text();
        case Path::Kind::never_released:
            return "GitLab " + target.text() + " was never released; the newest patch of GitLab " +
                   target.minor_text() + " is " + newest_patch(target, knowledge).value_or(target).text();
        case Path::Kind::beyond_patch:
            return "the knowledge has no GitLab " + target.text() + "; the newest patch it has is " +
                   newest_patch(target, knowledge).value_or(target).text();
        default:
            return {};
    }
}

std::optional<Version> asked_target(std::string_view text, const v1::Knowledge& knowledge) {
    const bool latest = text == "latest";
    const auto target = parse_target(latest ? knowledge.newest_known() : text);
    if (!target || std::ranges::count(text, '.') == 2) return target;
    return newest_patch(*target, knowledge).value_or(*target);
}

std::optional<Version> newest_patch(const Version& minor, const v1::Knowledge& knowledge) {
    const auto* release = release_of(minor, knowledge);
    return release == nullptr ? std::nullopt : parse_version(release->newest_patch());
}

bool never_released(const Version& version, const v1::Knowledge& knowledge) {
    const auto* release = release_of(version, knowledge);
    return release != nullptr && std::ranges::any_of(release->never_released(), [&](const auto& text) {
               return parse_version(text) == version;
           });
}

bool lies_on_way(const v1::Stop& stop, const Version& from, const Version& target) {
    const auto minor = parse_version(stop.minor());
    if (!minor || stop.announced() || minor->minor_release() >= target.minor_release()) return false;
    if (minor->minor_release() > from.minor_release()) return true;
    const auto at_least = parse_version(stop.at_least());
    return minor->same_minor(from) && at_least && from < *at_least;
}

Path find_path(const Version& from, const Version& target, const v1::Knowledge& knowledge,
               const Dropped& dropped) {
    const auto stops = ordered_stops(knowledge);
    Path path{kind_of(from, target, knowledge, stops), {}, {}};
    if (path.kind != Path::Kind::found && path.kind != Path::Kind::beyond_patch) return path;
    for (const auto& stop : stops) {
        if (stop.minor.same_minor(target)) path.target_at_least = stop.at_least;
        const bool spared = stop.stop->conditional() && dropped && dropped(*stop.stop);
        if (!spared && lies_on_way(*stop.stop, from, target))
            path.hops.push_back(hop_of(stop, version_of_stop(stop, knowledge)));
    }
    path.hops.push_back(last_hop(from, target, stops));
    return path;
}

}  // namespace preflight::readiness
