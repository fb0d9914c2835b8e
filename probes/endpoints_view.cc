#include "probes/endpoints_view.h"

#include <algorithm>

#include "probes/address.h"
#include "probes/addresses.h"
#include "probes/config_text.h"
#include "probes/host.h"
#include "probes/paths.h"

namespace preflight::probes {
namespace {

// More than any real file names. What goes past is not kept, and that is said.
constexpr std::size_t item_limit = 256;
constexpr std::size_t problem_limit = 16;

// Also what stands behind links of a self-compiled installation.
bool is_bundled_socket(std::string_view path) {
    return path.starts_with("/var/opt/gitlab/") || path.starts_with("/home/git/");
}

// What of it cannot be seen is for the probe `system` to say.
std::set<std::string, std::less<>> own_names(const Node& node, const Result<Attributes>& attributes) {
    Unseen unseen(node);
    const auto host = read_host_names(node, attributes, unseen);
    std::set<std::string, std::less<>> names;
    for (const auto& name : {host.name(), host.fqdn()}) {
        if (!name.empty()) names.insert(in_lower_case(name));
    }
    for (const auto& address : host.addresses()) names.insert(in_lower_case(address));
    const auto hosts = node.read_file("/etc/hosts");
    if (!hosts || host.name().empty()) return names;
    for (const auto& entry : entries_of(*hosts, host.name())) {
        if (!is_loopback(entry.address) && !is_foreign_reachable(entry.address)) continue;
        for (const auto& name : entry.names) names.insert(in_lower_case(name));
    }
    return names;
}

Problem dropped(std::string_view source, std::size_t count) {
    return {v1::Gap::DROPPED, std::string(source),
            std::to_string(count) + " more entries of this file were not kept"};
}

void add_problems(const std::vector<Problem>& problems, std::string_view affects, Findings& out) {
    const auto kept = std::min(problems.size(), problem_limit);
    for (std::size_t at = 0; at < kept; ++at) out.gap(problems[at], affects);
    if (kept < problems.size()) out.gap(dropped(problems.front().source, problems.size() - kept), affects);
}

template <typename Item, typename Add>
void add_all(const Parsed<Item>& parsed, std::string_view source, std::string_view affects, Findings& out,
             Add add) {
    const auto kept = std::min(parsed.items.size(), item_limit);
    for (std::size_t at = 0; at < kept; ++at) add(out.add(source), parsed.items[at]);
    if (kept < parsed.items.size()) out.gap(dropped(source, parsed.items.size() - kept), affects);
    add_problems(parsed.problems, affects, out);
}

}  // namespace

EndpointsView::EndpointsView(const Node& node, Findings& out) : node_(node), out_(out) {
    const auto entries = node.list(paths::supervised_services);
    if (entries) {
        for (const auto& entry : *entries) services_.insert(entry.name);
    } else if (entries.error().cause != v1::Gap::ABSENT) {
        out.gap(entries.error(), "which services are enabled");
    }
    auto attributes = read_attributes(node);
    own_ = own_names(node, attributes);
    if (attributes) {
        attributes_ = std::move(*attributes);
    } else if (attributes.error().cause != v1::Gap::ABSENT) {
        out.gap(attributes.error(), "evaluated configuration");
    }
}

bool EndpointsView::any_enabled(std::initializer_list<std::string_view> services) const {
    return std::ranges::any_of(services, [&](auto service) { return enabled(service); });
}

std::optional<std::string> EndpointsView::config_of(std::string_view service, std::string_view path,
                                                    std::string_view affects) const {
    if (!serves(service)) return std::nullopt;
    auto text = node_.read_file(path);
    if (text) return std::move(*text);
    const bool expected = enabled(service) || text.error().cause != v1::Gap::ABSENT;
    if (expected) out_.gap(text.error(), affects);
    return std::nullopt;
}

std::string_view EndpointsView::first_present(std::initializer_list<std::string_view> places) const {
    if (node_.status(paths::package_root)) return *places.begin();
    for (const auto place : places) {
        if (node_.status(place)) return place;
    }
    return *places.begin();
}

bool EndpointsView::is_own(std::string_view host) const { return own_.contains(in_lower_case(host)); }

v1::Placement EndpointsView::placement(std::string_view host,
                                       std::initializer_list<std::string_view> servers) const {
    if (host.empty()) return v1::PLACEMENT_UNSPECIFIED;
    if (host.starts_with('/')) {
        return is_bundled_socket(host) || any_enabled(servers) ? v1::BUNDLED : v1::REMOTE;
    }
    return (is_loopback(host) || is_own(host)) && any_enabled(servers) ? v1::BUNDLED : v1::REMOTE;
}

void EndpointsView::place(v1::PostgresEndpoint& endpoint) const {
    const auto answers = [&](std::initializer_list<std::string_view> servers) {
        endpoint.set_placement(placement(endpoint.host(), servers));
    };
    if (endpoint.purpose() == "geo") return answers({"geo-postgresql"});
    if (endpoint.purpose() == "pgbouncer") return answers({"postgresql", "patroni"});
    answers({"postgresql", "patroni", "pgbouncer"});
}

void EndpointsView::place(v1::RedisEndpoint& endpoint) const {
    const bool by_nodes =
        endpoint.mode() == v1::RedisEndpoint::SENTINEL || endpoint.mode() == v1::RedisEndpoint::CLUSTER;
    const auto& place = endpoint.socket().empty() ? endpoint.host() : endpoint.socket();
    endpoint.set_placement(by_nodes ? v1::REMOTE : placement(place, {"redis"}));
}

void EndpointsView::place(v1::GitalyEndpoint& endpoint) const {
    const auto& place = endpoint.socket().empty() ? endpoint.host() : endpoint.socket();
    endpoint.set_placement(placement(place, {"gitaly", "praefect"}));
}

void EndpointsView::report(const Parsed<v1::PostgresEndpoint>& parsed, std::string_view source,
                           std::string_view affects) const {
    add_all(parsed, source, affects, out_, [&](v1::Finding& finding, const auto& item) {
        *finding.mutable_postgres_endpoint() = item;
        place(*finding.mutable_postgres_endpoint());
    });
}

void EndpointsView::report(const Parsed<v1::RedisEndpoint>& parsed, std::string_view source,
                           std::string_view affects) const {
    add_all(parsed, source, affects, out_, [&](v1::Finding& finding, const auto& item) {
        *finding.mutable_redis_endpoint() = item;
        place(*finding.mutable_redis_endpoint());
    });
}

void EndpointsView::report(const Parsed<v1::GitalyEndpoint>& parsed, std::string_view source,
                           std::string_view affects) const {
    add_all(parsed, source, affects, out_, [&](v1::Finding& finding, const auto& item) {
        *finding.mutable_gitaly_endpoint() = item;
        place(*finding.mutable_gitaly_endpoint());
    });
}

void EndpointsView::report(const Parsed<v1::Listener>& parsed, std::string_view source,
                           std::string_view affects) const {
    add_all(parsed, source, affects, out_,
            [](v1::Finding& finding, const auto& item) { *finding.mutable_listener() = item; });
}

void EndpointsView::report(const std::vector<Problem>& problems, std::string_view affects) const {
    add_problems(problems, affects, out_);
}

}  // namespace preflight::probes
