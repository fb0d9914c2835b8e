#include "readiness/component_fit.h"

#include <optional>
#include <set>

#include "model/clock.h"
#include "readiness/bundled_postgresql.h"
#include "readiness/own_servers.h"
#include "readiness/route.h"
#include "readiness/servers.h"
#include "readiness/verdict.h"

namespace preflight::readiness {
namespace {

using Verdicts = std::vector<v1::Verdict>;

class Fit {
  public:
    Fit(v1::ServerIs::Component component, const Fleet& fleet, const Upgrade& upgrade,
        const v1::Knowledge& knowledge)
        : component_(component),
          name_(component_name(component)),
          knowledge_(knowledge),
          route_(find_route(fleet, upgrade, knowledge)),
          upgrades_itself_(may_upgrade_postgresql(fleet)) {}

    Verdicts judge(const Fleet& fleet, const Upgrade& upgrade) {
        const auto servers = servers_of(component_, fleet, upgrade);
        auto unheard = verdict(v1::UNKNOWN, "unheard", "not every " + name_ + " in use told its version");
        about_unheard(unheard, servers);
        keep(said_, unheard);
        for (const auto& server : servers.found) judge_server(server);
        if (fleet.nodes.empty()) return {verdict(v1::UNKNOWN, "untold", "no node has reported")};
        if (!said_.empty()) return said_;
        if (servers.untold)
            return {verdict(v1::UNKNOWN, "untold", "no node tells of a " + name_ + " that it uses")};
        return {verdict(v1::NOT_APPLICABLE, "unused", "no node uses " + name_)};
    }

  private:
    // What the version of a server counts for where a lower bound is asked. The package brings the minor of
    // its own PostgreSQL that it needs; only the major stays until it is upgraded.
    std::optional<Version> version_of(const Server& server) const {
        auto version = parse_server_version(server.version);
        if (version && component_ == v1::ServerIs::POSTGRESQL && server.bundled) version->minor = 9999;
        return version;
    }

    std::optional<Version> upgraded(const Leg& leg, const Server& server) const {
        if (!server.bundled || !upgrades_itself_) return {};
        return upgraded_before(component_, leg, route_, knowledge_);
    }

    void say(const Server& server, v1::Level level, std::string_view key, const std::string& summary,
             const v1::Requirement* rule) {
        auto found = verdict(level, key, summary);
        about(found, *server.node, *server.finding, name_ + " " + server.version + " at " + server.address);
        if (rule != nullptr) {
            auto& evidence = *found.add_evidence();
            evidence.set_source(rule->source());
            if (const auto day = from_iso8601(rule->date())) *evidence.mutable_taken_at() = *day;
            evidence.set_what(rule->note().empty() ? "needs at least " + rule->minimum() : rule->note());
        }
        said_.push_back(std::move(found));
    }

    // Once of a server: at the first hop where it is so.
    void say_once(const Server& server, v1::Level level, std::string_view key, const std::string& summary,
                  const v1::Requirement* rule) {
        if (noted_.insert(key).second) say(server, level, key, summary, rule);
    }

    void judge_server(const Server& server) {
        const auto version = version_of(server);
        if (!version) {
            return say(server, v1::UNKNOWN, "version_unseen",
                       "a " + name_ + " in use does not tell its version", nullptr);
        }
        if (!is_known(route_)) {
            return say(server, v1::UNKNOWN, "no_path",
                       "the way to the target is not known, so " + name_ + " could not be judged for it",
                       nullptr);
        }
        noted_.clear();
        unruled_ = nullptr;
        for (const auto& leg : route_.legs) {
            if (!judge_leg(server, *version, leg)) return;
        }
        if (unruled_ != nullptr) {
            return say(server, v1::UNKNOWN, "no_requirement",
                       "what GitLab " + unruled_->to.text() + " requires of " + name_ + " is not known here",
                       nullptr);
        }
        if (noted_.empty()) say(server, v1::READY, "fit", name_ + " is fit for every hop", nullptr);
    }

    // False: it is too old, and that ends the matter for this server. What is too new for one hop may be too
    // old for a later one.
    bool judge_leg(const Server& server, const Version& version, const Leg& leg) {
        const auto* rule = requirement_of(server, component_, leg.to, knowledge_);
        if (server.bundled && brings_its_own(component_, leg.to, knowledge_)) return true;
        if (rule == nullptr) {
            if (unruled_ == nullptr) unruled_ = &leg;
            return true;
        }
        const auto minimum = parse_server_version(rule->minimum());
        const auto below = parse_server_version(rule->below());
        if (minimum && version < *minimum) {
            const auto reached = upgraded(leg, server);
            const auto hop = ", which GitLab " + leg.to.text() + " needs";
            if (!reached || *reached < *minimum) {
                say(server, v1::BLOCKER, "too_old",
                    name_ + " is below " + rule->minimum() + hop + ": upgrade it before the hop " +
                        leg_text(leg),
                    rule);
                return false;
            }
            say_once(server, v1::NOTE, "upgrades_itself",
                     name_ + " is below " + rule->minimum() + hop +
                         "; the package upgrades it on the way, before the hop " + leg_text(leg),
                     rule);
            return true;
        }
        if (below && version >= *below && !server.major_only) {
            say_once(server, v1::WARNING, "too_new",
                     name_ + " is newer than GitLab " + leg.to.text() + " is made for (below " +
                         rule->below() + ")",
                     rule);
            return true;
        }
        const auto recommended = parse_server_version(rule->recommended());
        if (recommended && version < *recommended && &leg == &route_.legs.back()) {
            say_once(server, v1::NOTE, "below_recommended",
                     name_ + " " + rule->recommended() + " is recommended for GitLab " + leg.to.text(), rule);
        }
        return true;
    }

    v1::ServerIs::Component component_;
    std::string name_;
    const v1::Knowledge& knowledge_;
    Route route_;
    bool upgrades_itself_;
    std::set<std::string_view> noted_;  // keys that were said of the server; it is not simply fit
    const Leg* unruled_ = nullptr;      // the first for which the knowledge has no requirement
    Verdicts said_;
};

}  // namespace

Verdicts judge_fit(v1::ServerIs::Component component, const Fleet& fleet, const Upgrade& upgrade,
                   const v1::Knowledge& knowledge) {
    return Fit(component, fleet, upgrade, knowledge).judge(fleet, upgrade);
}

const v1::Requirement* requirement_of(const Server& server, v1::ServerIs::Component component,
                                      const Version& gitlab, const v1::Knowledge& knowledge) {
    for (const auto& row : knowledge.requirements()) {
        if (row.component() == component && within(gitlab, row.gitlab()) && used_for(server, row.purposes()))
            return &row;
    }
    return nullptr;
}

}  // namespace preflight::readiness
