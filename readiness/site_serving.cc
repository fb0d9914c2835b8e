#include "readiness/site_serving.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "readiness/plan/undertaking.h"
#include "readiness/verdict.h"

namespace preflight::readiness {
namespace {

using Role = v1::NodeRoles;
using Conditions = std::vector<ServingCondition>;

// The conditions of one site.
class SiteServing {
  public:
    SiteServing(const PlanSite& site, Conditions& conditions)
        : site_(site),
          of_(site.name.empty() ? "" : " of the site " + clipped(site.name, 80)),
          conditions_(conditions) {}

    void judge() {
        if (site_.single()) {
            say(Standing::unmet, "a single node" + of_ + " is down while it is upgraded",
                clipped_names(site_.at(site_.nodes.front().place)));
            return;
        }
        need(count(Role::RAILS) >= 2, "fewer than two Rails nodes" + of_ + " were seen",
             "one Rails node" + of_ + " serves while another is upgraded", "Rails", Role::RAILS);
        judge_databases();
        judge_redis();
        judge_consul();
        if (count(Role::PRAEFECT) > 0)
            need(count(Role::PRAEFECT) > 1, "there is one Praefect" + of_,
                 "there is more than one Praefect" + of_, "Praefect", Role::PRAEFECT);
        if (count(Role::GITALY) > 0)
            say(Standing::met, "Gitaly" + of_ + " takes the new version by a reload, in a cluster or not",
                shown("Gitaly", Role::GITALY));
        if (count(Role::PGBOUNCER) == 1) ask_of_only("PgBouncer", Role::PGBOUNCER);
        for (const auto role : {Role::REGISTRY, Role::PAGES, Role::KAS, Role::LOAD_BALANCER}) {
            const auto nodes = with(role);
            // Beside Rails it goes with the nodes of Rails.
            if (nodes.size() == 1 && !nodes.front()->application) ask_of_only(role_name(role), role);
        }
    }

  private:
    PlanNodes with(Role::Role role) const {
        return chosen(site_, [role](const PlanNode& node) { return has_role(*node.node, role); });
    }
    std::size_t count(Role::Role role) const { return with(role).size(); }

    std::string shown(std::string_view name, Role::Role role) const {
        const auto nodes = with(role);
        return nodes.empty() ? std::string() : std::string(name) + " on " + clipped_names(nodes);
    }

    void say(Standing standing, const std::string& says, const std::string& shown_by) {
        conditions_.push_back({standing, says, shown_by});
    }

    // A stand-in that was not seen may be on a node that was left out.
    void need(bool holds, const std::string& against, const std::string& met, std::string_view name,
              Role::Role role) {
        const auto lacking = site_.whole ? Standing::unmet : Standing::unseen;
        say(holds ? Standing::met : lacking, holds ? met : against, shown(name, role));
    }

    void ask_of_only(std::string_view name, Role::Role role) {
        say(Standing::for_person,
            "whether GitLab" + of_ + " bears the restart of its only " + std::string(name) +
                ", no finding tells",
            shown(name, role));
    }

    // A server beside Patroni's has nobody who takes over. On a secondary site it may hold nothing but what
    // Geo tracks.
    void judge_databases() {
        if (databases_of(site_).empty()) return;
        const auto alone = copies_of(site_);
        if (count(Role::PATRONI) < 2 || alone.empty()) {
            return need(count(Role::PATRONI) >= 2, "nobody takes over from the PostgreSQL" + of_,
                        "Patroni gives the PostgreSQL" + of_ + " another leader", "Patroni", Role::PATRONI);
        }
        const auto tracking = tracking_databases(site_);
        const bool open = site_.secondary && std::ranges::all_of(alone, [&](const PlanNode* node) {
                              return std::ranges::find(tracking, node) != tracking.end();
                          });
        say(open ? Standing::unseen : Standing::unmet,
            "a PostgreSQL" + of_ + " is no member of Patroni's cluster, and nobody takes over from it",
            "PostgreSQL on " + clipped_names(alone));
    }

    // Of each master that Sentinels told of, by name: has it a replica? Nothing: they may not say.
    std::map<std::string, std::optional<bool>> replicas_told() const {
        std::map<std::string, std::optional<bool>> told;
        for (const auto& node : site_.nodes) {
            for (const auto& [status, finding] :
                 findings_of<&v1::Finding::has_sentinel_status, &v1::Finding::sentinel_status>(*node.node)) {
                for (const auto& master : status->masters()) {
                    auto& has = told.try_emplace(master.name(), false).first->second;
                    if (!master.replicas().empty()) has = true;
                    if (has == false && !status->denied().empty()) has.reset();
                }
            }
        }
        return told;
    }

    // As many as one Sentinel knows for one master, itself included; 0: none told.
    std::size_t sentinels_told() const {
        int most = 0;
        for (const auto& node : site_.nodes) {
            for (const auto& [status, finding] :
                 findings_of<&v1::Finding::has_sentinel_status, &v1::Finding::sentinel_status>(*node.node)) {
                for (const auto& master : status->masters())
                    most = std::max(most, master.sentinels_size() + 1);
            }
        }
        return static_cast<std::size_t>(most);
    }

    // False: it is said already that not every master is known to have a replica.
    bool judge_replicas() {
        const auto masters = replicas_told();
        const auto lone = [](const auto& entry) { return entry.second == false; };
        const auto hidden = [](const auto& entry) { return !entry.second; };
        if (std::ranges::any_of(masters, lone)) {
            say(Standing::unmet, "a master of the Redis" + of_ + " has no replica that takes over",
                shown("Sentinel", Role::SENTINEL));
        } else if (masters.empty() || std::ranges::any_of(masters, hidden)) {
            say(Standing::unseen, "which replicas the masters of the Redis" + of_ + " have was not seen",
                shown("Sentinel", Role::SENTINEL));
        } else {
            return true;
        }
        return false;
    }

    // Sentinels agree by majority, as Consul's servers do; others than those of the roles may be elsewhere.
    void judge_redis() {
        if (count(Role::REDIS) == 0) return;
        const auto told = sentinels_told();
        const auto sentinels = std::max(told, count(Role::SENTINEL));
        if (count(Role::REDIS) > 1 && (sentinels == 1 || sentinels == 2)) {
            say(told > 0 && site_.whole ? Standing::unmet : Standing::unseen,
                "fewer than three Sentinels" + of_ + " were seen, and they agree by majority",
                shown("Sentinel", Role::SENTINEL));
            return;
        }
        if (count(Role::REDIS) > 1 && sentinels > 0 && !judge_replicas()) return;
        need(count(Role::REDIS) > 1 && sentinels > 0, "nobody takes over from the Redis" + of_,
             "Sentinels give the Redis" + of_ + " another master", "Redis", Role::REDIS);
    }

    // Its servers agree by majority: of one or two none can be spared.
    void judge_consul() {
        const auto nodes = with(Role::CONSUL);
        int servers = 0;
        for (const auto* node : nodes) {
            for (const auto& [cluster, finding] :
                 findings_of<&v1::Finding::has_consul_cluster, &v1::Finding::consul_cluster>(*node->node))
                servers = std::max(servers, cluster->peers_size());
        }
        if (nodes.size() > 1 && (servers == 1 || servers == 2)) {
            say(Standing::unmet,
                "Consul" + of_ + " loses its majority without " +
                    (servers == 1 ? "its only server" : "one of its two servers"),
                shown("Consul", Role::CONSUL));
        } else if (nodes.size() > 1 && servers == 0) {
            say(Standing::unseen, "how many servers Consul" + of_ + " has was not seen",
                shown("Consul", Role::CONSUL));
        } else if (!nodes.empty()) {
            need(nodes.size() > 1, "Consul" + of_ + " has one server",
                 "Consul" + of_ + " has more than one node", "Consul", Role::CONSUL);
        }
    }

    const PlanSite& site_;
    std::string of_;
    Conditions& conditions_;
};

}  // namespace

void judge_site(const PlanSite& site, std::vector<ServingCondition>& conditions) {
    SiteServing(site, conditions).judge();
}

}  // namespace preflight::readiness
