#include "probes/redis_uses.h"

#include <algorithm>
#include <array>
#include <set>

#include "probes/paths.h"
#include "probes/rails_attributes.h"
#include "probes/redis_clients.h"
#include "probes/redis_config.h"

namespace preflight::probes {
namespace {

constexpr std::string_view rails_affected = "Redis endpoints of Rails";

class RedisOfRails {
  public:
    explicit RedisOfRails(const EndpointsView& view)
        : view_(view), directory_(rails_configuration(view.node())), expected_(rails_expected(view)) {}

    std::vector<RedisUses> read() {
        const auto override_path = directory_ + "/redis.yml";
        if (const auto text = read(override_path, false))
            keep(override_path, parse_redis_override(*text, override_path));
        const auto settled = purposes();
        if (!settled.contains("default")) instance("default", directory_ + "/resque.yml", expected_);
        const bool have_default = purposes().contains("default");
        instances(settled);
        instance("cable", directory_ + "/cable.yml", false);
        if (!have_default && expected_ && view_.attributes() != nullptr) by_attributes();
        return std::move(uses_);
    }

  private:
    // The text, or nothing after a gap. A file that is not there is no gap on a node without Rails.
    std::optional<std::string> read(const std::string& path, bool needed) const {
        auto text = view_.node().read_file(path);
        if (text) return std::move(*text);
        if (needed || text.error().cause != v1::Gap::ABSENT) view_.out().gap(text.error(), rails_affected);
        return std::nullopt;
    }

    // redis.<instance>.yml, except those that redis.yml settles.
    void instances(const std::set<std::string>& settled) {
        const auto entries = view_.node().list(directory_);
        if (!entries) {
            if (entries.error().cause != v1::Gap::ABSENT) view_.out().gap(entries.error(), rails_affected);
            return;
        }
        constexpr std::string_view prefix = "redis.";
        constexpr std::string_view suffix = ".yml";
        for (const auto& [name, type] : *entries) {
            if (!name.starts_with(prefix) || !name.ends_with(suffix) || name.size() <= 10) continue;
            const auto purpose = name.substr(prefix.size(), name.size() - prefix.size() - suffix.size());
            const bool plain =
                std::ranges::all_of(purpose, [](char c) { return c == '_' || (c >= 'a' && c <= 'z'); });
            if (plain && !settled.contains(purpose)) instance(purpose, directory_ + "/" + name, true);
        }
    }

    void instance(const std::string& purpose, const std::string& path, bool needed) {
        if (const auto text = read(path, needed)) keep(path, parse_redis_yml(*text, purpose, path));
    }

    void by_attributes() {
        const auto known = attribute_redis(*view_.attributes());
        const auto rendered = purposes();
        Parsed<RedisClient> parsed{{}, known.problems};
        for (const auto& endpoint : known.items) {
            if (rendered.contains(endpoint.purpose())) continue;
            RedisClient client{endpoint, {}, {}};
            client.server.elsewhere = client.sentinel.elsewhere = true;
            if (endpoint.tls()) client.server.tls.emplace();
            parsed.items.push_back(std::move(client));
        }
        uses_.push_back({view_.attributes()->path, rails_affected, std::move(parsed), false});
    }

    void keep(const std::string& path, Parsed<RedisClient> parsed) {
        uses_.push_back({path, rails_affected, std::move(parsed)});
    }

    std::set<std::string> purposes() const {
        std::set<std::string> purposes;
        for (const auto& uses : uses_) {
            for (const auto& client : uses.parsed.items) purposes.insert(client.endpoint.purpose());
        }
        return purposes;
    }

    const EndpointsView& view_;
    std::string directory_;
    bool expected_;
    std::vector<RedisUses> uses_;
};

}  // namespace

std::string rails_configuration(const Node& node) {
    if (node.status(paths::rails_etc) || node.status(paths::package_root))
        return std::string(paths::rails_etc);
    for (const auto root : std::array{paths::cloud_native_root, paths::self_compiled_root}) {
        // A Docker host has /srv/gitlab/config too, as the volume of /etc/gitlab, but no gitlab.yml in it.
        auto directory = std::string(root) + "/config";
        if (node.status(directory + "/gitlab.yml")) return directory;
    }
    return std::string(paths::rails_etc);
}

bool rails_expected(const EndpointsView& view) {
    if (view.any_enabled({"puma", "sidekiq"})) return true;
    const auto status = view.node().status(rails_configuration(view.node()) + "/gitlab.yml");
    return status || status.error().cause != v1::Gap::ABSENT;
}

std::vector<RedisUses> redis_of_rails(const EndpointsView& view) { return RedisOfRails(view).read(); }

std::vector<RedisUses> redis_of_clients(const EndpointsView& view) {
    std::vector<RedisUses> uses;
    constexpr std::string_view workhorse = "Redis of Workhorse";
    if (const auto text = view.config_of("gitlab-workhorse", paths::workhorse_toml, workhorse)) {
        uses.push_back({std::string(paths::workhorse_toml), workhorse,
                        parse_workhorse_redis(*text, paths::workhorse_toml)});
    }
    constexpr std::string_view kas = "Redis of the agent server for Kubernetes";
    const auto kas_path = view.first_present({paths::kas_yml, "/etc/kas/config.yaml"});
    if (const auto text = view.config_of("gitlab-kas", kas_path, kas))
        uses.push_back({std::string(kas_path), kas, parse_kas_redis(*text, kas_path)});
    return uses;
}

std::string_view registry_configuration(const EndpointsView& view) {
    return view.first_present({paths::registry_yml, "/etc/docker/registry/config.yml"});
}

}  // namespace preflight::probes
