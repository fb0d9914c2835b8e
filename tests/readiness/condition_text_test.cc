// How a condition is described, and what is refused in it.
#include <array>
#include <set>

#include "readiness/condition.h"
#include "tests/readiness/asked.h"

namespace preflight::readiness {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

struct Described {
    const char* condition;
    const char* text;
};

constexpr std::array described{
    Described{"installed { methods: [LINUX_PACKAGE, DOCKER] edition: EE fips: true }",
              "GitLab comes from the Linux package or the Docker image, Enterprise Edition, built for FIPS"},
    Described{"installed { edition: CE }", "GitLab is installed, Community Edition"},
    Described{"runs { versions { from: '16.0' below: '16.3.5' } versions { from: '17.0' } }",
              "a node runs GitLab from 16.0 to below 16.3.5 or 17.0 or later"},
    Described{"runs { versions { below: '16.1' } hop_starts: true }",
              "a node runs GitLab below 16.1 when the hop begins"},
    Described{"system { names: ['Ubuntu 20.04', 'Debian 11'] }", "a node runs Ubuntu 20.04 or Debian 11"},
    Described{"system { glibc_below: '2.28' package: 'rpm' }",
              "a node runs a system with rpm packages with a C library below 2.28"},
    Described{"nodes { role: PATRONI }", "a node runs Patroni"},
    Described{"nodes { role: RAILS more_than: 1 }", "more than one node runs Rails"},
    Described{"nodes { role: CONSUL more_than: 4 }", "more than 4 nodes run Consul"},
    Described{"service { names: ['mailroom', 'registry'] }", "the service mailroom or registry is enabled"},
    Described{"marker_file { names: 'skip-auto-backup' }", "/etc/gitlab has skip-auto-backup"},
    Described{"filesystem { path: '/var/opt/gitlab' network: true }",
              "/var/opt/gitlab lies on a network filesystem"},
    Described{"filesystem {}", "GitLab's data lies on a local filesystem"},
    Described{"filesystem { path: '/data' noexec: true }",
              "/data lies on a filesystem that is mounted noexec"},
    Described{"beyond_ascii {}", "gitlab.rb has characters outside ASCII"},
    Described{"certificate_key { rsa_bits_above: 8192 }",
              "a certificate has an RSA key of more than 8192 bits"},
    Described{"changed_edition {}", "Enterprise Edition was once turned back into Community Edition"},
    Described{"security { fips: true }", "the kernel runs in FIPS mode"},
    Described{"security { selinux_enforcing: true }", "SELinux enforces"},
    Described{"torn_file { probe: 'settings' beneath: '/x/' }", "a file beneath /x/ is torn"},
    Described{"setting { keys: ['a', 'b'] values: 'true' }", "gitlab.rb sets a or b to true"},
    Described{"setting { keys: 'a' form: HAS_PORT }", "gitlab.rb sets a, with a port"},
    Described{"setting { keys: 'a' form: HAS_UPPER_CASE }", "gitlab.rb sets a, with upper-case letters"},
    Described{"setting { keys: 'a' form: LACKS_SCHEME }", "gitlab.rb sets a, without https:// or http://"},
    Described{"setting { keys: 'a' lacking: true }", "gitlab.rb of a node does not set a"},
    Described{"setting { keys: 'a' values: 'true' lacking: true roles: [RAILS, SIDEKIQ] }",
              "gitlab.rb of a node that runs Rails or Sidekiq does not set a to true"},
    Described{"setting { keys: 'a' roles: GITALY }", "gitlab.rb of a node that runs Gitaly sets a"},
    Described{"setting { keys: 'a' site: SECONDARY }", "gitlab.rb of a node of a Geo secondary sets a"},
    Described{"setting { keys: 'a' lacking: true roles: RAILS site: PRIMARY }",
              "gitlab.rb of a node of Geo's primary that runs Rails does not set a"},
    Described{"uses { kinds: 'object_storage' purposes: ['artifacts', 'lfs'] }",
              "an external object_storage service is used for artifacts or lfs"},
    Described{"uses { kinds: 'ldap' tls_beside_options: true }",
              "an external ldap service is used, with ca_file or ssl_version outside of tls_options"},
    Described{"shares_storage_path {}", "two storages of a Gitaly share a path"},
    Described{"secrets_differ {}", "the secrets differ between nodes"},
    Described{
        "server { component: POSTGRESQL versions { below: '16' } whose: EXTERNAL purposes: 'praefect' }",
        "an external PostgreSQL for praefect is below 16"},
    Described{"server { component: REDIS versions { from: '7' } whose: BUNDLED }",
              "the package's own Redis is 7 or later"},
    Described{"server { component: POSTGRESQL whose: EXTERNAL }", "an external PostgreSQL is used"},
    Described{"postgres_sets { name: 'wal_level' values: ['minimal', 'replica'] }",
              "PostgreSQL's wal_level is minimal or replica"},
    Described{"lacks_extension { name: 'amcheck' }", "the database lacks the extension amcheck"},
    Described{"pending_restart {}", "PostgreSQL has settings that wait for a restart"},
    Described{"through_pgbouncer {}", "Rails reaches PostgreSQL through PgBouncer"},
    Described{"unavailable_repositories {}", "Praefect has repositories that cannot be served"},
    Described{"instance_sets { column: 'elasticsearch_indexing' values: 't' }",
              "the instance's setting elasticsearch_indexing is t"},
    Described{"table { table: 'users' rows_above: 30000 }", "the table users has more than 30000 rows"},
    Described{"table { table: 'users' }", "the table users has rows"},
    Described{"unfinished_migration {}", "a batched background migration is not finished"},
    Described{"unfinished_migration { jobs: ['A', 'B'] }", "the background migration A or B is not finished"},
    Described{"table_fact { fact: LONG_PUSH_RULE }",
              "a push rule has an expression of more than 511 characters"},
    Described{"first { of { geo {} } of { person { question: 'Is it so?' } } }",
              "Geo is used, or where nothing tells that, a person says yes to: Is it so?"},
    Described{"geo {}", "Geo is used"},
    Described{"geo { role: SECONDARY }", "Geo has a secondary site"},
    Described{"geo { role: PRIMARY }", "a Geo primary is there"},
    Described{"geo_site { fact: OWN_URL }", "a secondary site has another URL than the primary"},
    Described{"geo_site { fact: COPIES_OBJECT_STORAGE }", "GitLab copies object storage to a secondary site"},
    Described{"without_downtime {}", "the upgrade is planned without downtime"},
    Described{"person { question: 'Is it so?' }", "a person says yes to: Is it so?"},
    Described{"all { of { geo {} } of { any { of { pending_restart {} } of { secrets_differ {} } } } }",
              "Geo is used and (PostgreSQL has settings that wait for a restart or the secrets differ "
              "between nodes)"},
    Described{"any { of { geo {} } of { secrets_differ {} } }",
              "Geo is used or the secrets differ between nodes"},
    Described{"none { of { geo {} } of { secrets_differ {} } }",
              "it is not so that Geo is used or the secrets differ between nodes"},
};

TEST(Condition, DescribesItselfAsAPersonWould) {
    for (const auto& row : described) {
        EXPECT_EQ(describe(condition(row.condition)), row.text);
        EXPECT_THAT(wrong_in(condition(row.condition)), IsEmpty()) << row.condition;
    }
}

// Every kind of question has a description: a new one must not be forgotten.
TEST(Condition, HasADescriptionForEveryQuestion) {
    const auto* asks = v1::Condition::descriptor()->FindOneofByName("asks");
    std::set<std::string> seen;
    for (const auto& row : described) {
        const auto asked = condition(row.condition);
        seen.insert(v1::Condition::GetReflection()->GetOneofFieldDescriptor(asked, asks)->name());
    }
    EXPECT_EQ(seen.size(), static_cast<std::size_t>(asks->field_count()));
}

TEST(Condition, HasADescriptionForEveryFactOfTheTables) {
    const auto* facts = v1::TableFact::Fact_descriptor();
    std::set<std::string> texts;
    for (int at = 1; at < facts->value_count(); ++at) {
        v1::Condition asked;
        asked.mutable_table_fact()->set_fact(static_cast<v1::TableFact::Fact>(facts->value(at)->number()));
        texts.insert(describe(asked));
    }
    EXPECT_EQ(texts.size(), static_cast<std::size_t>(facts->value_count() - 1));
    EXPECT_FALSE(texts.contains(describe(condition("table_fact {}"))));
}

TEST(Condition, SaysWhatIsWrongInIt) {
    constexpr std::array wrong{
        Described{"", "asks nothing"},
        Described{"all {}", "list of conditions is empty"},
        Described{"any { of { none {} } }", "list of conditions is empty"},
        Described{"all { of { geo {} } of {} }", "asks nothing"},
        Described{"runs {}", "needs versions"},
        Described{"runs { versions {} }", "no end"},
        Described{"runs { versions { from: 'x' } }", "else than a version"},
        Described{"runs { versions { from: '17.0' below: '17.0' } }", "interval is empty"},
        Described{"system {}", "needs names"},
        Described{"system { package: 'apk' }", "rpm or deb"},
        Described{"system { glibc_below: 'new' }", "glibc_below"},
        Described{"nodes { more_than: 1 }", "role"},
        Described{"service {}", "names of services"},
        Described{"service { names: '' }", "empty text"},
        Described{"marker_file {}", "names of files"},
        Described{"setting { values: 'true' }", "keys"},
        Described{"setting { keys: ['a', ''] }", "empty text"},
        Described{"setting { keys: 'a' roles: ROLE_UNSPECIFIED }", "roles"},
        Described{"setting { keys: 'a' site: NOT_CONFIGURED }", "PRIMARY or SECONDARY"},
        Described{"setting { lacking: true }", "keys"},
        Described{"uses {}", "kinds"},
        Described{"server { versions { below: '7' } }", "component"},
        Described{"server { component: REDIS versions {} }", "no end"},
        Described{"postgres_sets { name: 'x' }", "values"},
        Described{"lacks_extension {}", "name"},
        Described{"instance_sets { column: 'x' }", "values"},
        Described{"table { rows_above: 1 }", "name"},
        Described{"unfinished_migration { jobs: '' }", "empty text"},
        Described{"geo { role: NOT_CONFIGURED }", "role"},
        Described{"geo_site {}", "a fact"},
        Described{"first {}", "list of conditions is empty"},
        Described{"table_fact {}", "a fact"},
        Described{"certificate_key {}", "bits"},
        Described{"person { question: 'Say so.' }", "question mark"},
        Described{"security {}", "either"},
        Described{"torn_file { probe: 'settings' beneath: '/x' }", "ends with /"},
        Described{"security { fips: true selinux_enforcing: true }", "either"},
    };
    for (const auto& row : wrong)
        EXPECT_THAT(wrong_in(condition(row.condition)), HasSubstr(row.text)) << row.condition;
}

TEST(Condition, RefusesWhatLiesTooDeep) {
    std::string text = "geo {}";
    for (int depth = 0; depth < 8; ++depth) text = "all { of { " + text + " } }";
    EXPECT_THAT(wrong_in(condition(text)), IsEmpty());
    EXPECT_THAT(wrong_in(condition("all { of { " + text + " } }")), HasSubstr("too deep"));
}

}  // namespace
}  // namespace preflight::readiness
