#include "readiness/geo_tracking.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "readiness/sites.h"
#include "readiness/telling.h"
#include "readiness/verdict.h"

namespace preflight::readiness {
namespace {

using Registry = v1::GeoTracking::Registry;

bool is_newer(const v1::Finding& one, const v1::Finding& other) {
    return std::pair(one.taken_at().seconds(), one.taken_at().nanos()) >
           std::pair(other.taken_at().seconds(), other.taken_at().nanos());
}

// By its own files; nothing: it is no node of a secondary.
const v1::GeoRole* role_in_secondary(const FleetNode& node) {
    for (const auto& [role, finding] :
         findings_of<&v1::Finding::has_geo_role, &v1::Finding::geo_role>(node)) {
        if (role->role() == v1::GeoRole::SECONDARY) return role;
    }
    return nullptr;
}

std::string text_of(const v1::GeoTracking& tracking) {
    const auto event = [](bool told, std::uint64_t id) {
        return told ? passing(std::to_string(id)) : std::string("not told");
    };
    return "tracking database " + clipped(tracking.database(), 60) + ": last event processed " +
           event(tracking.has_cursor_event_id(), tracking.cursor_event_id()) + ", newest " +
           event(tracking.has_last_event_id(), tracking.last_event_id());
}

bool is_incomplete(const Registry& registry) {
    return registry.pending() > 0 || registry.started() > 0 || registry.failed() > 0 ||
           registry.verification_pending() > 0 || registry.verification_failed() > 0;
}

// "3 to be copied, 7 failed".
std::string left_in(const Registry& registry) {
    std::vector<std::string> parts;
    const auto tell = [&](std::uint64_t count, const char* what) {
        if (count > 0) parts.push_back(std::to_string(count) + what);
    };
    tell(registry.pending() + registry.started(), " to be copied");
    tell(registry.failed(), " failed");
    tell(registry.verification_pending(), " to be verified");
    tell(registry.verification_failed(), " not verified");
    return listed(parts);
}

// Whether any is left to be run is said of all databases alike.
bool compared_migrations(const FleetNode& node, const std::string& database) {
    const auto compared =
        findings_of<&v1::Finding::has_schema_migrations, &v1::Finding::schema_migrations>(node);
    return std::ranges::any_of(compared,
                               [&](const auto& entry) { return entry.first->database() == database; });
}

// Of one site, in its own words.
class Judging {
  public:
    Judging(const FleetNode& node, const v1::Finding& finding, const std::string& head)
        : node_(node), finding_(finding), head_(head) {}

    std::vector<v1::Verdict> judge() {
        const auto& tracking = finding_.geo_tracking();
        if (!tracking.denied().empty()) {
            const std::vector<std::string> denied(tracking.denied().begin(), tracking.denied().end());
            say(v1::UNKNOWN, "tracking_denied", "hides of its tracking database " + listed_first(denied, 3));
        }
        if (!compared_migrations(node_, tracking.database()))
            say(v1::UNKNOWN, "tracking_unseen",
                "does not tell whether its tracking database has every migration");
        judge_events(tracking);
        judge_registries(tracking);
        return std::move(said_);
    }

  private:
    void say(v1::Level level, std::string_view key, const std::string& what) {
        auto found = verdict(level, key, head_ + what);
        about(found, node_, finding_, text_of(finding_.geo_tracking()));
        make_of_instance(found);
        said_.push_back(std::move(found));
    }

    void judge_events(const v1::GeoTracking& tracking) {
        if (!tracking.has_cursor_event_id() || !tracking.has_last_event_id())
            return say(v1::UNKNOWN, "tracking_unseen",
                       "does not tell by its own databases which events it has processed");
        if (tracking.last_event_id() <= tracking.cursor_event_id()) return;
        const auto behind = tracking.last_event_id() - tracking.cursor_event_id();
        if (tracking.cursor_event_id() == 0) {
            say(v1::BLOCKER, "no_cursor", "has by its tracking database never processed an event");
        } else if (behind > events_limit) {
            say(v1::WARNING, "events_behind",
                "is by its tracking database " + passing(std::to_string(behind)) + " events behind");
        }
    }

    void judge_registries(const v1::GeoTracking& tracking) {
        std::vector<std::string> incomplete;
        std::vector<std::string> uncounted;
        for (const auto& registry : tracking.registries()) {
            const auto name = clipped(registry.name(), 60);
            if (!registry.counted()) {
                uncounted.push_back(name);
            } else if (is_incomplete(registry)) {
                incomplete.push_back(name + " " + passing(left_in(registry)));
            }
        }
        if (tracking.registries().empty() && tracking.denied().empty())
            say(v1::UNKNOWN, "tracking_unseen",
                "does not tell by its tracking database what of its data is copied");
        if (!incomplete.empty())
            say(v1::WARNING, "incomplete",
                "has by its tracking database not all data: " + listed_first(incomplete, 5));
        if (uncounted.empty()) return;
        say(v1::NOTE, "uncounted",
            "has registries that are too large or too busy to be counted: " + listed_first(uncounted, 5));
    }

    const FleetNode& node_;
    const v1::Finding& finding_;
    const std::string& head_;
    std::vector<v1::Verdict> said_;
};

}  // namespace

GeoTrackings::GeoTrackings(const Fleet& fleet) {
    for (const auto& node : fleet.nodes) {
        const auto* role = role_in_secondary(node);
        if (role == nullptr) continue;
        auto& known = sites_[std::string(without_slash(role->site_name()))];
        if (runs_application(node) || !roles_seen(node)) known.nodes.push_back(&node);
        for (const auto& [tracking, finding] :
             findings_of<&v1::Finding::has_geo_tracking, &v1::Finding::geo_tracking>(node)) {
            if (known.finding != nullptr && !is_newer(*finding, *known.finding)) continue;
            known.node = &node;
            known.finding = finding;
        }
    }
}

std::vector<v1::Verdict> GeoTrackings::judge(std::string_view site, bool alone,
                                             const std::string& head) const {
    auto known = sites_.find(without_slash(site));
    if (known == sites_.end() && alone) known = sites_.find(std::string_view());
    if (known != sites_.end() && known->second.finding != nullptr)
        return Judging(*known->second.node, *known->second.finding, head).judge();
    auto unseen = verdict(v1::UNKNOWN, "tracking_unseen",
                          head + "was not heard itself: no node of it told of its tracking database");
    if (known != sites_.end()) {
        for (const auto* node : known->second.nodes) about_unseen(unseen, *node, "postgres");
    }
    return {unseen};
}

}  // namespace preflight::readiness
