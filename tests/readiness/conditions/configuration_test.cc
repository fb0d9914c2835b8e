// Predicates on what nodes are configured to be and to use.
#include "tests/readiness/asked.h"

namespace preflight::readiness {
namespace {

// ---- uses

TEST(Uses, AnExternalServiceOfAKindAndForAPurpose) {
    const std::string found =
        "findings { probe: 'external_services' external_service {"
        " kind: 'object_storage' purpose: 'artifacts' host: 's3.example.test' } } ";
    const auto fleet = fleet_of({node("a", roles("RAILS") + ran({"external_services"}) + found)});
    EXPECT_EQ(truth("uses { kinds: ['ldap', 'object_storage'] }", fleet), Truth::holds);
    EXPECT_EQ(truth("uses { kinds: 'object_storage' purposes: 'artifacts' }", fleet), Truth::holds);
    EXPECT_EQ(truth("uses { kinds: 'object_storage' purposes: 'lfs' }", fleet), Truth::fails);
    EXPECT_EQ(truth("uses { kinds: 'ldap' }", fleet), Truth::fails);
}

TEST(Uses, IsUnknownWhereAnApplicationNodeDidNotSay) {
    constexpr auto ldap = "uses { kinds: 'ldap' }";
    EXPECT_EQ(truth(ldap, fleet_of({node("a", roles("RAILS"))})), Truth::unknown);
    EXPECT_EQ(truth(ldap, fleet_of({node("a", "")})), Truth::unknown);
    EXPECT_EQ(truth(ldap, fleet_of({node("a", roles("GITALY"))})), Truth::fails);
    EXPECT_EQ(truth(ldap, fleet_of({node("a", roles("RAILS") + ran({"external_services"}) +
                                                  gap("external_services", "cause: MALFORMED"))})),
              Truth::unknown);
}

// Elasticsearch stands in the database, which one node that reads it tells for all of them.
TEST(Uses, AsksTheDatabaseForElasticsearch) {
    constexpr auto search = "uses { kinds: 'elasticsearch' }";
    const auto files = roles("RAILS") + ran({"external_services"});
    const auto read = [](std::string_view kind) {
        return "findings { probe: 'postgres' instance_settings { stores_read: '" + std::string(kind) +
               "' } } ";
    };
    const std::string found =
        "findings { probe: 'postgres' external_service { kind: 'elasticsearch' host: 's.example.test' } } ";
    EXPECT_EQ(truth(search, fleet_of({node("a", files), node("b", read("elasticsearch") + found)})),
              Truth::holds);
    EXPECT_EQ(truth(search, fleet_of({node("a", roles("RAILS")), node("b", read("elasticsearch"))})),
              Truth::fails);
    EXPECT_EQ(truth(search, fleet_of({node("a", files + read("zoekt"))})), Truth::unknown);
    EXPECT_EQ(truth(search, fleet_of({node_without_gitlab()})), Truth::unknown);
    EXPECT_EQ(truth("uses { kinds: ['ldap', 'zoekt'] }", fleet_of({node("a", files + read("zoekt"))})),
              Truth::fails);
    EXPECT_EQ(
        truth("uses { kinds: ['ldap', 'zoekt'] }", fleet_of({node("a", roles("RAILS") + read("zoekt"))})),
        Truth::unknown);
}

TEST(Uses, AsksWhereTheTlsOptionsOfLdapStand) {
    const auto ldap = [](std::string_view fields) {
        return truth("uses { kinds: 'ldap' tls_beside_options: true }",
                     fleet_of({node("a", roles("RAILS") + ran({"external_services"}) +
                                             "findings { probe: 'external_services' external_service {"
                                             " kind: 'ldap' host: 'ldap.example.test' " +
                                             std::string(fields) + " } } ")}));
    };
    EXPECT_EQ(ldap("tls_beside_options: true"), Truth::holds);
    EXPECT_EQ(ldap("tls_beside_options: false"), Truth::fails);
    EXPECT_EQ(ldap(""), Truth::unknown) << "of an older agent";
}

// ---- shares_storage_path, secrets_differ

TEST(SharesStoragePath, HoldsWhereTwoStoragesOfOneGitalyLieAtOnePath) {
    const auto with = [](std::string_view storages) {
        return fleet_of({node("a", roles("GITALY") + "findings { probe: 'endpoints' gitaly_server { " +
                                       std::string(storages) + " } }")});
    };
    constexpr auto shares = "shares_storage_path {}";
    EXPECT_EQ(truth(shares, with("storages { name: 'a' path: '/x' } storages { name: 'b' path: '/x' }")),
              Truth::holds);
    EXPECT_EQ(truth(shares, with("storages { name: 'a' path: '/x' } storages { name: 'b' path: '/y' }")),
              Truth::fails);
    EXPECT_EQ(truth(shares, with("storages { name: 'a' path: '/x' } } } " + timed_out("endpoints") +
                                 "findings { gitaly_server { ")),
              Truth::unknown);
    EXPECT_EQ(truth(shares, fleet_of({node("a", roles("GITALY"))})), Truth::unknown);
    EXPECT_EQ(truth(shares, fleet_of({node("a", roles("RAILS"))})), Truth::fails);
}

std::string secret(std::string_view fingerprint) {
    return "findings { probe: 'secrets' source: '/etc/gitlab/gitlab-secrets.json' secret_fingerprint {"
           " path: '/etc/gitlab/gitlab-secrets.json' keyed_by: 'k' key: 'gitlab_rails.db_key_base' "
           "fingerprint: '" +
           std::string(fingerprint) + "' } } ";
}

TEST(SecretsDiffer, HoldsWhereTwoNodesHaveNotTheSame) {
    const auto fleet_with = [](const std::string& one, const std::string& other) {
        return fleet_of({node("a", roles("RAILS") + one), node("b", roles("RAILS") + other)});
    };
    constexpr auto differ = "secrets_differ {}";
    EXPECT_EQ(truth(differ, fleet_with(secret("1"), secret("2"))), Truth::holds);
    EXPECT_EQ(truth(differ, fleet_with(secret("1"), secret("1"))), Truth::fails);
    EXPECT_EQ(truth(differ, fleet_with(secret("1"), "")), Truth::unknown);
    EXPECT_EQ(truth(differ, fleet_with(secret("1"), secret("1") + timed_out("secrets"))), Truth::unknown);
}

// ---- geo

std::string geo_role(std::string_view role) {
    return "findings { probe: 'geo' geo_role { role: " + std::string(role) + " } } ";
}

const std::string database_read =
    ran({"postgres"}) + "findings { probe: 'postgres' schema_migrations { database: 'main' files: 1 } } ";

TEST(Geo, HoldsByTheSitesInTheDatabaseOrTheRoleOfANode) {
    const auto site = [](std::string_view fields) {
        return "findings { probe: 'postgres' geo_site { name: 'x' " + std::string(fields) + " } } ";
    };
    const auto fleet = fleet_of(
        {node("a", roles("RAILS") + geo_role("PRIMARY") + database_read + site("primary: true") + site(""))});
    EXPECT_EQ(truth("geo {}", fleet), Truth::holds);
    EXPECT_EQ(truth("geo { role: SECONDARY }", fleet), Truth::holds) << "by its row alone";
    const auto files = fleet_of({node("a", roles("RAILS") + geo_role("SECONDARY"))});
    EXPECT_EQ(truth("geo { role: SECONDARY }", files), Truth::holds);
    EXPECT_EQ(truth("geo { role: PRIMARY }", files), Truth::unknown) << "no database was seen";
}

TEST(Geo, FailsOnlyWhereFilesAndDatabaseWereSeen) {
    const auto none = roles("RAILS") + geo_role("NOT_CONFIGURED");
    EXPECT_EQ(truth("geo {}", fleet_of({node("a", none + database_read), node_without_gitlab()})),
              Truth::fails);
    EXPECT_EQ(truth("geo {}", fleet_of({node("a", none)})), Truth::unknown);
    EXPECT_EQ(truth("geo {}", fleet_of({node("a", roles("RAILS") + database_read)})), Truth::unknown);
    EXPECT_EQ(
        truth("geo {}", fleet_of({node("a", none + database_read), node("b", geo_role("ROLE_UNSPECIFIED"))})),
        Truth::unknown);
}

}  // namespace
}  // namespace preflight::readiness
