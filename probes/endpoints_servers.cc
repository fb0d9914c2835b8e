#include "probes/endpoints_servers.h"

#include "probes/gitaly_config.h"
#include "probes/paths.h"
#include "probes/praefect_config.h"
#include "probes/redis_clients.h"
#include "probes/redis_conf.h"
#include "probes/redis_uses.h"

namespace preflight::probes {
namespace {

void set_filesystem_ids(const EndpointsView& view, v1::GitalyServer& server) {
    constexpr std::uint64_t metadata_limit_bytes = 65'536;
    for (auto& storage : *server.mutable_storages()) {
        const auto path = storage.path() + "/.gitaly-metadata";
        const auto text = view.node().read_file(path, metadata_limit_bytes);
        const auto id = text ? parse_gitaly_metadata(*text, path) : Result<std::string>(text.error());
        if (id) {
            storage.set_filesystem_id(*id);
        } else if (id.error().cause != v1::Gap::ABSENT) {
            view.out().gap(id.error(), "whether two Gitaly storages are one disk");
        }
    }
}

void look_at_gitaly(const EndpointsView& view) {
    constexpr std::string_view affects = "Gitaly storages of this node";
    constexpr int storage_limit = 256;
    const auto path = gitaly_config_path(view);
    const auto text = view.config_of("gitaly", path, affects);
    if (!text) return;
    auto parsed = parse_gitaly_config(*text, path);
    for (auto& config : parsed.items) {
        auto& storages = *config.server.mutable_storages();
        if (storages.size() > storage_limit) {
            storages.DeleteSubrange(storage_limit, storages.size() - storage_limit);
            view.out().gap({v1::Gap::DROPPED, std::string(path), "more storages than are kept"}, affects);
        }
        set_filesystem_ids(view, config.server);
        *view.out().add(path).mutable_gitaly_server() = config.server;
        view.report({config.listeners, {}}, path, affects);
    }
    view.report(parsed.problems, affects);
}

void look_at_praefect(const EndpointsView& view) {
    constexpr std::string_view affects = "virtual storages and database of Praefect";
    constexpr std::size_t storage_limit = 256;
    const auto path = praefect_config_path(view);
    const auto text = view.config_of("praefect", path, affects);
    if (!text) return;
    const auto parsed = parse_praefect_config(*text, path);
    for (const auto& config : parsed.items) {
        view.report({endpoints_of(config.databases), {}}, path, affects);
        view.report({config.listeners, {}}, path, affects);
        for (std::size_t at = 0; at < config.virtual_storages.size() && at < storage_limit; ++at) {
            *view.out().add(path).mutable_praefect_virtual_storage() = config.virtual_storages[at];
        }
        if (config.virtual_storages.size() > storage_limit) {
            view.out().gap({v1::Gap::DROPPED, std::string(path), "more virtual storages than are kept"},
                           affects);
        }
    }
    view.report(parsed.problems, affects);
}

}  // namespace

std::string_view gitaly_config_path(const EndpointsView& view) {
    return view.first_present(
        {paths::gitaly_toml, "/etc/gitaly/config.toml", "/home/git/gitaly/config.toml"});
}

std::string_view praefect_config_path(const EndpointsView& view) {
    return view.first_present({paths::praefect_toml, "/home/git/praefect/config.toml"});
}

void look_at_clients(const EndpointsView& view) {
    for (const auto& uses : redis_of_clients(view))
        view.report(endpoints_of(uses.parsed), uses.path, uses.affects);
    constexpr auto registry = registry_affected;
    const auto registry_path = registry_configuration(view);
    if (const auto text = view.config_of("registry", registry_path, registry)) {
        const auto database = parse_registry_database(*text, registry_path);
        view.report(database, registry_path, registry);
        // What makes the whole file unreadable was said once already.
        const auto redis = endpoints_of(parse_registry_redis(*text, registry_path));
        if (database.problems.empty() || !redis.items.empty()) view.report(redis, registry_path, registry);
    }
}

void look_at_git_servers(const EndpointsView& view) {
    look_at_gitaly(view);
    look_at_praefect(view);
}

void look_at_redis(const EndpointsView& view) {
    constexpr std::string_view redis = "where Redis of this node listens";
    if (const auto text = view.config_of("redis", paths::redis_conf, redis)) {
        view.report(parse_redis_conf(*text, "redis", paths::redis_conf), paths::redis_conf, redis);
    }
    constexpr std::string_view sentinel = "where the Sentinel of this node listens";
    if (const auto text = view.config_of("sentinel", paths::sentinel_conf, sentinel)) {
        view.report(parse_redis_conf(*text, "sentinel", paths::sentinel_conf), paths::sentinel_conf,
                    sentinel);
    }
}

}  // namespace preflight::probes
