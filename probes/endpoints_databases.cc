#include <algorithm>

#include "probes/address.h"
#include "probes/config_text.h"
#include "probes/endpoints_servers.h"
#include "probes/json.h"
#include "probes/paths.h"
#include "probes/patroni_config.h"
#include "probes/pgbouncer_config.h"
#include "probes/postgres_config.h"

namespace preflight::probes {
namespace {

// One of the package's PostgreSQL servers.
struct Server {
    std::string_view purpose;
    std::string_view service;
    std::string data_directory;
    std::string_view affects;
};

std::string data_directory(const EndpointsView& view, std::initializer_list<std::string_view> keys,
                           std::string_view otherwise) {
    const auto* attributes = view.attributes();
    const auto directory = attributes == nullptr ? std::string() : text_of(attributes->find(keys));
    return (is_path(directory) ? directory : std::string(otherwise)) + "/data";
}

void look_at_data(const EndpointsView& view, const Server& server) {
    const auto path = server.data_directory + "/PG_VERSION";
    const auto text = view.node().read_file(path);
    const auto major = text ? parse_pg_version(*text, path) : Result<std::string>(text.error());
    if (!major) {
        const bool expected = view.any_enabled({server.service, "patroni"});
        if (expected || major.error().cause != v1::Gap::ABSENT) view.out().gap(major.error(), server.affects);
        return;
    }
    auto& found = *view.out().add(path).mutable_postgres_server();
    found.set_purpose(std::string(server.purpose));
    found.set_data_directory(server.data_directory);
    found.set_major(*major);
    found.set_standby(view.node().status(server.data_directory + "/standby.signal").has_value() ||
                      view.node().status(server.data_directory + "/recovery.signal").has_value());
}

// postgresql.conf with what it includes, and what ALTER SYSTEM wrote over it.
void look_at_configuration(const EndpointsView& view, const Server& server) {
    constexpr std::string_view affects = "where PostgreSQL of this node listens";
    constexpr std::size_t include_limit = 8;
    const auto path = server.data_directory + "/postgresql.conf";
    PostgresSettings settings;
    const auto read = [&](const std::string& file, bool needed) -> std::vector<std::string> {
        const auto text = view.node().read_file(file);
        const auto includes =
            text ? read_postgres_conf(*text, file, settings) : Result<std::vector<std::string>>(text.error());
        if (includes) return *includes;
        if (needed || includes.error().cause != v1::Gap::ABSENT) view.out().gap(includes.error(), affects);
        return {};
    };
    const auto text = view.node().read_file(path);
    if (!text) {
        if (view.enabled(server.service) || text.error().cause != v1::Gap::ABSENT) {
            view.out().gap(text.error(), affects);
        }
        return;
    }
    if (!holds_settings(*text)) return view.out().gap(malformed(path, "holds no setting"), affects);
    const auto includes = read(path, true);
    for (std::size_t at = 0; at < includes.size() && at < include_limit; ++at) {
        const bool absolute = includes[at].starts_with('/');
        read(absolute ? includes[at] : server.data_directory + "/" + includes[at], false);
    }
    read(server.data_directory + "/postgresql.auto.conf", false);
    view.report(postgres_listeners(settings, server.service, path), path, affects);
}

// True when Patroni's configuration says where its PostgreSQL listens: it passes that on the command line.
bool look_at_patroni(const EndpointsView& view) {
    constexpr std::string_view affects = "this node's part in the Patroni cluster";
    const auto text = view.config_of("patroni", paths::patroni_yaml, affects);
    if (!text) return false;
    const auto parsed = parse_patroni_config(*text, paths::patroni_yaml);
    bool listens = false;
    for (const auto& config : parsed.items) {
        *view.out().add(paths::patroni_yaml).mutable_patroni_member() = config.member;
        view.report({config.listeners, {}}, paths::patroni_yaml, affects);
        listens = listens || !config.listeners.empty();
    }
    view.report(parsed.problems, affects);
    return listens;
}

// The databases stand in files that pgbouncer.ini includes. Consul's watcher writes them to its own
// directory, which the include of an older reconfigure may not name.
// `elsewhere`: pgbouncer.ini names databases itself.
void look_at_backends(const EndpointsView& view, std::vector<std::string> files, bool elsewhere) {
    constexpr std::string_view affects = "databases behind PgBouncer";
    if (std::ranges::find(files, paths::pgbouncer_databases) == files.end())
        files.emplace_back(paths::pgbouncer_databases);
    bool found = false;
    bool named = false;
    std::optional<Problem> missing;
    for (const auto& file : files) {
        const auto text = view.node().read_file(file);
        if (!text && text.error().cause == v1::Gap::ABSENT) {
            if (!missing) missing = text.error();
            continue;
        }
        found = true;
        if (!text) {
            view.out().gap(text.error(), affects);
            continue;
        }
        const auto parsed = parse_pgbouncer_ini(*text, file);
        for (const auto& config : parsed.items) {
            view.report({config.databases, {}}, file, affects);
            named = named || !config.databases.empty();
        }
        view.report(parsed.problems, affects);
        named = named || !parsed.problems.empty();  // which names it could not be read
    }
    if (!found && missing) view.out().gap(*missing, affects);
    if (found && !named && !elsewhere) {
        view.out().gap(malformed(std::string(paths::pgbouncer_ini), "names no database"), affects);
    }
}

void look_at_pgbouncer(const EndpointsView& view) {
    constexpr std::string_view affects = "where PgBouncer of this node listens";
    const auto text = view.config_of("pgbouncer", paths::pgbouncer_ini, affects);
    if (!text) return;
    const auto parsed = parse_pgbouncer_ini(*text, paths::pgbouncer_ini);
    for (const auto& config : parsed.items) {
        view.report({config.listeners, {}}, paths::pgbouncer_ini, affects);
        view.report({config.databases, {}}, paths::pgbouncer_ini, affects);
    }
    view.report(parsed.problems, affects);
    const bool complete = !parsed.items.empty() && !parsed.items.front().databases.empty();
    const bool listens = !parsed.items.empty() && !parsed.items.front().listeners.empty();
    if (!listens && parsed.problems.empty()) {
        view.out().gap(malformed(std::string(paths::pgbouncer_ini), "does not say where it listens"),
                       affects);
    }
    const auto includes = parsed.items.empty() ? std::vector<std::string>() : parsed.items.front().includes;
    if (!complete || !includes.empty()) look_at_backends(view, includes, complete);
}

}  // namespace

void look_at_databases(const EndpointsView& view) {
    const Server main{"main", "postgresql",
                      data_directory(view, {"postgresql", "dir"}, paths::postgresql_directory),
                      "major version of the bundled PostgreSQL"};
    const bool listens = look_at_patroni(view);
    if (view.serves("postgresql") || view.serves("patroni")) {
        look_at_data(view, main);
        if (!listens) look_at_configuration(view, main);
    }
    const Server geo{
        "geo", "geo-postgresql",
        data_directory(view, {"gitlab", "geo_postgresql", "dir"}, paths::geo_postgresql_directory),
        "major version of the Geo tracking database"};
    if (view.serves("geo-postgresql")) {
        look_at_data(view, geo);
        look_at_configuration(view, geo);
    }
    look_at_pgbouncer(view);
}

}  // namespace preflight::probes
