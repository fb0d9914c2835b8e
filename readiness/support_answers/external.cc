// What is outside GitLab's nodes, and which servers the nodes themselves run.
#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "readiness/installed.h"
#include "readiness/outside.h"
#include "readiness/search_stores.h"
#include "readiness/servers.h"
#include "readiness/support_answers/question.h"
#include "readiness/verdict.h"

namespace preflight::readiness {
namespace {

using Answer = v1::SupportAnswer;
using Coverage = v1::EndpointCoverage;

// Of nodes that serve a kind themselves.
std::vector<v1::NodeRoles::Role> roles_of(std::string_view kind) {
    if (kind == "PostgreSQL") return {v1::NodeRoles::POSTGRESQL, v1::NodeRoles::PATRONI};
    return {kind == "Redis" ? v1::NodeRoles::REDIS : v1::NodeRoles::GITALY};
}

constexpr auto component_of(std::string_view kind) {
    if (kind == "PostgreSQL") return v1::ServerIs::POSTGRESQL;
    return kind == "Redis" ? v1::ServerIs::REDIS : v1::ServerIs::GITALY;
}

// What servers at addresses say of themselves: ", version 17.5".
using Versions = std::map<std::string, std::string>;

Versions versions_of(std::string_view kind, const Asked& asked) {
    Versions versions;
    for (const auto& server : servers_of(component_of(kind), asked.fleet, asked.upgrade).found) {
        if (!server.version.empty())
            versions.try_emplace(server.address, ", version " + clipped(server.version, 40));
    }
    return versions;
}

v1::Verdict users_of(const Coverage& endpoint) {
    v1::Verdict shown;
    const std::vector<std::string> purposes(endpoint.purposes().begin(), endpoint.purposes().end());
    for (const auto& user : endpoint.used_by()) {
        auto& evidence = *shown.add_evidence();
        evidence.set_node(user);
        evidence.set_what("uses it for " + listed_first(purposes, 5));
    }
    return shown;
}

// What may stand before servers of a kind, so that an endpoint leads to it and not to them.
struct Front {
    std::string_view kind;
    std::string_view name;
    v1::NodeRoles::Role role;
    std::array<v1::NodeRoles::Role, 2> servers;  // that stand behind it
};

constexpr std::array fronts{
    Front{"PostgreSQL",
          "PgBouncer",
          v1::NodeRoles::PGBOUNCER,
          {v1::NodeRoles::POSTGRESQL, v1::NodeRoles::PATRONI}},
    Front{"Gitaly", "Praefect", v1::NodeRoles::PRAEFECT, {v1::NodeRoles::GITALY, v1::NodeRoles::GITALY}},
};

using Names = std::set<std::string>;

std::string words_of(const Names& names) { return listed_first({names.begin(), names.end()}); }

// `own`: the nodes that answer at endpoints of the kind.
void answer_own(Question& question, std::string_view kind, Names own, const Fleet& fleet) {
    const auto* front = std::ranges::find(fronts, kind, &Front::kind);
    Names before;
    Names behind;
    bool through = false;
    for (const auto& node : fleet.nodes) {
        if (front == fronts.end()) break;
        const auto name = node_name(node);
        const bool serves = has_any_role(node, front->servers);
        if (serves) behind.insert(name);
        if (!has_role(node, front->role)) continue;
        before.insert(name);
        if (!serves && own.erase(name) > 0) through = true;
    }
    const auto head = std::string(kind) + ": ";
    const auto text = head + "the instance's own, on ";
    if (!through) {
        question.say(Answer::SEEN, "", text + words_of(own));
        return;
    }
    own.merge(behind);
    const auto by = std::string(front->name) + " on " + words_of(before);
    if (own.empty()) {
        question.say(Answer::NOT_SEEN, "", head + "which servers stand behind " + by + " was not seen");
    } else {
        question.say(Answer::SEEN, "", text + words_of(own) + ", through " + by);
    }
}

Names split(std::string_view names) {
    Names all;
    while (!names.empty()) {
        const auto cut = std::min(names.find(", "), names.size());
        all.emplace(names.substr(0, cut));
        names.remove_prefix(std::min(cut + 2, names.size()));
    }
    return all;
}

// Nodes that serve the kind, and at none of its endpoints answer themselves or behind what stands before
// them.
Names unreached(std::string_view kind, const Names& own, const Fleet& fleet) {
    const auto roles = roles_of(kind);
    const auto* front = std::ranges::find(fronts, kind, &Front::kind);
    Names left;
    for (const auto& node : fleet.nodes) {
        const auto name = node_name(node);
        const bool answers = own.contains(name);
        if (front != fronts.end() && answers && has_role(node, front->role)) return {};
        if (!answers && has_any_role(node, roles)) left.insert(name);
    }
    return left;
}

// What is declared to be outside may be a balancer before the instance's own servers. `clear`: nothing else
// leads to them.
void answer_declared(Question& question, const std::vector<const Coverage*>& declared, const Names& own,
                     bool clear, const Versions& versions, const Fleet& fleet) {
    for (const auto* endpoint : declared) {
        const auto found = versions.find(endpoint->address());
        const auto told = found == versions.end() ? std::string() : found->second;
        const auto& kind = endpoint->kind();
        const auto servers = unreached(kind, own, fleet);
        if (servers.empty()) {
            question.say(Answer::SEEN, endpoint->address(), kind + ": outside, as was declared" + told,
                         users_of(*endpoint));
        } else if (clear) {
            question.say(Answer::SEEN, endpoint->address(),
                         kind + ": reached through " + clipped(endpoint->address(), 120) +
                             ", declared external" + told +
                             "; the instance's own servers: " + words_of(servers),
                         users_of(*endpoint));
        } else {
            question.say(Answer::NOT_SEEN, endpoint->address(),
                         kind + ": declared external" + told +
                             "; whether it leads to the instance's own servers on " + words_of(servers) +
                             " or outside, a person must say",
                         users_of(*endpoint));
        }
    }
}

void answer_kind(Question& question, std::string_view kind, const Asked& asked) {
    const auto versions = versions_of(kind, asked);
    Names own;
    std::vector<const Coverage*> declared;
    bool any = false;
    bool open = false;
    for (const auto& endpoint : asked.told.endpoints()) {
        if (endpoint.kind() != kind) continue;
        any = true;
        if (endpoint.state() == Coverage::COVERED) {
            own.merge(split(endpoint.answered_by()));
        } else if (endpoint.state() == Coverage::EXTERNAL) {
            declared.push_back(&endpoint);
        } else {
            open = true;
            const auto version = versions.find(endpoint.address());
            const auto told = version == versions.end() ? std::string() : version->second;
            question.say(Answer::NOT_SEEN, endpoint.address(),
                         std::string(kind) + ": whose it is was not seen" + told, users_of(endpoint));
        }
    }
    const bool clear = own.empty() && !open && declared.size() == 1;
    answer_declared(question, declared, own, clear, versions, asked.fleet);
    if (!own.empty()) answer_own(question, kind, std::move(own), asked.fleet);
    if (!any) question.say(Answer::NOT_SEEN, "", std::string(kind) + ": no endpoint in use was seen");
}

void answer_outside(Question& question, const Asked& asked) {
    std::map<std::tuple<std::string, std::string>, std::pair<v1::Verdict, std::set<std::string>>> services;
    v1::Verdict unseen;
    for (const auto& node : asked.fleet.nodes) {
        const bool could = !without_gitlab(node) && (runs_application(node) || !roles_seen(node));
        if (could && !saw_all(node, "external_services")) about_unseen(unseen, node, "external_services");
        for (const auto& [service, finding] :
             findings_of<&v1::Finding::has_external_service, &v1::Finding::external_service>(node)) {
            auto& [shown, purposes] = services[{outside_kind(*service), outside_host(*service)}];
            about(shown, node, *finding, clipped(service->purpose(), 60));
            if (!service->purpose().empty()) purposes.insert(clipped(service->purpose(), 60));
        }
    }
    for (const auto& [key, found] : services) {
        const auto& [kind, host] = key;
        const auto& [shown, purposes] = found;
        question.say(
            Answer::SEEN, host,
            kind + (purposes.empty() ? "" : " for " + listed_first({purposes.begin(), purposes.end()})),
            shown);
    }
    question.say_of_nodes(Answer::NOT_SEEN, "Which other servers are used was not seen whole", unseen);
    if (!services.empty() || !unseen.nodes().empty()) return;
    if (search_stores_seen(asked.fleet)) {
        question.say(Answer::SEEN, "", "No other servers: no object storage, directory, mail or search.");
    } else {
        question.say(Answer::NOT_SEEN, "",
                     "No other servers are in the nodes' files: no object storage, directory or mail. Those "
                     "of search stand in the database, which was not read for them.");
    }
}

}  // namespace

void answer_external(Question& question, const Asked& asked) {
    for (const auto* kind : {"PostgreSQL", "Redis", "Gitaly"}) answer_kind(question, kind, asked);
    answer_outside(question, asked);
}

}  // namespace preflight::readiness
