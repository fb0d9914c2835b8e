#include "readiness/git_fit.h"

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "model/clock.h"
#include "readiness/component_fit.h"
#include "readiness/installed.h"
#include "readiness/node_match.h"
#include "readiness/route.h"
#include "readiness/verdict.h"

namespace preflight::readiness {
namespace {

enum class Origin {
    brought,  // comes anew with every version
    chosen,   // by whoever compiled GitLab, or named a Git in gitlab.rb
    unseen,   // no node that reports stands there
};

// What Gitaly builds for itself says so: "2.53.0.gl1".
bool is_built_with_gitaly(const std::string& version) { return version.find(".gl") != std::string::npos; }

// What Gitaly is told to use in place of the package's, which packages before 19.0 let it.
bool names_another(const FleetNode& node) {
    constexpr std::array<std::string_view, 2> keys{"gitaly['configuration']['git']['bin_path']",
                                                   "gitaly['git_bin_path']"};
    const auto settings = findings_of<&v1::Finding::has_setting, &v1::Finding::setting>(node);
    return std::ranges::any_of(settings, [&keys](const auto& entry) {
        return std::ranges::find(keys, entry.first->key()) != keys.end();
    });
}

Origin origin_on(const FleetNode& node) {
    auto origin = Origin::unseen;
    for (const auto& installed : installations(node)) {
        if (installed.what->method() == v1::Installation::SELF_COMPILED || names_another(node))
            return Origin::chosen;
        if (installed.what->method() != v1::Installation::METHOD_UNSPECIFIED) origin = Origin::brought;
    }
    return origin;
}

// Many nodes ask few Gitaly nodes: each of these is looked at once.
class Origins {
  public:
    explicit Origins(std::shared_ptr<const Hosts> hosts) : hosts_(std::move(hosts)) {}

    Origin of(const Server& server) {
        if (is_built_with_gitaly(server.version)) return Origin::brought;
        const auto host = split_address(server.address, 0).host;
        if (server.address.starts_with('/') || is_loopback(host)) return on(*server.node);
        auto origin = Origin::unseen;
        for (const auto* node : hosts_->going_by(host)) {
            const auto here = on(*node);
            if (here == Origin::chosen) return here;
            if (here == Origin::brought) origin = here;
        }
        return origin;
    }

  private:
    Origin on(const FleetNode& node) {
        const auto [known, added] = known_.try_emplace(&node, Origin::unseen);
        if (added) known->second = origin_on(node);
        return known->second;
    }

    std::shared_ptr<const Hosts> hosts_;
    std::unordered_map<const FleetNode*, Origin> known_;
};

class Judging {
  public:
    Judging(const Fleet& fleet, const Upgrade& upgrade, const v1::Knowledge& knowledge)
        : knowledge_(knowledge), route_(find_route(fleet, upgrade, knowledge)), origins_(hosts_of(fleet)) {}

    void judge(const Server& server) {
        const auto origin = origins_.of(server);
        if (origin == Origin::brought) return;
        const bool chosen = origin == Origin::chosen;
        const auto version = parse_server_version(server.version);
        if (!version || !is_known(route_)) {
            // That a Gitaly where nobody looks tells no version is said of it anyway.
            if (chosen)
                say(server, verdict(v1::UNKNOWN, "git_unseen",
                                    version ? "the way to the target is not known, so Git could not be judged"
                                            : "a Gitaly does not tell the Git that was chosen for it"));
            return;
        }
        for (const auto& leg : route_.legs) {
            if (!judge_leg(server, *version, leg, chosen)) return;
        }
        if (chosen)
            say(server,
                verdict(v1::READY, "git_fit", "the Git that was chosen for a Gitaly is fit for every hop"));
    }

    std::vector<v1::Verdict> said() && { return std::move(said_); }

  private:
    void say(const Server& server, v1::Verdict found, const v1::Requirement* rule = nullptr) {
        about(found, *server.node, *server.finding,
              "Git " + (server.version.empty() ? "of no version" : clipped(server.version, 40)) + " at " +
                  clipped(server.address, 120));
        if (rule != nullptr) {
            auto& evidence = *found.add_evidence();
            evidence.set_source(rule->source());
            if (const auto day = from_iso8601(rule->date())) *evidence.mutable_taken_at() = *day;
            evidence.set_what("needs at least " + rule->minimum());
        }
        said_.push_back(std::move(found));
    }

    // False: something was said that ends the matter for this server.
    bool judge_leg(const Server& server, const Version& version, const Leg& leg, bool chosen) {
        const auto* rule = requirement_of(server, v1::ServerIs::GIT, leg.to, knowledge_);
        if (rule == nullptr) {
            if (chosen)
                say(server, verdict(v1::UNKNOWN, "git_unseen",
                                    "which Git GitLab " + leg.to.text() + " requires is not known here"));
            return !chosen;
        }
        const auto minimum = parse_server_version(rule->minimum());
        if (!minimum || version >= *minimum) return true;
        const auto needs = "below " + rule->minimum() + ", which GitLab " + leg.to.text() + " needs";
        say(server,
            chosen ? verdict(v1::BLOCKER, "git_too_old",
                             "the Git that was chosen for a Gitaly is " + needs +
                                 ": upgrade it before the hop " + leg_text(leg))
                   : verdict(v1::UNKNOWN, "git_unseen",
                             "the Git of a Gitaly is " + needs +
                                 "; whether it comes with the package was not seen"),
            rule);
        return false;
    }

    const v1::Knowledge& knowledge_;
    Route route_;
    Origins origins_;
    std::vector<v1::Verdict> said_;
};

}  // namespace

std::vector<v1::Verdict> judge_git(const Fleet& fleet, const Upgrade& upgrade,
                                   const v1::Knowledge& knowledge) {
    Judging judging(fleet, upgrade, knowledge);
    for (const auto& server : servers_of(v1::ServerIs::GIT, fleet, upgrade).found) judging.judge(server);
    return std::move(judging).said();
}

}  // namespace preflight::readiness
