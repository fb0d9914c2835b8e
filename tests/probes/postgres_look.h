// PostgresLook: what tests of the postgres probe share: a Rails node that is configured for a server, and the
// findings by kind.
#pragma once

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "probes/postgres.h"
#include "tests/probes/finding_texts.h"
#include "tests/probes/node_tree.h"
#include "tests/probes/postgres_server.h"

namespace preflight::probes {

inline constexpr std::string_view database_yml = "/var/opt/gitlab/gitlab-rails/etc/database.yml";

// A Rails node whose database.yml holds these lines of `main`, each "key: value".
inline void configure(NodeTree& tree, const std::vector<std::string>& lines) {
    tree.file("/var/opt/gitlab/gitlab-rails/etc/gitlab.yml", "production: {}\n");
    tree.file(database_yml, fmt::format("production:\n  main:\n    database: gitlabhq_production\n    {}\n",
                                        fmt::join(lines, "\n    ")));
}

inline std::vector<std::string> by_socket(const PostgresServer& server) {
    return {"host: " + server.socket_directory(), fmt::format("port: {}", server.port()), "username: gitlab"};
}

inline std::vector<std::string> by_network(std::uint32_t port, const std::string& more = "sslmode: disable") {
    return {"host: 127.0.0.1", fmt::format("port: {}", port), "username: gitlab", "password: CANARY-password",
            more};
}

inline constexpr auto* role = "CREATE ROLE gitlab LOGIN PASSWORD 'CANARY-password'";

inline constexpr auto instance_of =
    only<&v1::Finding::has_postgres_instance, &v1::Finding::postgres_instance>;
inline constexpr auto migration_of =
    only<&v1::Finding::has_background_migration, &v1::Finding::background_migration>;
inline constexpr auto schema_of = only<&v1::Finding::has_schema_migrations, &v1::Finding::schema_migrations>;
inline constexpr auto settings_of =
    only<&v1::Finding::has_instance_settings, &v1::Finding::instance_settings>;

class PostgresProbe : public ::testing::Test {
  protected:
    std::vector<v1::Finding> look() const { return tree_.look(postgres, Machine::live); }
    NodeTree tree_;
};

}  // namespace preflight::probes
