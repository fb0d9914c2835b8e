#include "probes/consul_answer.h"

#include <array>
#include <string>

#include "probes/address.h"
#include "probes/config_text.h"
#include "probes/json.h"
#include "probes/shown.h"

namespace preflight::probes {
namespace {

using boost::json::value;

// Consul's own, from general knowledge.
constexpr std::uint32_t http_port = 8500;
constexpr int peers_limit = 100;
constexpr int members_limit = 1'000;
constexpr int checks_limit = 500;

std::string shown_text(const value& of, std::initializer_list<std::string_view> keys) {
    return shown(text_of(find(of, keys)));
}

// Nothing where the port is switched off (0 or -1).
std::optional<std::uint32_t> port_in(const value& config, std::string_view name, std::uint32_t usual) {
    const auto* written = find(config, {"ports", name});
    const auto port = number_in(text_of(written));
    if (written == nullptr) return usual == 0 ? std::nullopt : std::optional(usual);
    if (!port || *port == 0 || *port > 65535) return std::nullopt;
    return static_cast<std::uint32_t>(*port);
}

// `addresses` of the port go over `client_addr`; of a list the first counts, and a template is not evaluated.
std::string host_in(const value& config, std::string_view name) {
    auto written = text_of(find(config, {"addresses", name}));
    if (written.empty()) written = text_of(find(config, {"client_addr"}));
    const auto words = split(written, " ");
    std::string host(words.empty() ? "127.0.0.1" : words.front());
    if (host == "0.0.0.0" || host == "::" || host.starts_with("{{")) return "127.0.0.1";
    return host;
}

TlsFiles tls_files(const value& config) {
    const auto file = [&](std::string_view key) {
        for (const auto part : std::array<std::string_view, 2>{"https", "defaults"}) {
            if (auto text = text_of(find(config, {"tls", part, key})); !text.empty()) return text;
        }
        return text_of(find(config, {key}));  // older ones
    };
    TlsFiles files{.ca_file = file("ca_file"), .certificate = file("cert_file"), .key = file("key_file")};
    files.verify = false;  // its certificate is for the names that others know it by
    return files;
}

std::string status_name(const value& member) {
    constexpr std::array<std::string_view, 5> names{"", "alive", "leaving", "left", "failed"};
    const auto number = number_in(text_of(find(member, {"Status"})));
    return number && *number < names.size() ? std::string(names[*number]) : std::string();
}

// Of a list past its limit, whose beginning is kept.
Problem more_than_kept(std::string_view source) {
    return {v1::Gap::TOO_LARGE, std::string(source), "a list is longer than is kept of it"};
}

Result<value> parse_list(std::string_view body, std::string_view source) {
    auto said = parse_json(body, source);
    if (said && !said->is_array()) return malformed(std::string(source), "no answer of a Consul agent");
    return said;
}

}  // namespace

Result<ConsulConfig> parse_consul_config(std::string_view text, std::string_view source) {
    const auto config = parse_json(text, source);
    if (!config) return config.error();
    if (!config->is_object()) return malformed(std::string(source), "is no set of settings");
    if (const auto port = port_in(*config, "http", http_port))
        return ConsulConfig{{host_in(*config, "http"), *port, {}}, std::nullopt};
    if (const auto port = port_in(*config, "https", 0))
        return ConsulConfig{{host_in(*config, "https"), *port, {}}, tls_files(*config)};
    return Problem{v1::Gap::ABSENT, std::string(source), "the agent answers on no port"};
}

Result<void> take_consul_leader(std::string_view body, std::string_view source, v1::ConsulCluster& cluster) {
    const auto said = parse_json(body, source);
    if (!said) return said.error();
    if (!said->is_string()) return malformed(std::string(source), "no answer of a Consul agent");
    cluster.set_leader(shown(text_of(&*said)));
    return {};
}

Result<void> take_consul_peers(std::string_view body, std::string_view source, v1::ConsulCluster& cluster) {
    const auto said = parse_list(body, source);
    if (!said) return said.error();
    for (const auto& peer : said->get_array()) {
        if (cluster.peers_size() == peers_limit) return more_than_kept(source);
        cluster.add_peers(shown(text_of(&peer)));
    }
    return {};
}

Result<void> take_consul_self(std::string_view body, std::string_view source, v1::ConsulCluster& cluster) {
    const auto said = parse_json(body, source);
    if (!said) return said.error();
    const auto* config = find(*said, {"Config"});
    if (config == nullptr) return malformed(std::string(source), "no answer of a Consul agent");
    cluster.set_version(shown_text(*config, {"Version"}));
    const auto* server = find(*config, {"Server"});
    cluster.set_server(server != nullptr && server->is_bool() && server->get_bool());
    cluster.set_datacenter(shown_text(*config, {"Datacenter"}));
    return {};
}

Result<void> take_consul_members(std::string_view body, std::string_view source, v1::ConsulCluster& cluster) {
    const auto said = parse_list(body, source);
    if (!said) return said.error();
    for (const auto& entry : said->get_array()) {
        if (cluster.members_size() == members_limit) return more_than_kept(source);
        auto& member = *cluster.add_members();
        member.set_name(shown_text(entry, {"Name"}));
        member.set_address(shown_text(entry, {"Addr"}));
        const auto build = shown_text(entry, {"Tags", "build"});  // "1.21.4:5f2a1c3d"
        member.set_version(build.substr(0, build.find(':')));
        member.set_role(text_of(find(entry, {"Tags", "role"})) == "consul" ? "server" : "client");
        member.set_status(status_name(entry));
    }
    return {};
}

// Without the output of a check, which is whatever a program wrote.
Result<void> take_consul_checks(std::string_view body, std::string_view source, v1::ConsulCluster& cluster) {
    const auto said = parse_list(body, source);
    if (!said) return said.error();
    for (const auto& entry : said->get_array()) {
        if (cluster.checks_size() == checks_limit) return more_than_kept(source);
        auto& check = *cluster.add_checks();
        check.set_node(shown_text(entry, {"Node"}));
        check.set_service(shown_text(entry, {"ServiceName"}));
        check.set_status(shown_text(entry, {"Status"}));
    }
    return {};
}

Result<void> take_patroni_leader(std::string_view body, std::string_view source,
                                 v1::ConsulCluster::PatroniLeader& leader) {
    const auto name = trimmed(body);
    if (!name.empty() && !is_name(name)) return malformed(std::string(source), "the key holds no name");
    leader.set_name(std::string(name));
    return {};
}

}  // namespace preflight::probes
