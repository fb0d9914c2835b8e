#include "probes/postgres_uses.h"

#include <fmt/format.h>
#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

#include "probes/address.h"
#include "probes/addresses.h"
#include "probes/config_text.h"
#include "probes/database_yml.h"
#include "probes/gitlab_presence.h"
#include "probes/paths.h"
#include "probes/pgbouncer_config.h"
#include "probes/praefect_config.h"
#include "probes/redis_clients.h"
#include "probes/redis_uses.h"

namespace preflight::probes {
namespace {

// PostgreSQL asks the kernel who is behind a socket (peer): only our own name is believed.
std::string own_name() {
    const auto* entry = ::getpwuid(::geteuid());
    return entry == nullptr ? std::string() : entry->pw_name;
}

class Uses {
  public:
    explicit Uses(const Node& node, Findings& out) : node_(node), out_(out) {}

    std::vector<PostgresUse> find() {
        const auto directory = rails_configuration(node_);
        if (has_rails(node_)) {
            take_rails(directory + "/database.yml");
            // A file of its own, and flat, before it moved into database.yml.
            take_rails(directory + "/database_geo.yml", "geo");
        }
        if (serves(node_, "praefect")) take_praefect();
        if (serves(node_, "registry")) take_registry();
        take_console("/opt/gitlab/etc/gitlab-psql-rc", "own server");
        take_console("/opt/gitlab/etc/gitlab-geo-psql-rc", "own tracking server");
        if (serves(node_, "pgbouncer")) take_pgbouncer();
        return std::move(uses_);
    }

  private:
    void take_rails(const std::string& path, const std::string& purpose = "") {
        const auto text = node_.read_file(path);
        if (!text) {
            if (text.error().cause != v1::Gap::ABSENT) out_.gap(text.error(), "PostgreSQL servers of Rails");
            return;
        }
        // What cannot be understood in it is told by the probe of the endpoints.
        for (auto& login : parse_database_logins(*text, path).items) {
            if (!purpose.empty()) login.endpoint.set_purpose(purpose);
            auto use = use_of(login, login.endpoint.purpose());
            if (!login.endpoint.shares_main()) use.tables = login.endpoint.purpose();
            take_replicas(login, use);
            add(std::move(use));
        }
    }

    void take_replicas(const PostgresLogin& login, const PostgresUse& use) {
        for (const auto& replica : login.endpoint.replicas())
            add(use.elsewhere(replica, use.target.port, use.uses.front() + " replica"));
    }

    void take_registry() {
        const bool package = node_.status(paths::package_root).has_value();
        const auto text = node_.read_file(paths::registry_yml);
        if (text) return take_registry(*text, paths::registry_yml);
        if (package || text.error().cause != v1::Gap::ABSENT) return;  // told by the probe of the endpoints
        constexpr std::string_view of_the_image = "/etc/docker/registry/config.yml";
        if (const auto other = node_.read_file(of_the_image)) take_registry(*other, of_the_image);
    }

    void take_registry(std::string_view text, std::string_view path) {
        for (const auto& login : parse_registry_logins(text, path).items) {
            auto use = use_of(login, login.endpoint.purpose());
            take_replicas(login, use);
            add(std::move(use));
        }
    }

    // The servers that PgBouncer passes on to: what is asked through it is asked of a pool, and tells nothing
    // of the way there.
    void take_pgbouncer() {
        std::vector<std::string> files{std::string(paths::pgbouncer_ini)};
        const auto text = node_.read_file(files.front());
        if (!text) return;  // told by the probe of the endpoints
        for (auto& config : parse_pgbouncer_ini(*text, files.front()).items)
            std::ranges::move(config.includes, std::back_inserter(files));
        if (std::ranges::find(files, paths::pgbouncer_databases) == files.end())
            files.emplace_back(paths::pgbouncer_databases);
        const auto list = node_.read_file(paths::pgbouncer_users);
        for (const auto& file : files) {
            const auto more = node_.read_file(file);
            if (!more) continue;
            for (const auto& config : parse_pgbouncer_ini(*more, file).items) {
                for (const auto& endpoint : config.databases)
                    take_behind(endpoint, list ? *list : std::string());
            }
        }
    }

    // With the login of who uses that database by way of the pool, else with the pool's own.
    void take_behind(const v1::PostgresEndpoint& endpoint, const std::string& list) {
        const auto purpose = "pgbouncer " + endpoint.database();
        const auto host = endpoint.host().empty() ? socket_directory(endpoint.port()) : endpoint.host();
        if (const auto own = own_server(host, endpoint.port())) {
            uses_[*own].uses.push_back(purpose);
            return;
        }
        // What stands for every database that is not listed: none has that name.
        if (endpoint.database() == "*") return;
        const auto user = std::ranges::find_if(uses_, [&](const PostgresUse& use) {
            return use.target.database == endpoint.database() && use.target.password.present();
        });
        if (user != uses_.end()) {
            auto use = user->elsewhere(host, endpoint.port(), purpose);
            use.borrowed = true;
            return add(std::move(use));
        }
        PostgresLogin login;
        login.endpoint = endpoint;
        login.password = password_in_user_list(list, endpoint.user());
        auto use = use_of(login, "");
        use.uses = {purpose};
        use.borrowed = true;
        // Mostly PgBouncer knows hashes alone. The database's own node tells of it then, and that there is
        // none is a matter of coverage.
        if (!use.as_owner && !use.target.password.present()) return;
        add(std::move(use));
    }

    // One that is asked by its socket already.
    std::optional<std::size_t> own_server(const std::string& host, std::uint32_t port) const {
        const auto addresses =
            node_.live() ? addresses_of_this_machine() : Result<std::vector<std::string>>({});
        const bool own =
            is_loopback(host) || (addresses && std::ranges::find(*addresses, host) != addresses->end());
        const auto same = std::ranges::find_if(
            uses_, [&](const PostgresUse& use) { return use.as_owner && use.target.port == port; });
        if (!own || same == uses_.end()) return std::nullopt;
        return static_cast<std::size_t>(same - uses_.begin());
    }

    void take_praefect() {
        const auto text = node_.read_file(paths::praefect_toml);
        if (!text) return;  // told by the probe of the endpoints
        for (const auto& config : parse_praefect_config(*text, paths::praefect_toml).items) {
            for (const auto& login : config.databases) {
                auto use = use_of(login, login.endpoint.purpose());
                // The other way to it, past a pooler, leads to the same tables.
                use.praefect = login.endpoint.purpose() == "praefect";
                add(std::move(use));
            }
        }
    }

    // key='value' lines that the package's own console reads. Never run as the shell snippet that it is.
    void take_console(std::string_view path, const std::string& purpose) {
        const auto text = node_.read_file(path);
        if (!text) return;
        PostgresUse use;
        std::string_view rest(*text);
        while (const auto line = next_line(rest)) {
            const auto parts = split(*line, "=");
            if (parts.size() != 2) continue;
            const auto value = std::string(parts[1].substr(parts[1].starts_with('\'') ? 1 : 0));
            const auto bare = value.ends_with('\'') ? value.substr(0, value.size() - 1) : value;
            if (parts[0] == "psql_host") use.target.host = bare;
            if (parts[0] == "psql_port")
                use.target.port = static_cast<std::uint32_t>(number_in(bare).value_or(5432));
            if (parts[0] == "psql_dbname") use.target.database = bare;
        }
        if (!use.target.host.starts_with('/')) return;
        // Its socket is there only where the server runs on this node.
        if (!node_.status(use.target.address())) return;
        use.target.user = own_name();
        use.as_owner = true;
        use.uses.push_back(purpose);
        add(std::move(use));
    }

    // Where no host is written, libpq looks in the directory that it was built with.
    std::string socket_directory(std::uint32_t port) const {
        constexpr std::string_view usual = "/var/run/postgresql";
        PostgresTarget elsewhere;
        elsewhere.host = "/tmp";
        elsewhere.port = port;
        return node_.status(usual) || !node_.status(elsewhere.address()) ? std::string(usual)
                                                                         : elsewhere.host;
    }

    PostgresUse use_of(const PostgresLogin& login, const std::string& purpose) const {
        PostgresUse use;
        use.target.port = login.endpoint.port();
        use.target.host =
            login.endpoint.host().empty() ? socket_directory(use.target.port) : login.endpoint.host();
        use.target.database = login.endpoint.database();
        use.target.password = Secret(std::string(login.password.reveal()));
        use.target.sslmode = login.endpoint.sslmode();
        use.target.sslrootcert = login.sslrootcert;
        use.target.sslcert = login.sslcert;
        use.target.sslkey = login.sslkey;
        use.password_elsewhere = login.endpoint.password_by_command() && !login.password.present();
        use.uses.push_back(login.endpoint.service() + " " + purpose);
        use.discovery = login.discovery;
        use.configured_user = login.endpoint.user();
        use.settle();
        return use;
    }

    // One server is asked once; where GitLab's tables were asked for, they stay so.
    void add(PostgresUse use) {
        const auto same =
            std::ranges::find_if(uses_, [&](const PostgresUse& other) { return other.is_at(use.target); });
        if (same == uses_.end()) return uses_.push_back(std::move(use));
        for (auto& purpose : use.uses) {
            if (std::ranges::find(same->uses, purpose) == same->uses.end())
                same->uses.push_back(std::move(purpose));
        }
        if (same->tables.empty()) same->tables = use.tables;
        same->praefect = same->praefect || use.praefect;
        if (same->discovery.record.empty()) same->discovery = use.discovery;
    }

    const Node& node_;
    Findings& out_;
    std::vector<PostgresUse> uses_;
};

}  // namespace

PostgresUse PostgresUse::elsewhere(std::string host, std::uint32_t port, std::string purpose) const {
    PostgresUse use;
    use.target.host = std::move(host);
    use.target.port = port;
    use.target.database = target.database;
    use.target.password = Secret(std::string(target.password.reveal()));
    use.target.sslmode = target.sslmode;
    use.target.sslrootcert = target.sslrootcert;
    use.target.sslcert = target.sslcert;
    use.target.sslkey = target.sslkey;
    use.password_elsewhere = password_elsewhere;
    use.configured_user = configured_user;
    use.uses.push_back(std::move(purpose));
    use.settle();
    return use;
}

// libpq would take the name of whoever runs it for a user that is not written: ours is not GitLab's.
void PostgresUse::settle() {
    as_owner = target.host.starts_with('/') && !target.password.present();
    target.user = as_owner ? own_name() : configured_user;
    if (!target.user.empty()) return;
    unasked = as_owner ? "the account that asks has no name on this node"
                       : "no user is configured for it: GitLab's services come as who they are";
}

std::vector<PostgresUse> find_postgres_uses(const Node& node, Findings& out) {
    return Uses(node, out).find();
}

std::vector<std::string> postgres_sockets(const Node& node) {
    Findings unheard("postgres", [](const v1::Finding&) {});
    std::vector<std::string> sockets;
    for (const auto& use : find_postgres_uses(node, unheard)) {
        if (use.as_owner) sockets.push_back(use.target.address());
    }
    return sockets;
}

}  // namespace preflight::probes
