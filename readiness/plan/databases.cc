#include "readiness/plan/databases.h"

#include <algorithm>
#include <optional>
#include <set>

#include "readiness/bundled_postgresql.h"
#include "readiness/component_fit.h"
#include "readiness/verdict.h"

namespace preflight::readiness {
namespace {

constexpr auto postgresql = v1::ServerIs::POSTGRESQL;
using Upgrades = std::vector<DatabaseUpgrade>;

struct Running {
    const Server* server;
    Version version;  // as it will be when the hop begins
};

// Of the package's own server the major counts: its minor comes with each package.
std::optional<Version> running_version(const Server& server) {
    auto version = parse_server_version(server.version);
    if (version && server.bundled) version->minor = 9999;
    return version;
}

// What `gitlab-ctl pg-upgrade` of this package leads to, if that is enough.
std::optional<int> major_within(const v1::Bundle* bundle, const Version& minimum) {
    if (bundle == nullptr) return {};
    const auto usual = parse_server_version(bundle->default_version());
    if (usual && usual->major >= minimum.major) return usual->major;
    std::optional<int> highest;
    for (const auto& text : bundle->versions()) {
        const auto version = parse_server_version(text);
        if (version && version->major >= minimum.major)
            highest = std::max(highest.value_or(0), version->major);
    }
    return highest;
}

class Walk {
  public:
    Walk(const Servers& servers, bool by_itself, const v1::Knowledge& knowledge,
         std::vector<std::string>& open)
        : by_itself_(by_itself), knowledge_(knowledge), open_(open) {
        for (const auto& server : servers.found) {
            if (const auto version = running_version(server)) running_.push_back({&server, *version});
        }
    }

    Upgrades over(const std::vector<Leg>& legs) {
        for (std::size_t at = 0; at < legs.size(); ++at) {
            before(at, legs[at]);
            with(at, legs[at]);
        }
        return found_;
    }

  private:
    void before(std::size_t at, const Leg& leg) {
        std::optional<Version> own;
        std::optional<Version> elsewhere;
        std::set<std::string> addresses;
        std::string lowest;
        for (auto& one : running_) {
            const auto* rule = requirement_of(*one.server, postgresql, leg.to, knowledge_);
            const auto minimum = rule == nullptr ? std::nullopt : parse_server_version(rule->minimum());
            if (!minimum || one.version >= *minimum) continue;
            if (one.server->bundled) {
                own = std::max(own.value_or(*minimum), *minimum);
                continue;
            }
            addresses.insert(clipped(one.server->address, 80));
            if (!elsewhere || *elsewhere < *minimum) lowest = rule->minimum();
            elsewhere = std::max(elsewhere.value_or(*minimum), *minimum);
            one.version = *minimum;
        }
        if (elsewhere)
            found_.push_back(
                {at, DatabaseUpgrade::How::elsewhere, lowest, {addresses.begin(), addresses.end()}});
        if (own) by_command(at, leg, *own);
    }

    void by_command(std::size_t at, const Leg& leg, const Version& minimum) {
        const auto major = major_within(postgresql_bundle(leg.from, knowledge_), minimum);
        if (!major) {
            open_.push_back("The package of GitLab " + leg.from.text() +
                            " is not known to bring PostgreSQL " + std::to_string(minimum.major) +
                            ", which the hop " + leg_text(leg) + " needs");
            return;
        }
        bring_to(*major);
        found_.push_back({at, DatabaseUpgrade::How::by_command, std::to_string(*major), {}});
    }

    void with(std::size_t at, const Leg& leg) {
        const auto* bundle = postgresql_bundle(leg.to, knowledge_);
        if (!by_itself_ || bundle == nullptr) return;
        const auto major = parse_server_version(bundle->upgrades_itself_to());
        const bool older = major && std::ranges::any_of(running_, [&](const Running& one) {
                               return one.server->bundled && one.version.major < major->major;
                           });
        if (!older) return;
        bring_to(major->major);
        found_.push_back({at, DatabaseUpgrade::How::by_itself, bundle->upgrades_itself_to(), {}});
    }

    void bring_to(int major) {
        for (auto& one : running_) {
            if (one.server->bundled && one.version.major < major) one.version = {major, 9999, 0};
        }
    }

    bool by_itself_;
    const v1::Knowledge& knowledge_;
    std::vector<std::string>& open_;
    std::vector<Running> running_;
    Upgrades found_;
};

}  // namespace

Upgrades database_upgrades(const Fleet& fleet, const Upgrade& upgrade, const Route& route,
                           const v1::Knowledge& knowledge, std::vector<std::string>& open) {
    const auto servers = servers_of(postgresql, fleet, upgrade);
    return Walk(servers, may_upgrade_postgresql(fleet), knowledge, open).over(route.legs);
}

}  // namespace preflight::readiness
