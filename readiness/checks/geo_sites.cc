#include "readiness/checks/geo_sites.h"

#include <algorithm>

#include "readiness/age.h"
#include "readiness/condition.h"
#include "readiness/geo_tracking.h"
#include "readiness/installed.h"
#include "readiness/sites.h"
#include "readiness/telling.h"

namespace preflight::readiness {
namespace {

using Verdicts = std::vector<v1::Verdict>;

constexpr std::int64_t status_age_limit = 3600;  // older counts as unhealthy with GitLab's own rule
constexpr std::uint64_t lag_limit_seconds = 300;

std::string name_of(const Site& site) { return clipped(site.what().name(), 120); }

std::string percent(std::uint64_t part, std::uint64_t whole) {
    if (whole == 0) return "100 %";
    const auto share = static_cast<double>(part) / static_cast<double>(whole);
    return std::to_string(static_cast<std::uint64_t>(100 * std::min(share, 1.0))) + " %";
}

bool is_incomplete(const v1::GeoSite::DataType& data) {
    return data.failed() > 0 || data.verification_failed() > 0 || data.synced() < data.total() ||
           data.verified() < data.to_verify();
}

class Judging {
  public:
    Judging(const Fleet& fleet, const Upgrade& upgrade, const Site* primary, bool one_secondary)
        : at_(upgrade.at), primary_(primary), one_secondary_(one_secondary), trackings_(fleet) {}

    Verdicts judge(const Site& site) {
        said_.clear();
        const auto& what = site.what();
        if (!what.denied().empty()) {
            const std::vector<std::string> denied(what.denied().begin(), what.denied().end());
            say(site, verdict(v1::UNKNOWN, "denied", "hides " + listed_first(denied, 3)));
        }
        if (!what.primary() && !what.enabled()) {
            say(site, verdict(v1::WARNING, "disabled", "is switched off: it is no copy to fall back on"));
        } else if (!what.status_known() || !sensible(what.reported_at())) {
            say(site, verdict(v1::UNKNOWN, "no_status", "never reported a status"));
        } else {
            judge_reported(site);
        }
        if (!what.primary() && what.enabled()) judge_tracking(site);
        if (said_.empty()) say(site, verdict(v1::READY, "in_order", "is in order"));
        return said_;
    }

  private:
    // `found` says what is to be said behind the site's name; it is of the site, whoever told it.
    void say(const Site& site, v1::Verdict found) {
        const auto head = "the site " + name_of(site) + " ";
        found.set_summary(clipped(head + found.summary(), 1000));
        if (!found.lasting().empty()) found.set_lasting(clipped(head + found.lasting(), 1000));
        about(found, *site.node, *site.finding, site_text(site));
        // Of its status the time and the lag pass.
        found.mutable_evidence()->rbegin()->set_lasting(head + "with GitLab " +
                                                        clipped(site.what().version(), 40));
        make_of_instance(found);
        said_.push_back(std::move(found));
    }

    void judge_reported(const Site& site) {
        judge_age(site);
        if (site.what().primary()) return judge_slots(site);
        judge_status(site);
        judge_site(site);
        judge_events(site);
        judge_data(site);
    }

    // Against the look that found it: how long ago that was is no fault of the site's. A look without a time
    // counts as of now.
    void judge_age(const Site& site) {
        const auto& looked_at = site.finding->taken_at();
        const auto age =
            age_seconds(sensible(looked_at) ? looked_at : at_, site.what().reported_at()).value_or(0);
        if (age < -clock_tolerance_seconds)
            say(site, verdict(v1::UNKNOWN, "clock",
                              "has a status of later than it was looked at: a clock is wrong"));
        if (age > status_age_limit)
            say(site, verdict(v1::BLOCKER, "status_old",
                              "had reported nothing for more than an hour when it was looked at"));
    }

    // As the site tells it itself.
    void judge_tracking(const Site& site) {
        for (auto& found :
             trackings_.judge(site.what().name(), one_secondary_, "the site " + name_of(site) + " ")) {
            said_.push_back(std::move(found));
        }
    }

    void judge_slots(const Site& site) {
        const auto& what = site.what();
        if (what.slots() <= what.slots_used()) return;
        say(site, verdict(v1::WARNING, "slot_unused",
                          "has " + counted(what.slots() - what.slots_used(), "replication slot") +
                              " that nobody uses: its disk fills"));
    }

    void judge_status(const Site& site) {
        const auto& what = site.what();
        if (!what.message().empty() && what.message() != "Healthy")
            say(site, verdict(v1::BLOCKER, "unhealthy", "is not healthy: " + clipped(what.message(), 200)));
        if (!what.lag_known()) {
            say(site, verdict(v1::UNKNOWN, "lag_unknown", "does not tell how far its database is behind"));
        } else if (what.replication_lag_seconds() > lag_limit_seconds) {
            say(site,
                verdict(v1::BLOCKER, "database_behind",
                        "has a database that is " +
                            passing(std::to_string(what.replication_lag_seconds()) + " s") + " behind"));
        }
        if (!what.login_ready())
            say(site, verdict(v1::WARNING, "no_login", "has no OAuth application: nobody can sign in"));
        if (what.selective_sync().empty()) return;
        say(site, verdict(v1::NOTE, "selective",
                          "copies only a part (by " + clipped(what.selective_sync(), 60) +
                              "): it is no whole copy to fall back on"));
    }

    // Against the primary.
    void judge_site(const Site& site) {
        if (primary_ == nullptr || !primary_->what().status_known()) return;
        const auto& what = site.what();
        const auto& other = primary_->what();
        if (what.version().empty() || other.version().empty()) {
            say(site, verdict(v1::UNKNOWN, "version_unseen", "or the primary does not tell its version"));
        } else if (what.version() != other.version()) {
            say(site, verdict(v1::BLOCKER, "version_differs",
                              "runs GitLab " + clipped(what.version(), 40) + ", the primary " +
                                  clipped(other.version(), 40)));
        }
        if (what.storages_digest().empty() || other.storages_digest().empty()) {
            say(site, verdict(v1::UNKNOWN, "storages_unseen",
                              "or the primary does not tell which storages it configures"));
        } else if (what.storages_digest() != other.storages_digest()) {
            say(site, verdict(v1::BLOCKER, "storages_differ",
                              "does not configure the storages that the primary has"));
        }
    }

    void judge_events(const Site& site) {
        const auto& what = site.what();
        if (!what.has_last_event_id() || !what.has_cursor_event_id()) {
            return say(site,
                       verdict(v1::UNKNOWN, "events_unseen", "does not tell which events it has processed"));
        }
        if (what.last_event_id() <= what.cursor_event_id()) return;
        const auto behind = what.last_event_id() - what.cursor_event_id();
        if (what.cursor_event_id() == 0) {
            say(site, verdict(v1::BLOCKER, "no_cursor", "has never processed an event"));
        } else if (behind > events_limit) {
            say(site, verdict(v1::WARNING, "events_behind",
                              "is " + passing(std::to_string(behind)) + " events behind"));
        }
    }

    void judge_data(const Site& site) {
        if (site.what().data().empty())
            say(site, verdict(v1::UNKNOWN, "data_unseen", "does not tell what of its data is copied"));
        std::vector<std::string> incomplete;
        for (const auto& data : site.what().data()) {
            if (!is_incomplete(data)) continue;
            incomplete.push_back(clipped(data.name(), 60) + " " +
                                 passing(percent(data.synced(), data.total()) + " synced, " +
                                         percent(data.verified(), data.to_verify()) + " verified, " +
                                         std::to_string(data.failed()) + " failed, " +
                                         std::to_string(data.verification_failed()) + " not verified"));
        }
        if (incomplete.empty()) return;
        say(site, verdict(v1::WARNING, "incomplete", "has not all data: " + listed_first(incomplete, 5)));
    }

    google::protobuf::Timestamp at_;
    const Site* primary_;
    bool one_secondary_;
    GeoTrackings trackings_;
    Verdicts said_;
};

// No row of a site was told: is Geo used at all?
v1::Verdict without_sites(const Fleet& fleet, const Upgrade& upgrade, const v1::Knowledge& knowledge) {
    v1::Condition asked;
    asked.mutable_geo();
    auto geo = evaluate(asked, fleet, upgrade, knowledge);
    if (geo.truth == Truth::fails) return verdict(v1::NOT_APPLICABLE, "no_geo", "Geo is not used");
    auto unseen = verdict(v1::UNKNOWN, "unseen",
                          geo.truth == Truth::holds ? "Geo is used, and no database told of its sites"
                                                    : "whether Geo is used was not seen");
    unseen.mutable_nodes()->Swap(geo.shown.mutable_nodes());
    unseen.mutable_evidence()->Swap(geo.shown.mutable_evidence());
    return unseen;
}

// A node of a site that no database told of.
v1::Verdict untold_site(const Fleet& fleet, const std::vector<Site>& sites) {
    auto unseen = verdict(v1::UNKNOWN, "unseen", "no database told of the site that this node is of");
    const bool secondary_told =
        std::ranges::any_of(sites, [](const Site& site) { return !site.what().primary(); });
    for (const auto& node : fleet.nodes) {
        for (const auto& [role, finding] :
             findings_of<&v1::Finding::has_geo_role, &v1::Finding::geo_role>(node)) {
            const auto is_named = [&](const Site& site) { return site.what().name() == role->site_name(); };
            const bool named = role->site_name().empty() || std::ranges::any_of(sites, is_named);
            const bool secondary = role->role() == v1::GeoRole::SECONDARY;
            const bool of_geo = secondary || role->role() == v1::GeoRole::PRIMARY;
            if (of_geo && (!named || (secondary && !secondary_told)))
                about(unseen, node, *finding, "is of the site " + clipped(role->site_name(), 120));
        }
    }
    return unseen;
}

// A node that does not say its role may be of a site that no database told of.
v1::Verdict untold_role(const Fleet& fleet) {
    auto unseen = verdict(v1::UNKNOWN, "unseen", "of which site a node is was not seen");
    for (const auto& node : fleet.nodes) {
        const bool told = !findings_of<&v1::Finding::has_geo_role, &v1::Finding::geo_role>(node).empty();
        if (!told && !without_gitlab(node)) about_unseen(unseen, node, "geo");
    }
    return unseen;
}

// What promotes a site writes a file that outweighs the rest, which still give it the role that it had.
v1::Verdict disputed_role(const Fleet& fleet) {
    auto disputed =
        verdict(v1::WARNING, "role_disputed", "files of a node give it more than one role in Geo");
    for (const auto& node : fleet.nodes) {
        for (const auto& [role, finding] :
             findings_of<&v1::Finding::has_geo_role, &v1::Finding::geo_role>(node)) {
            const std::vector<std::string> others(role->contradictions().begin(),
                                                  role->contradictions().end());
            if (others.empty()) continue;
            about(disputed, node, *finding,
                  clipped(role->source(), 120) + " counts, and there is " + listed_first(others, 3));
        }
    }
    return disputed;
}

// Nobody who told of sites looked to the end: there may be more of them.
v1::Verdict half_told(const Fleet& fleet) {
    auto unseen = verdict(v1::UNKNOWN, "unseen", "not all that the database says of Geo's sites was seen");
    for (const auto& node : fleet.nodes) {
        if (findings_of<&v1::Finding::has_geo_site, &v1::Finding::geo_site>(node).empty()) continue;
        if (saw_all(node, "postgres")) return {};
        about_unseen(unseen, node, "postgres");
    }
    return unseen;
}

Verdicts judge(const Fleet& fleet, const Upgrade& upgrade, const v1::Knowledge& knowledge) {
    const auto sites = sites_of(fleet);
    if (sites.empty()) return {without_sites(fleet, upgrade, knowledge)};
    const auto is_primary = [](const Site& site) { return site.what().primary(); };
    const auto primary = std::ranges::find_if(sites, is_primary);
    const auto primaries = std::ranges::count_if(sites, is_primary);
    Judging judging(fleet, upgrade, primary == sites.end() ? nullptr : &*primary,
                    std::ssize(sites) - primaries == 1);
    Verdicts verdicts;
    if (primaries == 0)
        verdicts.push_back(verdict(v1::UNKNOWN, "no_primary", "no site is said to be the primary"));
    if (primaries > 1)
        verdicts.push_back(
            verdict(v1::BLOCKER, "two_primaries", "more than one site is said to be the primary"));
    keep(verdicts, untold_site(fleet, sites));
    keep(verdicts, untold_role(fleet));
    keep(verdicts, disputed_role(fleet));
    keep(verdicts, half_told(fleet));
    if (sites.size() == static_cast<std::size_t>(primaries))
        verdicts.push_back(verdict(v1::NOTE, "no_secondary", "Geo has no secondary site"));
    for (const auto& site : sites) {
        for (auto& found : judging.judge(site)) verdicts.push_back(std::move(found));
    }
    return verdicts;
}

}  // namespace

constexpr Check geo_sites{
    .id = "geo.sites",
    .asks = "Is every Geo site in order?",
    .judge = judge,
};

}  // namespace preflight::readiness
