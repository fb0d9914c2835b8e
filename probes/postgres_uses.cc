#include "probes/postgres_uses.h"

#include <fmt/format.h>
#include <pwd.h>
#include <unistd.h>

#include <algorithm>

#include "probes/config_text.h"
#include "probes/database_yml.h"
#include "probes/gitlab_presence.h"
#include "probes/paths.h"
#include "probes/praefect_config.h"
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
        take_console("/opt/gitlab/etc/gitlab-psql-rc", "own server");
        take_console("/opt/gitlab/etc/gitlab-geo-psql-rc", "own tracking server");
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
            const auto replicas = login.endpoint.replicas();
            const bool own_tables = !login.endpoint.shares_main();
            for (const auto& replica : replicas) {
                auto use = use_of(login, login.endpoint.purpose() + " replica");
                use.target.host = replica;
                add(std::move(use));
            }
            auto use = use_of(login, login.endpoint.purpose());
            if (own_tables) use.tables = login.endpoint.purpose();
            add(std::move(use));
        }
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
        use.uses.push_back(purpose);
        add(std::move(use));
    }

    static PostgresUse use_of(const PostgresLogin& login, const std::string& purpose) {
        PostgresUse use;
        use.target.host = login.endpoint.host();
        use.target.port = login.endpoint.port();
        use.target.database = login.endpoint.database();
        use.target.user = login.endpoint.user();
        use.target.password = Secret(std::string(login.password.reveal()));
        use.target.sslmode = login.endpoint.sslmode();
        use.target.sslrootcert = login.sslrootcert;
        use.target.sslcert = login.sslcert;
        use.target.sslkey = login.sslkey;
        use.password_elsewhere = login.endpoint.password_by_command() && !login.password.present();
        use.uses.push_back(login.endpoint.service() + " " + purpose);
        const bool socket = use.target.host.empty() || use.target.host.starts_with('/');
        if (socket && !use.target.password.present()) use.target.user = own_name();
        return use;
    }

    // One server is asked once; where GitLab's tables were asked for, they stay so.
    void add(PostgresUse use) {
        const auto same = std::ranges::find_if(uses_, [&](const PostgresUse& other) {
            return other.target.address() == use.target.address() &&
                   other.target.database == use.target.database;
        });
        if (same == uses_.end()) return uses_.push_back(std::move(use));
        for (auto& purpose : use.uses) {
            if (std::ranges::find(same->uses, purpose) == same->uses.end())
                same->uses.push_back(std::move(purpose));
        }
        if (same->tables.empty()) same->tables = use.tables;
        same->praefect = same->praefect || use.praefect;
    }

    const Node& node_;
    Findings& out_;
    std::vector<PostgresUse> uses_;
};

}  // namespace

std::vector<PostgresUse> find_postgres_uses(const Node& node, Findings& out) {
    return Uses(node, out).find();
}

}  // namespace preflight::probes
