#include "probes/external_services.h"

#include <algorithm>
#include <array>

#include "probes/address.h"
#include "probes/attributes.h"
#include "probes/config_text.h"
#include "probes/gitlab_presence.h"
#include "probes/gitlab_yml.h"
#include "probes/json.h"
#include "probes/paths.h"
#include "probes/yaml.h"

namespace preflight::probes {
namespace {

using namespace std::chrono_literals;
using Services = Parsed<v1::ExternalService>;

constexpr std::string_view click_house_yml = "/var/opt/gitlab/gitlab-rails/etc/click_house.yml";
constexpr std::string_view affects = "which servers outside GitLab are needed";

bool is_enabled(const YAML::Node& section) { return truth_of(member(section, "enabled")).value_or(false); }

std::uint32_t port_of(const std::string& text) {
    const auto number = number_in(text);
    return number && *number <= 65535 ? static_cast<std::uint32_t>(*number) : 0;
}

v1::ExternalService service(std::string_view kind, std::string_view purpose) {
    v1::ExternalService one;
    one.set_kind(std::string(kind));
    one.set_purpose(name_or_nothing(purpose));
    return one;
}

// A URL or "host:port"; what is there and no address is a problem that does not repeat it.
void take_address(const std::string& text, std::string_view what, std::string_view source,
                  v1::ExternalService& one, Services& found) {
    if (text.empty()) return;
    const auto address = parse_address(text);
    if (!address || !is_host(address->host)) {
        return found.unclear(source, "the address of " + std::string(what) + " cannot be read");
    }
    one.set_host(address->host);
    if (address->port != 0) one.set_port(address->port);
    one.set_tls(address->scheme == "https" || one.tls());
}

// Where no endpoint is named the provider's own is used, which the region tells.
void take_connection(const YAML::Node& connection, std::string_view purpose, std::string_view source,
                     Services& found) {
    if (!connection.IsMap() || connection.size() == 0) return;
    auto one = service("object_storage", purpose);
    one.set_provider(name_or_nothing(text_of(member(connection, "provider"))));
    one.set_region(name_or_nothing(text_of(member(connection, "region"))));
    auto endpoint = text_of(member(connection, "endpoint"));
    if (endpoint.empty()) endpoint = text_of(member(connection, "host"));
    take_address(endpoint, "the object storage of " + std::string(purpose), source, one, found);
    found.items.push_back(std::move(one));
}

void take_mailbox(const YAML::Node& box, std::string_view kind, std::string_view source, Services& found) {
    if (!is_enabled(box)) return;
    auto one = service(kind, "");
    take_address(text_of(member(box, "host")), kind, source, one, found);
    if (const auto port = port_of(text_of(member(box, "port"))); port != 0) one.set_port(port);
    one.set_tls(truth_of(member(box, "ssl")).value_or(false));
    if (!one.host().empty()) found.items.push_back(std::move(one));
}

// Rails takes these two there as well, and speaks of it (gitlab config/initializers/1_settings.rb).
bool has_tls_beside_options(const YAML::Node& server) {
    return std::ranges::any_of(std::array{"ca_file", "ssl_version"}, [&](const char* name) {
        const auto option = member(server, name);
        return option.IsDefined() && !option.IsNull();
    });
}

void take_ldap(const std::string& name, const YAML::Node& server, std::string_view source, Services& found) {
    const auto encryption = text_of(member(server, "encryption"));
    const bool tls = !encryption.empty() && encryption != "plain";
    const auto take = [&](const std::string& host, const std::string& port) {
        auto one = service("ldap", name);
        one.set_tls(tls);
        one.set_tls_beside_options(has_tls_beside_options(server));
        take_address(host, "an LDAP server", source, one, found);
        if (const auto number = port_of(port); number != 0) one.set_port(number);
        if (!one.host().empty()) found.items.push_back(std::move(one));
    };
    take(text_of(member(server, "host")), text_of(member(server, "port")));
    const auto hosts = member(server, "hosts");  // further ones, as pairs of host and port
    if (!hosts.IsSequence()) return;
    for (const auto& pair : hosts) {
        if (pair.IsSequence() && pair.size() == 2) take(text_of(pair[0]), text_of(pair[1]));
    }
}

void report(Findings& out, std::string_view path, const Services& found) {
    for (const auto& item : found.items) *out.add(path).mutable_external_service() = item;
    for (const auto& problem : found.problems) out.gap(problem, affects);
}

void look_at_file(const Node& node, std::string_view path,
                  Services (*parse)(std::string_view, std::string_view), Findings& out) {
    const auto text = node.read_file(path);
    if (text) return report(out, path, parse(*text, path));
    if (text.error().cause != v1::Gap::ABSENT) out.gap(text.error(), affects);
}

// Rails' own file for it is Ruby: what it was rendered from is asked instead.
void look_at_mail_server(const Node& node, Findings& out) {
    const auto attributes = read_attributes(node);
    if (!attributes) {
        if (attributes.error().cause != v1::Gap::ABSENT) out.gap(attributes.error(), affects);
        return;
    }
    const auto value = [&](std::string_view key) {
        const auto* found = attributes->find({"gitlab", "gitlab_rails", key});
        return found != nullptr ? found : attributes->find({"gitlab", "gitlab-rails", key});
    };
    const auto is_true = [](const boost::json::value* truth) {
        return truth != nullptr && truth->is_bool() && truth->get_bool();
    };
    if (!is_true(value("smtp_enable"))) return;
    Services found;
    auto one = service("smtp", "");
    one.set_tls(is_true(value("smtp_tls")) || is_true(value("smtp_ssl")));
    take_address(text_of(value("smtp_address")), "the mail server", attributes->path, one, found);
    if (const auto port = port_of(text_of(value("smtp_port"))); port != 0) one.set_port(port);
    if (!one.host().empty()) found.items.push_back(std::move(one));
    report(out, attributes->path, found);
}

void look(const Node& node, const Asked& /*asked*/, Findings& out) {
    if (has_rails(node)) {
        const auto yml = read_gitlab_yml(node);
        if (!yml) out.gap(yml.error(), affects);
        if (yml) {
            for (const auto parse : {object_storages_of, ldap_servers_of, mailboxes_of})
                report(out, yml->path, parse(yml->production, yml->path));
        }
        look_at_file(node, click_house_yml, click_houses_of, out);
        look_at_mail_server(node, out);
    }
    if (has_gitlab(node) && serves(node, "registry"))
        look_at_file(node, paths::registry_yml, registry_storage_of, out);
}

}  // namespace

Parsed<v1::ExternalService> object_storages_of(const YAML::Node& production, std::string_view source) {
    constexpr std::array<std::string_view, 10> types{
        "artifacts",       "external_diffs",    "lfs",   "uploads",
        "packages",        "dependency_proxy",  "pages", "terraform_state",
        "ci_secure_files", "agent_plan_content"};
    Services found;
    const auto consolidated = member(production, "object_store");
    if (is_enabled(consolidated)) take_connection(member(consolidated, "connection"), "all", source, found);
    for (const auto type : types) {
        const auto own = member(member(production, std::string(type)), "object_store");
        if (is_enabled(own)) take_connection(member(own, "connection"), type, source, found);
    }
    const auto upload = member(member(production, "backup"), "upload");
    take_connection(member(upload, "connection"), "backups", source, found);
    return found;
}

Parsed<v1::ExternalService> ldap_servers_of(const YAML::Node& production, std::string_view source) {
    Services found;
    const auto ldap = member(production, "ldap");
    const auto servers = member(ldap, "servers");
    if (!is_enabled(ldap)) return found;
    if (!servers.IsMap()) {
        found.unclear(source, "LDAP is enabled, and its servers are no table");
        return found;
    }
    for (const auto& entry : servers) {
        const auto name = text_of(entry.first);
        if (name != "<<") take_ldap(name, entry.second, source, found);
    }
    return found;
}

Parsed<v1::ExternalService> mailboxes_of(const YAML::Node& production, std::string_view source) {
    Services found;
    take_mailbox(member(production, "incoming_email"), "incoming_email", source, found);
    take_mailbox(member(production, "service_desk_email"), "service_desk_email", source, found);
    return found;
}

Parsed<v1::ExternalService> registry_storage_of(std::string_view text, std::string_view source) {
    const auto document = parse_yaml(text, source);
    if (!document) return Services::of(document.error());
    Services found;
    const auto storage = member(*document, "storage");
    for (const std::string driver : {"s3", "s3_v2", "gcs", "azure", "azure_v2", "swift", "oss"}) {
        const auto settings = member(storage, driver);
        if (!settings.IsMap()) continue;
        auto one = service("object_storage", "registry");
        one.set_provider(driver);
        one.set_region(name_or_nothing(text_of(member(settings, "region"))));
        take_address(text_of(member(settings, "regionendpoint")), "the registry's storage", source, one,
                     found);
        found.items.push_back(std::move(one));
    }
    return found;
}

Parsed<v1::ExternalService> click_houses_of(std::string_view text, std::string_view source) {
    const auto document = parse_yaml(text, source);
    if (!document) return Services::of(document.error());
    Services found;
    const auto production = member(*document, "production");
    if (!production.IsMap()) {
        if (production.IsDefined() && !production.IsNull()) found.unclear(source, "production is no table");
        return found;
    }
    for (const auto& entry : production) {
        auto one = service("clickhouse", text_of(entry.first));
        take_address(text_of(member(entry.second, "url")), "ClickHouse", source, one, found);
        if (!one.host().empty()) found.items.push_back(std::move(one));
    }
    return found;
}

constexpr Probe external_services{
    .name = "external_services",
    .looks_at =
        "object storage, LDAP, mail and ClickHouse that this node is told to use: names and ports alone",
    .needs = ReadAllFiles{},
    .limit = 5s,
    .look = look,
};

}  // namespace preflight::probes
