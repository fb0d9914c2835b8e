#include "probes/service_secrets.h"

#include <optional>
#include <utility>

#include "probes/config_text.h"
#include "probes/fingerprint.h"
#include "probes/gitlab_presence.h"
#include "probes/paths.h"
#include "probes/plain_text.h"
#include "probes/toml.h"
#include "probes/yaml.h"

namespace preflight::probes {
namespace {

using ServiceSecrets = Parsed<ServiceSecret>;

constexpr std::uint64_t config_limit_bytes = 1024 * 1024;
constexpr std::uint64_t secret_limit_bytes = 64 * 1024;
constexpr std::size_t receivers_limit = 20;  // of the registry's notifications

class Look {
  public:
    explicit Look(const Node& node) : node_(node) {}

    // The keys of KAS, each in a file that the configuration names (gitlab-kas cookbook).
    void kas() {
        const auto document = yaml_of("gitlab-kas", paths::kas_yml);
        if (!document) return;
        const auto& root = *document;
        constexpr auto file = "authentication_secret_file";
        const auto to_rails = text_of(member(member(root, "gitlab"), file));
        const auto from_rails = text_of(member(member(member(root, "api"), "listen"), file));
        take_file(to_rails, "gitlab_kas.api_secret_key");
        if (from_rails != to_rails) take_file(from_rails, "gitlab_kas.api_secret_key");
        take_file(text_of(member(member(member(root, "private_api"), "listen"), file)),
                  "gitlab_kas.private_api_secret_key");
        const auto kubernetes = member(member(root, "agent"), "kubernetes_api");
        take_file(text_of(member(kubernetes, "websocket_token_secret_file")),
                  "gitlab_kas.websocket_token_secret_key");
    }

    // Lines key=value (gitlab-pages cookbook); of the secrets, only Rails' is in a file of its own.
    void pages() {
        const auto config = text("gitlab-pages", paths::pages_config);
        if (!config) return;
        std::string_view rest = config->reveal();
        while (const auto line = next_line(rest)) {
            const auto cut = line->find('=');
            if (cut == std::string_view::npos) continue;
            const auto key = trimmed(line->substr(0, cut));
            const auto value = trimmed(line->substr(cut + 1));
            if (key == "api-secret-key") take_file(std::string(value), "gitlab_pages.api_secret_key");
            if (key == "auth-secret") take(value, "gitlab_pages.auth_secret", paths::pages_config);
            if (key == "auth-client-secret") take(value, "gitlab_pages.gitlab_secret", paths::pages_config);
        }
    }

    // Its half of the key pair with which Rails signs what a client may do is a certificate.
    void registry() {
        const auto document = yaml_of("registry", paths::registry_yml);
        if (!document) return;
        take(text_of(member(member(*document, "http"), "secret")), "registry.http_secret",
             paths::registry_yml);
        const auto token = member(member(*document, "auth"), "token");
        take_file(text_of(member(token, "rootcertbundle")), "registry.internal_certificate");
    }

    void notifications() {
        const auto document = yaml_of("registry", paths::registry_yml);
        if (!document) return;
        const auto receivers = member(member(*document, "notifications"), "endpoints");
        if (!receivers.IsSequence()) return;
        for (const auto& receiver : receivers) {
            const auto said = member(member(receiver, "headers"), "Authorization");
            const auto secret = said.IsSequence() && said.size() > 0 ? text_of(said[0]) : text_of(said);
            if (found_.items.size() < receivers_limit)
                take(secret, "registry.notification_secret", paths::registry_yml);
        }
    }

    // Where its file has no key for it, the package gives Gitaly what GitLab Shell has.
    void gitaly() {
        const auto document = toml_of("gitaly", paths::gitaly_toml);
        if (!document) return;
        const auto text_at = [&](std::string_view key) {
            return document->at_path(key).value_or(std::string());
        };
        const auto before = found_.items.size();
        take_file(text_at("gitlab.secret_file"), "gitaly.gitlab_secret");
        if (found_.items.size() > before) found_.items.back().otherwise = "gitlab_shell.secret_token";
        take_optional(text_at("auth.token"), "gitaly.configuration.auth.token", paths::gitaly_toml);
    }

    void praefect() {
        const auto document = toml_of("praefect", paths::praefect_toml);
        if (!document) return;
        take_optional(document->at_path("auth.token").value_or(std::string()),
                      "praefect.configuration.auth.token", paths::praefect_toml);
    }

    ServiceSecrets found() && { return std::move(found_); }

  private:
    // The configuration of a service that runs here. A disabled one leaves its files behind.
    std::optional<Secret> text(std::string_view service, std::string_view path) {
        if (!serves(node_, service)) return std::nullopt;
        auto content = node_.read_file(path, config_limit_bytes);
        if (content) return Secret(std::move(*content));
        if (content.error().cause != v1::Gap::ABSENT) found_.problems.push_back(content.error());
        return std::nullopt;
    }

    template <typename Document>
    std::optional<Document> known(Result<Document> document) {
        if (document) return std::move(*document);
        found_.problems.push_back(document.error());
        return std::nullopt;
    }
    std::optional<YAML::Node> yaml_of(std::string_view service, std::string_view path) {
        const auto content = text(service, path);
        return content ? known(parse_yaml(content->reveal(), path)) : std::nullopt;
    }
    std::optional<toml::table> toml_of(std::string_view service, std::string_view path) {
        const auto content = text(service, path);
        return content ? known(parse_toml(content->reveal(), path)) : std::nullopt;
    }

    void take(std::string_view text, std::string_view key, std::string_view path) {
        auto value = canonical_text(text);
        if (value.present())
            found_.items.push_back({{std::string(key), std::move(value), {}}, std::string(path), {}});
    }

    void take_optional(std::string_view text, std::string_view key, std::string_view path) {
        const auto before = found_.items.size();
        take(text, key, path);
        if (found_.items.size() > before) found_.items.back().optional = true;
    }

    // Of a file that holds one secret alone.
    void take_file(const std::string& path, std::string_view key) {
        if (!path.starts_with('/') || !is_plain_line(path)) return;
        auto content = node_.read_file(path, secret_limit_bytes);
        if (!content) {
            found_.problems.push_back(content.error());
            return;
        }
        const Secret secret(std::move(*content));
        take(secret.reveal(), key, path);
    }

    const Node& node_;
    ServiceSecrets found_;
};

}  // namespace

Parsed<ServiceSecret> service_secrets_of(const Node& node) {
    Look look(node);
    look.kas();
    look.pages();
    look.registry();
    look.gitaly();
    look.praefect();
    return std::move(look).found();
}

Parsed<ServiceSecret> notification_secrets_of_registry(const Node& node) {
    Look look(node);
    look.notifications();
    return std::move(look).found();
}

}  // namespace preflight::probes
