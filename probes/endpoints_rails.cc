#include "probes/endpoints_rails.h"

#include <algorithm>
#include <array>
#include <set>

#include "probes/database_yml.h"
#include "probes/endpoint_differences.h"
#include "probes/gitaly_config.h"
#include "probes/gitlab_yml.h"
#include "probes/paths.h"
#include "probes/rails_attributes.h"
#include "probes/redis_config.h"

namespace preflight::probes {
namespace {

constexpr std::string_view databases_affected = "PostgreSQL endpoints of Rails";
constexpr std::string_view redis_affected = "Redis endpoints of Rails";
constexpr std::string_view gitaly_affected = "Gitaly storages of Rails";

// Where this node's Rails keeps its configuration: the package's, else what a container or a self-compiled
// installation has. Whether Rails is here at all is for the caller to decide.
std::string configuration_directory(const Node& node) {
    if (node.status(paths::rails_etc) || node.status(paths::package_root))
        return std::string(paths::rails_etc);
    for (const auto root : std::array{paths::cloud_native_root, paths::self_compiled_root}) {
        // A Docker host has /srv/gitlab/config too, as the volume of /etc/gitlab, but no gitlab.yml in it.
        auto directory = std::string(root) + "/config";
        if (node.status(directory + "/gitlab.yml")) return directory;
    }
    return std::string(paths::rails_etc);
}

class Rails {
  public:
    explicit Rails(const EndpointsView& view)
        : view_(view), directory_(configuration_directory(view.node())), expected_(is_expected()) {}

    void look() {
        databases();
        redis();
        cable();
        gitaly();
        if (!rendered_.databases.empty() || !rendered_.redis.empty()) report_differences(view_, rendered_);
    }

  private:
    bool is_expected() const {
        if (view_.any_enabled({"puma", "sidekiq"})) return true;
        const auto status = view_.node().status(directory_ + "/gitlab.yml");
        return status || status.error().cause != v1::Gap::ABSENT;
    }

    // The text, or nothing after a gap. A file that is not there is no gap on a node without Rails.
    std::optional<std::string> read(const std::string& path, std::string_view affects, bool needed) const {
        auto text = view_.node().read_file(path);
        if (text) return std::move(*text);
        if (needed || text.error().cause != v1::Gap::ABSENT) view_.out().gap(text.error(), affects);
        return std::nullopt;
    }

    void databases() {
        const auto path = directory_ + "/database.yml";
        const auto text = read(path, databases_affected, expected_);
        const auto parsed = text ? parse_database_yml(*text, path) : Parsed<v1::PostgresEndpoint>();
        view_.report(parsed, path, databases_affected);
        rendered_.databases = parsed.items;
        rendered_.databases_path = path;
        tracking_database();
        if (!parsed.items.empty() || !expected_ || view_.attributes() == nullptr) return;
        view_.report(attribute_databases(*view_.attributes()), view_.attributes()->path, databases_affected);
    }

    // A file of its own before it moved into database.yml.
    void tracking_database() {
        const auto path = directory_ + "/database_geo.yml";
        const auto text = read(path, databases_affected, false);
        if (!text) return;
        auto parsed = parse_database_yml(*text, path);
        for (auto& endpoint : parsed.items) endpoint.set_purpose("geo");
        view_.report(parsed, path, databases_affected);
    }

    void redis() {
        const auto override_path = directory_ + "/redis.yml";
        const auto override_text = read(override_path, redis_affected, false);
        const auto overridden =
            override_text ? parse_redis_override(*override_text, override_path) : Parsed<v1::RedisEndpoint>();
        keep(overridden, override_path);
        std::set<std::string> settled;
        for (const auto& endpoint : overridden.items) settled.insert(endpoint.purpose());

        const auto before = rendered_.redis.size();
        if (!settled.contains("default")) instance("default", directory_ + "/resque.yml", expected_);
        const bool have_default = settled.contains("default") || rendered_.redis.size() > before;
        instances(settled);
        if (have_default || !expected_ || view_.attributes() == nullptr) return;
        auto known = attribute_redis(*view_.attributes());
        std::erase_if(known.items, [&](const auto& endpoint) { return is_rendered(endpoint.purpose()); });
        view_.report(known, view_.attributes()->path, redis_affected);
    }

    // redis.<instance>.yml, except those that redis.yml settles.
    void instances(const std::set<std::string>& settled) {
        const auto entries = view_.node().list(directory_);
        if (!entries) {
            if (entries.error().cause != v1::Gap::ABSENT) view_.out().gap(entries.error(), redis_affected);
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
        const auto text = read(path, redis_affected, needed);
        if (text) keep(parse_redis_yml(*text, purpose, path), path);
    }

    void cable() { instance("cable", directory_ + "/cable.yml", false); }

    void keep(const Parsed<v1::RedisEndpoint>& parsed, const std::string& path) {
        view_.report(parsed, path, redis_affected);
        for (const auto& endpoint : parsed.items) rendered_.redis.push_back({endpoint, path});
    }

    bool is_rendered(std::string_view purpose) const {
        return std::ranges::any_of(rendered_.redis,
                                   [&](const auto& item) { return item.endpoint.purpose() == purpose; });
    }

    void gitaly() {
        const auto yml = read_gitlab_yml(view_.node());
        if (yml) {
            const auto parsed = gitaly_endpoints(yml->production, yml->path);
            view_.report(parsed, yml->path, gitaly_affected);
            rendered_.storages = parsed.items;
            rendered_.storages_path = yml->path;
            return;
        }
        if (!expected_ && yml.error().cause == v1::Gap::ABSENT) return;
        view_.out().gap(yml.error(), gitaly_affected);
        if (view_.attributes() == nullptr) return;
        view_.report(attribute_storages(*view_.attributes()), view_.attributes()->path, gitaly_affected);
    }

    const EndpointsView& view_;
    std::string directory_;
    bool expected_;
    RenderedEndpoints rendered_;
};

}  // namespace

void look_at_rails(const EndpointsView& view) { Rails(view).look(); }

}  // namespace preflight::probes
