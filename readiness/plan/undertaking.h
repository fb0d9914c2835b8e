// Undertaking: one fleet's upgrade as its plan is written: who works in which order, over which hops.
//
// Views into crew, route and knowledge: it lives no longer than they do.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "preflight/v1/plan.pb.h"
#include "readiness/plan/crew.h"
#include "readiness/plan/databases.h"
#include "readiness/plan/migrating.h"
#include "readiness/plan/writer.h"
#include "readiness/route.h"

namespace preflight::readiness {

struct SiteWork {
    const PlanSite* site = nullptr;
    Migrating rails;     // its node is nullptr where no Rails node is known
    Migrating praefect;  // the same of Praefect
};

struct Undertaking {
    const Crew& crew;
    const Route& route;
    const v1::Knowledge& knowledge;
    std::vector<SiteWork> sites;  // as in the crew
    std::vector<DatabaseUpgrade> databases;
    bool past_pgbouncer = false;  // Rails reaches its database through PgBouncer: migrations must not
    v1::Plan::Manner manner = v1::Plan::MANNER_UNSPECIFIED;
    Measured background = {};    // of the background migrations that are unfinished now
    bool to_enterprise = false;  // Community Edition runs and is to become Enterprise Edition
    v1::Edition edition = v1::EDITION_UNSPECIFIED;  // that every node is to become; unset: as it is
    bool searches = false;                          // advanced search is used: it has migrations of its own

    const SiteWork& primary() const { return sites.front(); }
    const Leg& leg(std::size_t at) const { return route.legs[at]; }
    bool last(std::size_t at) const { return at + 1 == route.legs.size(); }
};

// Those that have an older version than the hop's.
PlanNodes due(const PlanNodes& nodes, const Leg& leg);
PlanNodes without(const PlanNodes& nodes, const PlanNode* one);
PlanNodes all_nodes(const Crew& crew);
PlanNodes application_nodes(const Crew& crew);
PlanNodes application_nodes(const PlanSite& site);
// Sidekiq and Puma of a site, where gitlab-ctl stops and starts them: pods are the chart's.
void stop_application(Writer& writer, const PlanSite& site);
void start_application(Writer& writer, const PlanSite& site);
// For a sentence.
std::string clipped_name(const PlanNode& node);
std::string clipped_names(const PlanNodes& nodes);  // of many only the first
// Nodes with the package's PostgreSQL: members of a cluster, the leader last where it was seen.
PlanNodes databases_of(const PlanSite& site);
// The one that takes writes: alone, or the leader; nullptr: not known which. A member of a cluster that was
// not seen to lead is none, though it be the only one that reports.
const PlanNode* main_database(const PlanSite& site);
// The leader of a Patroni cluster that has a replica at one of these places, which are done behind its own:
// it comes behind that replica, for the last of a cluster is the one that leads. nullptr: it keeps its place.
const PlanNode* leader_behind(const PlanSite& site, std::initializer_list<Place> places);
// For a note: which node takes writes, as it was seen: "At the inspection db2 led."; empty: not known.
std::string seen_to_write(const PlanSite& site);
// The step by which these nodes reach that one directly, for what PgBouncer does not pass on.
void bypass_pgbouncer(Writer& writer, const PlanSite& site, const PlanNodes& nodes, const std::string& where);
// Nodes of a secondary site that may hold the copy of the primary's database as a server of its own: not
// those of Patroni, which copies by itself, nor those that were seen to run the tracking database alone.
PlanNodes copies_of(const PlanSite& site);
// Nodes of a secondary site that may hold its tracking database.
PlanNodes tracking_databases(const PlanSite& site);
// For a note: "Only on one of db1, db2: which of them holds the copy was not seen."
std::string only_one_of(const PlanNodes& nodes, std::string_view holds = "the copy");

// Where a server of Consul or a member of Patroni's cluster runs beside other services those restart one node
// at a time, the leader last.
Work minding_clusters(Work work);
// Installs on these nodes by `text`, or by the way of those that have no package. What runs in pods is not
// theirs: it goes with the chart (install_chart).
void install(Writer& writer, const Work& work);
void install_chart(Writer& writer, const PlanSite& site, const Leg& leg);
// Of Gitaly nodes that were upgraded: on one of the site's Praefects, where it has any.
void check_dataloss(Writer& writer, const PlanSite& site, const PlanNodes& upgraded);

}  // namespace preflight::readiness
