// Conditions as a whole: how parts are joined, described and checked. The predicates are tested in
// conditions/.
#include "readiness/condition.h"

#include <array>
#include <set>

#include "tests/readiness/asked.h"

namespace preflight::readiness {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// Parts whose answer is plain: how the upgrade is planned holds or fails, a person's word is open.
constexpr std::string_view yes = "of { without_downtime {} } ";
constexpr std::string_view no = "of { none { of { without_downtime {} } } } ";
constexpr std::string_view open = "of { person { question: 'Is it so?' } } ";

Truth joined(std::string_view how, std::initializer_list<std::string_view> parts) {
    auto upgrade = to("19.3.0");
    upgrade.without_downtime = true;
    auto text = std::string(how) + " { ";
    for (const auto part : parts) text += part;
    return decided(text + "}", {}, upgrade).truth;
}

TEST(Condition, OfAllHoldsOnlyWhereEachHolds) {
    EXPECT_EQ(joined("all", {yes, yes}), Truth::holds);
    EXPECT_EQ(joined("all", {yes, no}), Truth::fails);
    EXPECT_EQ(joined("all", {open, no}), Truth::fails) << "whatever the person says";
    EXPECT_EQ(joined("all", {no, open}), Truth::fails);
    EXPECT_EQ(joined("all", {yes, open}), Truth::unknown);
    EXPECT_EQ(joined("all", {open, open}), Truth::unknown);
}

TEST(Condition, OfAnyFailsOnlyWhereEachFails) {
    EXPECT_EQ(joined("any", {no, no}), Truth::fails);
    EXPECT_EQ(joined("any", {no, yes}), Truth::holds);
    EXPECT_EQ(joined("any", {open, yes}), Truth::holds);
    EXPECT_EQ(joined("any", {no, open}), Truth::unknown);
}

TEST(Condition, OfNoneHoldsOnlyWhereEachFails) {
    EXPECT_EQ(joined("none", {no, no}), Truth::holds);
    EXPECT_EQ(joined("none", {no, yes}), Truth::fails);
    EXPECT_EQ(joined("none", {open, yes}), Truth::fails);
    EXPECT_EQ(joined("none", {no, open}), Truth::unknown);
}

TEST(Condition, ThatAsksNothingIsForEverybody) {
    EXPECT_EQ(truth("", {}), Truth::holds);
    EXPECT_THAT(describe({}), IsEmpty());
}

TEST(Condition, AsksAPersonWhatOnlyAPersonKnows) {
    const auto asked =
        decided("any { of { person { question: 'One?' } } of { person { question: 'Two?' } } }", {});
    EXPECT_EQ(asked.truth, Truth::unknown);
    EXPECT_EQ(asked.question, "One? Two?");
    EXPECT_FALSE(asked.unseen);
    const auto lacking = std::string(open) + "of { runs { versions { from: '15.0' } } } ";
    EXPECT_TRUE(decided("none { of { all { " + lacking + "} } }", {}).unseen);
    EXPECT_THAT(decided("runs { versions { from: '15.0' } }", {}).question, IsEmpty());
}

// What decided it is shown, and nothing else: of several that hold together, all of them.
TEST(Condition, ShowsWhatDecidedIt) {
    const auto fleet = fleet_of({node("a", installed("18.11.9")), node("b", installed("17.0.0"))});
    const auto runs = [](const char* from) {
        return std::string("of { runs { versions { from: '") + from + "' } } } ";
    };
    EXPECT_EQ(evidence_of(decided("all { " + runs("18.0") + runs("17.5") + "}", fleet)),
              "18.11.9 is installed\n18.11.9 is installed\n");
    EXPECT_EQ(evidence_of(decided("any { " + runs("19.0") + runs("17.5") + "}", fleet)),
              "18.11.9 is installed\n");
    const auto blind = fleet_of({node("a", gap("installation", "cause: DENIED detail: 'no right'"))});
    const auto lacking = decided("any { " + runs("19.0") + "}", blind);
    EXPECT_EQ(lacking.truth, Truth::unknown);
    EXPECT_EQ(evidence_of(lacking), "no right\n");
    EXPECT_EQ(lacking.shown.nodes(0), "a");
}

TEST(Condition, OfAllIsAboutTheNodesWhereItsPartsMeet) {
    const auto fleet = fleet_of(
        {node("a", installed("18.11.9")), node("b", installed("17.0.0")), node("c", installed("16.0.0"))});
    const auto both = decided(
        "all { of { runs { versions { from: '17.0' } } } of { runs { versions { below: '18.0' } } } }",
        fleet);
    EXPECT_EQ(both.truth, Truth::holds);
    EXPECT_THAT(both.shown.nodes(), Each("b"));
    EXPECT_EQ(evidence_of(both), "17.0.0 is installed\n17.0.0 is installed\n");
    const auto apart = decided(
        "all { of { runs { versions { from: '18.0' } } } of { runs { versions { below: '17.0' } } } }",
        fleet);
    EXPECT_EQ(apart.truth, Truth::holds) << "of the fleet";
    EXPECT_THAT(apart.shown.nodes(), ElementsAre("a", "c"));
}

// No predicate takes an empty fleet, or one that says nothing, for a proof.
TEST(Condition, IsUnknownOfWhatNobodyTold) {
    constexpr std::array predicates{"installed {}",
                                    "runs { versions { from: '1.0' } }",
                                    "system { package: 'deb' }",
                                    "nodes { role: RAILS }",
                                    "service { names: 'puma' }",
                                    "marker_file { names: 'x' }",
                                    "filesystem { network: true }",
                                    "security { fips: true }",
                                    "torn_file { probe: 'settings' beneath: '/x/' }",
                                    "setting { keys: 'x' }",
                                    "uses { kinds: 'ldap' }",
                                    "shares_storage_path {}",
                                    "secrets_differ {}",
                                    "server { component: POSTGRESQL versions { below: '99' } }",
                                    "server { component: REDIS versions { below: '99' } }",
                                    "server { component: PATRONI versions { below: '9' } }",
                                    "postgres_sets { name: 'x' values: 'y' }",
                                    "lacks_extension { name: 'x' }",
                                    "pending_restart {}",
                                    "through_pgbouncer {}",
                                    "unavailable_repositories {}",
                                    "instance_sets { column: 'x' values: 'y' }",
                                    "table { table: 'users' rows_above: 1 }",
                                    "unfinished_migration {}",
                                    "geo {}"};
    for (const auto* predicate : predicates) {
        EXPECT_EQ(truth(predicate, {}), Truth::unknown) << predicate;
        const auto silent = decided(predicate, fleet_of({silent_node("a")}));
        EXPECT_EQ(silent.truth, Truth::unknown) << predicate;
        EXPECT_THAT(silent.shown.nodes(), testing::ElementsAre("a")) << predicate;
    }
}

TEST(Condition, TellsHowItIsPlanned) {
    auto upgrade = to("19.3.0");
    EXPECT_EQ(decided("without_downtime {}", {}, upgrade).truth, Truth::fails);
    upgrade.without_downtime = true;
    EXPECT_EQ(decided("without_downtime {}", {}, upgrade).truth, Truth::holds);
}

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
    Described{"security { fips: true }", "the kernel runs in FIPS mode"},
    Described{"security { selinux_enforcing: true }", "SELinux enforces"},
    Described{"torn_file { probe: 'settings' beneath: '/x/' }", "a file beneath /x/ is torn"},
    Described{"setting { keys: ['a', 'b'] values: 'true' }", "gitlab.rb sets a or b to true"},
    Described{"uses { kinds: 'object_storage' purposes: ['artifacts', 'lfs'] }",
              "an external object_storage service is used for artifacts or lfs"},
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
    Described{"geo {}", "Geo is used"},
    Described{"geo { role: SECONDARY }", "Geo has a secondary site"},
    Described{"geo { role: PRIMARY }", "a Geo primary is there"},
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
        Described{"uses {}", "kinds"},
        Described{"server { versions { below: '7' } }", "component"},
        Described{"server { component: REDIS versions {} }", "no end"},
        Described{"postgres_sets { name: 'x' }", "values"},
        Described{"lacks_extension {}", "name"},
        Described{"instance_sets { column: 'x' }", "values"},
        Described{"table { rows_above: 1 }", "name"},
        Described{"unfinished_migration { jobs: '' }", "empty text"},
        Described{"geo { role: NOT_CONFIGURED }", "role"},
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

TEST(Condition, KnowsWhetherFindingsCanDecideIt) {
    const auto can = [](std::string_view text) { return decidable(condition(text)); };
    const std::string person = "person { question: 'Is it so?' }";
    const std::string finding = "geo {}";
    const auto both = "of { " + finding + " } of { " + person + " }";
    EXPECT_TRUE(can(finding));
    EXPECT_FALSE(can(person));
    EXPECT_FALSE(can("all { " + both + " }"));
    EXPECT_TRUE(can("any { " + both + " }"));
    EXPECT_FALSE(can("none { " + both + " }"));
    EXPECT_FALSE(can("none { of { any { " + both + " } } }"));
    EXPECT_TRUE(can("none { of { all { " + both + " } } }")) << "where Geo is not used, it holds";
    EXPECT_TRUE(can("none { of { none { " + both + " } } }"));
    EXPECT_TRUE(can(""));
}

TEST(Condition, HoldsWithinAnIntervalFromItsBeginningToBeforeItsEnd) {
    v1::VersionInterval interval;
    interval.set_from("16.3");
    interval.set_below("16.3.5");
    EXPECT_FALSE(within(Version{16, 2, 11}, interval));
    EXPECT_TRUE(within(Version{16, 3, 0}, interval));
    EXPECT_TRUE(within(Version{16, 3, 4}, interval));
    EXPECT_FALSE(within(Version{16, 3, 5}, interval));
    interval.clear_from();
    EXPECT_TRUE(within(Version{1, 0, 0}, interval));
    EXPECT_FALSE(within(Version{16, 3, 4}, google::protobuf::RepeatedPtrField<v1::VersionInterval>()));
}

}  // namespace
}  // namespace preflight::readiness
