#include "probes/patroni_config.h"

#include "probes/address.h"
#include "probes/config_text.h"
#include "probes/postgres_config.h"
#include "probes/yaml.h"

namespace preflight::probes {
namespace {

constexpr std::string_view service = "postgresql";

// "host:port", checked and as it is written; empty when it cannot be read.
std::string place(const YAML::Node& node, std::string_view source, std::string_view key,
                  Parsed<PatroniConfig>& found) {
    const auto text = text_of(node);
    const auto address = parse_address(text);
    if (address && is_host(address->host) && address->port != 0)
        return host_and_port(address->host, address->port);
    found.unclear(source, std::string(key) + " is missing or cannot be read");
    return {};
}

// "10.0.0.1,127.0.0.1:5432": one port for all addresses.
void take_listen(const std::string& listen, bool tls, std::string_view source,
                 Parsed<v1::Listener>& listeners) {
    const auto colon = listen.rfind(':');
    const auto port = colon == std::string::npos ? std::nullopt : number_in(listen.substr(colon + 1));
    if (!port || *port == 0 || *port > 65535)
        return listeners.unclear(source, "postgresql.listen cannot be read");
    auto addresses = listen.substr(0, colon);
    if (addresses.empty()) addresses = "*";
    if (addresses.starts_with('[') && addresses.ends_with(']'))
        addresses = addresses.substr(1, addresses.size() - 2);
    add_listeners(addresses, static_cast<std::uint32_t>(*port), tls, service, source, listeners);
}

void take_sockets(const YAML::Node& parameters, std::vector<v1::Listener>& listeners) {
    const auto port = listeners.empty() ? 5432 : listeners.front().port();
    const auto directories = text_of(member(parameters, "unix_socket_directories"));
    for (const auto directory : split(directories, ",")) {
        if (!is_path(directory)) continue;
        v1::Listener listener;
        listener.set_service(std::string(service));
        listener.set_socket(std::string(directory) + "/.s.PGSQL." + std::to_string(port));
        listener.set_port(port);
        listeners.push_back(std::move(listener));
    }
}

// Asked where it listens; where that is everywhere, on the loopback address.
void take_rest(const YAML::Node& document, PatroniConfig& config) {
    const auto api = member(document, "restapi");
    auto address = parse_address(text_of(member(api, "listen")));
    if (!address || address->port == 0) address = parse_address(text_of(member(api, "connect_address")));
    if (address && address->port != 0 && (is_host(address->host) || address->host.empty())) {
        const bool any = address->host.empty() || address->host == "0.0.0.0" || address->host == "::";
        config.rest = {any ? "127.0.0.1" : address->host, address->port, {}};
    }
    const auto certificate = text_of(member(api, "certfile"));
    if (certificate.empty()) return;
    TlsFiles files;
    files.verify = false;  // its certificate is for the names that others know it by
    // Reading needs a client's certificate only where each connection does.
    if (text_of(member(api, "verify_client")) == "required") {
        const auto control = member(document, "ctl");
        const bool own = !text_of(member(control, "certfile")).empty();
        files.certificate = own ? text_of(member(control, "certfile")) : certificate;
        files.key = text_of(member(own ? control : api, "keyfile"));
    }
    config.rest_tls = files;
}

}  // namespace

Parsed<PatroniConfig> parse_patroni_config(std::string_view text, std::string_view source) {
    const auto document = parse_yaml(text, source);
    if (!document) return Parsed<PatroniConfig>::of(document.error());
    Parsed<PatroniConfig> found;
    PatroniConfig config;
    const auto postgresql = member(*document, "postgresql");
    config.member.set_scope(name_or_nothing(text_of(member(*document, "scope"))));
    config.member.set_name(name_or_nothing(text_of(member(*document, "name"))));
    if (config.member.scope().empty() || config.member.name().empty()) {
        found.unclear(source, "names no cluster or no member");
        return found;
    }
    config.member.set_connect_address(
        place(member(postgresql, "connect_address"), source, "postgresql.connect_address", found));
    config.member.set_rest_address(place(member(member(*document, "restapi"), "connect_address"), source,
                                         "restapi.connect_address", found));
    take_rest(*document, config);
    config.by_consul = member(*document, "consul").IsMap();
    const auto name_space = member(*document, "namespace");
    config.name_space = name_space.IsDefined() && !name_space.IsNull() ? text_of(name_space) : "service";
    const auto dcs = member(member(*document, "bootstrap"), "dcs");
    const auto standby = member(dcs, "standby_cluster");
    config.member.set_standby_cluster(standby.IsMap() && standby.size() > 0);

    const auto parameters = member(postgresql, "parameters");
    const bool tls = truth_of(member(parameters, "ssl")).value_or(false);
    Parsed<v1::Listener> listeners;
    take_listen(text_of(member(postgresql, "listen")), tls, source, listeners);
    take_sockets(parameters, listeners.items);
    found.problems.insert(found.problems.end(), listeners.problems.begin(), listeners.problems.end());
    config.listeners = std::move(listeners.items);
    found.items.push_back(std::move(config));
    return found;
}

}  // namespace preflight::probes
