#include "probes/secret_fingerprints.h"

#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <vector>

#include "probes/fingerprint.h"
#include "probes/gitaly_tokens.h"
#include "probes/gitlab_presence.h"
#include "probes/paths.h"
#include "probes/plain_text.h"
#include "probes/secret_values.h"
#include "probes/service_secrets.h"
#include "probes/yaml.h"

namespace preflight::probes {
namespace {

constexpr std::uint64_t secret_limit_bytes = 1024 * 1024;
constexpr std::string_view rendered_yml = "/var/opt/gitlab/gitlab-rails/etc/secrets.yml";

// A file that holds one secret alone, and the key of gitlab-secrets.json that it was rendered from (recipe of
// Rails in the package; which of Pages' keys and that of the knowledge graph, from their use in Rails). Some
// are read by a service of its own too, on whose node Rails need not run.
struct RenderedFile {
    std::string_view name;
    std::string_view key;
    std::string_view service;
};

constexpr std::array<RenderedFile, 8> rendered_files{{
    {"gitlab_workhorse_secret", "gitlab_workhorse.secret_token", "gitlab-workhorse"},
    {"gitlab_shell_secret", "gitlab_shell.secret_token", "gitlab-sshd"},
    {"gitlab_pages_secret", "gitlab_pages.api_secret_key", {}},
    {"gitlab_kas_secret", "gitlab_kas.api_secret_key", {}},
    {"gitlab_incoming_email_secret", "mailroom.incoming_email_auth_token", "mailroom"},
    {"gitlab_service_desk_email_secret", "mailroom.service_desk_email_auth_token", "mailroom"},
    {"gitlab_knowledge_graph_secret", "gitlab_rails.orbit_secret", {}},
    {"gitlab-registry.key", "registry.internal_key", {}},
}};

constexpr std::string_view affects_rendered = "whether services use the secrets of gitlab-secrets.json";
constexpr std::string_view affects_tokens = "whether Gitaly's token is the same here and there";
constexpr std::string_view affects_host_keys = "whether host keys are the same on all nodes";

// Whether the files rendered for Rails are in use: a node that runs no part of it any more keeps them as they
// were.
bool rails_runs(const Node& node) {
    return serves(node, "puma") || serves(node, "sidekiq") || serves(node, "geo-logcursor");
}

class Look {
  public:
    Look(const Node& node, const Result<GitlabYml>& yml, const Asked& asked, Findings& out)
        : node_(node), yml_(yml), asked_(asked), out_(out), keyed_by_(name_of_key(asked.fingerprint_key)) {}

    void secrets_file() {
        auto text = read(paths::secrets_json);
        if (!text) return;
        auto parsed = secret_values_of_json(text->reveal(), paths::secrets_json);
        // Torn as a whole: the probe has said so.
        if (parsed.items.empty() && !parsed.problems.empty()) return;
        known_ = !past_limit(parsed);
        gaps(parsed.problems, known_ ? "secrets that have no name" : affects_rendered);
        for (auto& item : parsed.items) {
            report(item, paths::secrets_json, false);
            file_values_[item.key] = std::move(item.value);
        }
    }

    void rails_secrets(const std::string& path, bool rendered) {
        const auto text = read(path);
        if (!text) {
            if (rendered) gap(text.error(), affects_rendered);
            return;
        }
        const auto parsed = secret_values_of_yml(text->reveal(), path);
        if (rendered) gaps(parsed.problems, affects_rendered);
        for (const auto& item : parsed.items) take(item, path, rendered);
    }

    void rendered_secrets() {
        const bool rails = rails_runs(node_);
        for (const auto& file : rendered_files) {
            if (!rails && (file.service.empty() || !serves(node_, file.service))) continue;
            const auto path = std::string(paths::rails_etc) + "/" + std::string(file.name);
            const auto text = read(path);
            if (!text) {
                gap(text.error(), affects_rendered);
                continue;
            }
            auto value = canonical_text(text->reveal());
            if (value.present()) take({std::string(file.key), std::move(value), {}}, path, true);
        }
    }

    void service_secrets() {
        auto found = service_secrets_of(node_);
        // A file that a service's configuration names must be there.
        for (const auto& problem : found.problems) out_.gap(problem, affects_rendered);
        for (auto& one : found.items) {
            const bool named = file_values_.contains(one.value.key);
            if (!named && !one.otherwise.empty()) one.value.key = one.otherwise;
            if (named || !one.optional) take(one.value, one.path, true);
        }
    }

    // Rails takes the registry's word for an event where both hold the same.
    void notification_secret() {
        const auto registry = notification_secrets_of_registry(node_);  // its problems were told above
        for (const auto& one : registry.items) report(one.value, one.path, true);
        if (!yml_ || !rails_runs(node_)) return;
        const auto expected =
            canonical_text(text_of(member(member(yml_->production, "registry"), "notification_secret")));
        if (!expected.present()) return;
        const auto knows = [&](const ServiceSecret& one) {
            return one.value.value.reveal() == expected.reveal();
        };
        if (!registry.items.empty() && std::ranges::none_of(registry.items, knows))
            difference("registry.notification_secret", std::string(paths::registry_yml), yml_->path,
                       "the values differ");
    }

    void gitaly_tokens() {
        if (!asked_.fingerprint_key.present()) return;
        if (rails_runs(node_)) rails_tokens();
        server_tokens("gitaly", paths::gitaly_toml, tokens_of_gitaly);
        server_tokens("praefect", paths::praefect_toml, tokens_of_praefect);
    }

    // The public halves, which sshd does not need: where one is missing, the key cannot be compared.
    void host_keys(std::string_view directory) {
        const auto entries = node_.list(directory);
        if (!entries) return;  // the probe looks for the private halves there, and says why it cannot
        for (const auto& entry : *entries) {
            const std::string_view name = entry.name;
            if (!is_plain_line(name) || !name.starts_with("ssh_host_") || !name.ends_with("_key")) continue;
            const auto path = std::string(directory) + "/" + entry.name + ".pub";
            // The image's links to keys that it keeps in /etc/gitlab, where they are found themselves.
            if (entry.type == FileType::link) continue;
            host_key(path);
        }
    }

  private:
    Result<Secret> read(std::string_view path) const {
        auto text = node_.read_file(path, secret_limit_bytes);
        if (!text) return text.error();
        return Secret(std::move(*text));
    }

    void gap(const Problem& problem, std::string_view affects) {
        if (problem.cause != v1::Gap::ABSENT) out_.gap(problem, affects);
    }
    void gaps(const std::vector<Problem>& problems, std::string_view affects) {
        for (const auto& problem : problems) gap(problem, affects);
    }

    void host_key(const std::string& path) {
        const auto text = node_.read_file(path, secret_limit_bytes);
        if (!text) return out_.gap(text.error(), affects_host_keys);
        const auto key = parse_public_key(*text, path);
        if (!key) return out_.gap(key.error(), affects_host_keys);
        auto& found = *out_.add(path).mutable_secret_fingerprint();
        found.set_key("ssh_host_key." + key->algorithm);
        found.set_fingerprint(key->fingerprint);
        found.set_path(path);
    }

    void rails_tokens() {
        if (!yml_) return gap(yml_.error(), affects_tokens);
        for (const auto& token : tokens_of_rails(yml_->production)) report(token, yml_->path, true);
    }

    void server_tokens(std::string_view service, std::string_view path,
                       Parsed<SecretValue> (*parse)(std::string_view, std::string_view)) {
        // A disabled service leaves its configuration behind.
        if (!serves(node_, service)) return;
        const auto text = read(path);
        if (!text) return gap(text.error(), affects_tokens);
        const auto parsed = parse(text->reveal(), path);
        gaps(parsed.problems, affects_tokens);
        for (const auto& token : parsed.items) report(token, path, true);
    }

    void report(const SecretValue& value, std::string_view path, bool rendered) {
        if (!asked_.fingerprint_key.present()) return;
        auto& found = *out_.add(path).mutable_secret_fingerprint();
        found.set_key(value.key);
        found.set_fingerprint(fingerprint(asked_.fingerprint_key, value.key, value.value));
        found.set_keyed_by(keyed_by_);
        found.set_path(std::string(path));
        found.set_storage(value.storage);
        found.set_rendered(rendered);
    }

    void take(const SecretValue& value, const std::string& path, bool rendered) {
        report(value, path, rendered);
        if (!rendered || !known_) return;
        const auto in_file = file_values_.find(value.key);
        if (in_file == file_values_.end()) {
            difference(value.key, path, paths::secrets_json, "stands in the rendered file alone");
        } else if (in_file->second.reveal() != value.value.reveal()) {
            difference(value.key, path, paths::secrets_json, "the values differ");
        }
    }

    void difference(const std::string& key, const std::string& path, std::string_view other,
                    std::string_view detail) {
        auto& found = *out_.add(path).mutable_difference();
        found.set_kind(v1::Difference::SECRET);
        found.set_what(key);
        found.set_used(path);
        found.set_other(std::string(other));
        found.set_detail(std::string(detail));
    }

    const Node& node_;
    const Result<GitlabYml>& yml_;
    const Asked& asked_;
    Findings& out_;
    const std::string keyed_by_;
    bool known_ = false;  // the file of secrets was read, with all that it holds
    std::map<std::string, Secret, std::less<>> file_values_;
};

}  // namespace

void look_at_fingerprints(const Node& node, const Result<GitlabYml>& yml, const Asked& asked, Findings& out) {
    Look look(node, yml, asked, out);
    look.secrets_file();
    for (const auto root : {paths::self_compiled_root, paths::cloud_native_root}) {
        look.rails_secrets(std::string(root) + "/config/secrets.yml", false);
    }
    if (rails_runs(node)) look.rails_secrets(std::string(rendered_yml), true);
    look.rendered_secrets();
    look.service_secrets();
    look.notification_secret();
    if (has_rails(node)) look.host_keys("/etc/ssh");
    look.gitaly_tokens();
    look.host_keys(paths::config_directory);
    look.host_keys("/var/opt/gitlab/gitlab-sshd");
}

}  // namespace preflight::probes
