#include "probes/patroni_answer.h"

#include <algorithm>
#include <cstdint>

#include "probes/address.h"
#include "probes/config_text.h"
#include "probes/json.h"
#include "probes/shown.h"

namespace preflight::probes {
namespace {

using boost::json::value;

constexpr std::uint64_t end_of_9999 = 253402300800;
constexpr std::size_t members_limit = 100;

bool is_true(const value* truth) { return truth != nullptr && truth->is_bool() && truth->get_bool(); }

std::string shown_text(const value& of, std::initializer_list<std::string_view> keys) {
    return shown(text_of(find(of, keys)));
}

void take_member(const value& said, v1::PatroniCluster::Member& member) {
    member.set_name(shown_text(said, {"name"}));
    member.set_role(shown_text(said, {"role"}));
    member.set_state(shown_text(said, {"state"}));
    const auto host = text_of(find(said, {"host"}));
    const auto port = number_in(text_of(find(said, {"port"})));
    if (is_host(host) && port && *port < 65536)
        member.set_address(host_and_port(host, static_cast<std::uint32_t>(*port)));
    member.set_timeline(shown_text(said, {"timeline"}));
    member.set_lag(shown_text(said, {"lag"}));  // a number, or "unknown"
    member.set_pending_restart(is_true(find(said, {"pending_restart"})));
}

}  // namespace

Result<void> take_patroni(std::string_view body, std::string_view source, v1::PatroniCluster& cluster) {
    const auto said = parse_json(body, source);
    if (!said) return said.error();
    if (find(*said, {"patroni"}) == nullptr || find(*said, {"state"}) == nullptr)
        return malformed(std::string(source), "no answer of a Patroni");
    cluster.set_version(shown_text(*said, {"patroni", "version"}));
    if (auto scope = shown_text(*said, {"patroni", "scope"}); !scope.empty()) cluster.set_scope(scope);
    // Only newer ones say it (3.0.2 does not).
    if (auto name = shown_text(*said, {"patroni", "name"}); !name.empty()) cluster.set_name(name);
    cluster.set_role(shown_text(*said, {"role"}));
    cluster.set_state(shown_text(*said, {"state"}));
    const auto version = number_in(text_of(find(*said, {"server_version"})));
    cluster.set_server_version(static_cast<std::uint32_t>(version.value_or(0)));
    cluster.set_system_identifier(shown_text(*said, {"database_system_identifier"}));
    cluster.set_pending_restart(is_true(find(*said, {"pending_restart"})));
    cluster.set_paused(is_true(find(*said, {"pause"})));
    const auto seen = number_in(text_of(find(*said, {"dcs_last_seen"}))).value_or(0);
    if (seen > 0 && seen < end_of_9999)
        cluster.mutable_dcs_last_seen_at()->set_seconds(static_cast<std::int64_t>(seen));
    return {};
}

Result<void> take_cluster(std::string_view body, std::string_view source, v1::PatroniCluster& cluster) {
    const auto said = parse_json(body, source);
    if (!said) return said.error();
    const auto* members = find(*said, {"members"});
    if (members == nullptr || !members->is_array())
        return malformed(std::string(source), "no answer of a Patroni");
    const auto told = std::min(members->get_array().size(), members_limit);
    for (std::size_t at = 0; at < told; ++at) take_member(members->get_array()[at], *cluster.add_members());
    if (auto scope = shown_text(*said, {"scope"}); !scope.empty()) cluster.set_scope(scope);
    // Both are there only while they hold.
    cluster.set_paused(cluster.paused() || is_true(find(*said, {"pause"})));
    cluster.set_scheduled_switchover(find(*said, {"scheduled_switchover"}) != nullptr);
    if (told < members->get_array().size())
        return Problem{v1::Gap::TOO_LARGE, std::string(source), "it has more members than are told"};
    return {};
}

}  // namespace preflight::probes
