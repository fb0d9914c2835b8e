#include "probes/named_certificates.h"

#include "probes/address.h"
#include "probes/config_text.h"
#include "probes/gitlab_presence.h"
#include "probes/paths.h"
#include "probes/toml.h"
#include "probes/yaml.h"

namespace preflight::probes {
namespace {

using Named = Parsed<NamedCertificate>;

constexpr std::string_view nginx_directory = "/var/opt/gitlab/nginx/conf";
constexpr std::size_t nginx_file_limit = 100;

void add(Named& found, std::string path, std::string_view used_by) {
    if (is_path(path)) found.items.push_back({std::move(path), std::string(used_by)});
}

// The text of the configuration of a service that runs here.
std::optional<std::string> config_of(const Node& node, std::string_view service, std::string_view path,
                                     Named& found) {
    if (!serves(node, service)) return std::nullopt;
    auto text = node.read_file(path);
    if (text) return std::move(*text);
    if (text.error().cause != v1::Gap::ABSENT) found.problems.push_back(text.error());
    return std::nullopt;
}

void take_toml(const Node& node, std::string_view service, std::string_view path, Named& found) {
    const auto text = config_of(node, service, path, found);
    if (!text) return;
    const auto document = parse_toml(*text, path);
    if (!document) return found.problems.push_back(document.error());
    add(found, document->at_path("tls.certificate_path").value_or(std::string()), service);
}

void take_registry(const Node& node, Named& found) {
    const auto text = config_of(node, "registry", paths::registry_yml, found);
    if (!text) return;
    const auto document = parse_yaml(*text, paths::registry_yml);
    if (!document) return found.problems.push_back(document.error());
    add(found, text_of(member(member(member(*document, "http"), "tls"), "certificate")), "registry");
    const auto token = member(member(*document, "auth"), "token");
    add(found, text_of(member(token, "rootcertbundle")), "registry");
}

void take_nginx(const Node& node, const std::string& directory, bool inner, Named& found) {
    const auto entries = node.list(directory);
    if (!entries) {
        if (entries.error().cause != v1::Gap::ABSENT) found.problems.push_back(entries.error());
        return;
    }
    std::size_t files = 0;
    for (const auto& entry : *entries) {
        const auto path = directory + "/" + entry.name;
        // Newer versions keep the servers' files one folder further down.
        if (entry.type == FileType::directory && !inner) take_nginx(node, path, true, found);
        if (!entry.name.ends_with(".conf") || !is_plain_line(entry.name)) continue;
        if (files++ == nginx_file_limit)
            return found.problems.push_back(
                {v1::Gap::DROPPED, directory, "more files of NGINX than are read"});
        const auto text = node.read_file(path);
        if (!text) {
            if (text.error().cause != v1::Gap::ABSENT) found.problems.push_back(text.error());
            continue;
        }
        for (auto& named : certificates_of_nginx(*text)) add(found, std::move(named), "nginx");
    }
}

}  // namespace

std::vector<std::string> certificates_of_nginx(std::string_view text) {
    std::vector<std::string> found;
    while (const auto line = next_line(text)) {
        const auto words = split(line->substr(0, line->find('#')), " \t;");
        if (words.size() < 2 || (words[0] != "ssl_certificate" && words[0] != "ssl_trusted_certificate"))
            continue;
        auto path = words[1];
        // A quoted path with a blank in it is in two words here, and no path.
        const bool quoted = path.front() == '"' || path.front() == '\'';
        if (quoted && (path.size() < 3 || path.back() != path.front())) continue;
        if (quoted) path = path.substr(1, path.size() - 2);
        if (is_path(path) && path.find('$') == std::string_view::npos) found.emplace_back(path);
    }
    return found;
}

Parsed<NamedCertificate> read_named_certificates(const Node& node) {
    Named found;
    if (serves(node, "nginx")) take_nginx(node, std::string(nginx_directory), false, found);
    take_toml(node, "gitaly", paths::gitaly_toml, found);
    take_toml(node, "praefect", paths::praefect_toml, found);
    take_registry(node, found);
    return found;
}

}  // namespace preflight::probes
