#include "readiness/checks/postgresql_nodes_agree.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "readiness/collations.h"
#include "readiness/condition.h"
#include "readiness/installed.h"
#include "readiness/node_match.h"
#include "readiness/servers.h"
#include "readiness/sites.h"
#include "readiness/system_moves.h"
#include "readiness/telling.h"

namespace preflight::readiness {
namespace {

using Verdicts = std::vector<v1::Verdict>;

struct Cases {
    v1::Verdict unseen =
        verdict(v1::UNKNOWN, "unseen", "not everything was seen in which PostgreSQL's servers must agree");
    v1::Verdict sorts = verdict(v1::BLOCKER, "sorts_differently",
                                "servers with copies of one database have C libraries that sort text "
                                "differently");
    v1::Verdict differs = verdict(v1::WARNING, "library_differs",
                                  "servers with copies of one database have other versions of the C library");
    v1::Verdict major =
        verdict(v1::BLOCKER, "major_differs", "Geo's sites have PostgreSQL of more than one major version");
    v1::Verdict ready = verdict(v1::READY, "agree", "PostgreSQL's servers agree in what they must");
};

// A node on which PostgreSQL's data lie.
struct Holder {
    const FleetNode* node = nullptr;
    const v1::Finding* finding = nullptr;  // that tells its system; nullptr: none does
    std::string glibc;                     // empty: not known
    std::set<std::string> clusters;        // whose data they are; empty: not told, so it may be any
};
using Holders = std::vector<const Holder*>;

// What runs in a container has the library of its image.
bool in_image(const FleetNode& node, const v1::OperatingSystem& system) {
    return !system.container() && std::ranges::any_of(installations(node), [](const Installed& installed) {
        return installed.what->method() == v1::Installation::DOCKER;
    });
}

Holder holder_of(const FleetNode& node) {
    Holder holder{&node, nullptr, {}, {}};
    for (const auto& [system, finding] :
         findings_of<&v1::Finding::has_operating_system, &v1::Finding::operating_system>(node)) {
        holder.finding = finding;
        if (finished(node, "system") && !in_image(node, *system)) holder.glibc = system->glibc();
    }
    for (const auto& [instance, finding] :
         findings_of<&v1::Finding::has_postgres_instance, &v1::Finding::postgres_instance>(node)) {
        const auto& address = instance->address();
        const bool own = address.starts_with('/') || is_loopback(split_address(address, 0).host);
        if (own && !instance->system_identifier().empty())
            holder.clusters.insert(instance->system_identifier());
    }
    return holder;
}

void show(v1::Verdict& verdict, const Holder& holder) {
    if (holder.finding == nullptr || holder.glibc.empty())
        return about_unseen(verdict, *holder.node, "system");
    about(verdict, *holder.node, *holder.finding,
          "C library " + clipped(holder.glibc, 40) +
              (verdict.level() == v1::UNKNOWN && holder.clusters.empty() ? "; whose data it has was not told"
                                                                         : ""));
}

// A database and its copies, as far as they are told apart.
struct Group {
    Holders told;    // by the cluster that they name
    Holders untold;  // they name none: their data may be of this one
};

std::vector<Group> groups_of(const std::vector<Holder>& holders) {
    std::map<std::string, Holders> clusters;
    Holders anywhere;
    for (const auto& holder : holders) {
        for (const auto& cluster : holder.clusters) clusters[cluster].push_back(&holder);
        if (holder.clusters.empty()) anywhere.push_back(&holder);
    }
    if (clusters.empty()) return {{{}, std::move(anywhere)}};
    std::vector<Group> groups;
    groups.reserve(clusters.size());
    for (auto& [cluster, members] : clusters) groups.push_back({std::move(members), anywhere});
    return groups;
}

// Which case it is that they make as copies of one database; nullptr: none.
v1::Verdict* case_of(const Holders& group, Cases& cases) {
    if (group.size() < 2) return nullptr;
    const auto& first = group.front()->glibc;
    bool same = true;
    bool alike = true;
    for (const auto* holder : group) {
        const auto differs = order_differs(first, holder->glibc);
        if (!differs) return &cases.unseen;
        alike = alike && !*differs;
        same = same && first == holder->glibc;
    }
    if (!alike) return &cases.sorts;
    return same ? nullptr : &cases.differs;
}

// Only servers that name one cluster are known to hold copies; of others it is a guess, which blocks nothing.
void judge_libraries(const std::vector<Holder>& holders, Cases& cases) {
    std::set<const Holder*> said;
    const auto say = [&said](v1::Verdict& found, const Holders& group) {
        for (const auto* holder : group) {
            show(found, *holder);
            said.insert(holder);
        }
    };
    for (const auto& [told, untold] : groups_of(holders)) {
        if (case_of(told, cases) == &cases.sorts) {
            say(cases.sorts, told);
            say(cases.unseen, untold);
            continue;
        }
        auto possible = told;
        possible.insert(possible.end(), untold.begin(), untold.end());
        auto* found = case_of(possible, cases);
        if (found == &cases.sorts) found = &cases.unseen;
        if (found != nullptr) say(*found, possible);
    }
    for (const auto& holder : holders) {
        if (said.contains(&holder)) continue;
        if (holder.finding == nullptr || holder.glibc.empty()) {
            about_inspection(cases.ready, *holder.node, "it has no copy of its database to agree with");
        } else {
            show(cases.ready, holder);
        }
    }
}

// Of the main database alone: each secondary's copy streams from the primary's.
void judge_majors(const Fleet& fleet, const Upgrade& upgrade, Cases& cases) {
    std::map<std::string, const FleetNode*> sites;
    for (const auto& node : fleet.nodes) {
        if (const auto site = site_of(node); !site.empty()) sites.try_emplace(site, &node);
    }
    google::protobuf::RepeatedPtrField<std::string> main;
    *main.Add() = "main";
    std::set<int> majors;
    std::set<int> asked;  // of those that answered as the main database; a directory may be another's
    std::set<std::string> told;
    auto shown = v1::Verdict();
    const auto servers = servers_of(v1::ServerIs::POSTGRESQL, fleet, upgrade);
    for (const auto& server : servers.found) {
        if (!used_for(server, main)) continue;
        const auto site = site_of(*server.node);
        const auto version = parse_server_version(server.version);
        if (site.empty()) about_unseen(cases.unseen, *server.node, "geo");
        if (site.empty() || !version) continue;
        majors.insert(version->major);
        if (!server.major_only) asked.insert(version->major);
        told.insert(site);
        about(shown, *server.node, *server.finding, site + ": PostgreSQL " + clipped(server.version, 40));
    }
    for (const auto& [site, node] : sites) {
        if (!told.contains(site)) about_unseen(cases.unseen, *node, "postgres");
    }
    const auto rows = sites_of(fleet);
    if (rows.size() > sites.size()) {
        about(cases.unseen, *rows.back().node, *rows.back().finding,
              "Geo has " + counted(rows.size(), "site") + ", nodes tell of " + std::to_string(sites.size()));
    }
    auto& doubtful = majors.size() > 1 ? cases.unseen : cases.ready;
    auto& found = asked.size() > 1 ? cases.major : doubtful;
    found.mutable_nodes()->MergeFrom(shown.nodes());
    found.mutable_evidence()->MergeFrom(shown.evidence());
}

// What is to be said besides where it is not known whether there are sites.
Verdicts with_doubt(Verdicts found, const Decided& geo) {
    std::erase_if(found, [](const v1::Verdict& one) { return one.level() == v1::NOT_APPLICABLE; });
    auto doubt = verdict(v1::UNKNOWN, "unseen",
                         "whether Geo is used, whose sites must have one PostgreSQL, was not seen");
    *doubt.mutable_nodes() = geo.shown.nodes();
    *doubt.mutable_evidence() = geo.shown.evidence();
    found.push_back(std::move(doubt));
    return found;
}

Verdicts judge(const Fleet& fleet, const Upgrade& upgrade, const v1::Knowledge& knowledge) {
    Cases cases;
    std::vector<Holder> holders;
    for (const auto& node : fleet.nodes) {
        if (without_gitlab(node) || !may_hold_database(node)) continue;
        if (roles_seen(node)) {
            holders.push_back(holder_of(node));
        } else {
            about_unseen(cases.unseen, node, "services");
        }
    }
    judge_libraries(holders, cases);
    v1::Condition asked;
    asked.mutable_geo();
    const auto geo = evaluate(asked, fleet, upgrade, knowledge);
    if (geo.truth == Truth::holds) judge_majors(fleet, upgrade, cases);
    const bool doubt = geo.truth == Truth::unknown && !fleet.nodes.empty();
    // Who is not seen may be the one that differs.
    if (doubt || !cases.unseen.nodes().empty()) cases.ready.clear_nodes();
    auto found = kept({&cases.unseen, &cases.sorts, &cases.differs, &cases.major, &cases.ready}, fleet,
                      "none", "no node of this fleet holds PostgreSQL's data");
    return doubt ? with_doubt(std::move(found), geo) : found;
}

}  // namespace

constexpr Check postgresql_nodes_agree{
    .id = "postgresql.nodes_agree",
    .asks = "Do servers with copies of one database sort text alike, and have all Geo sites one PostgreSQL?",
    .judge = judge,
};

}  // namespace preflight::readiness
