// Where on the way a known issue is asked, of which state, and how much it weighs there.
#include <algorithm>
#include <array>
#include <set>

#include "readiness/checks/postgresql_version.h"
#include "readiness/checks/redis_version.h"
#include "readiness/checks/settings_removed.h"
#include "readiness/checks/system_supported.h"
#include "readiness/path.h"
#include "tests/readiness/issues_of.h"

namespace preflight::readiness {
namespace {

using ::testing::AllOf;
using ::testing::AnyOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

constexpr std::string_view own_socket = "/var/opt/gitlab/postgresql/.s.PGSQL.5432";
constexpr std::string_view elsewhere = "db.example.test:5432";

std::string postgres(std::string_view version, std::string_view address = own_socket) {
    return "findings { probe: 'postgres' source: 'postgres' postgres_instance { address: '" +
           std::string(address) + "' uses: 'rails main' version: '" + std::string(version) + "' } } ";
}

std::string redis(std::string_view version, std::string_view address) {
    return "findings { probe: 'redis' redis_server { address: '" + std::string(address) +
           "' uses: 'rails cache' flavour: REDIS version: '" + std::string(version) + "' } } ";
}

// With all of GitLab on one node, where nothing keeps the package from upgrading its own servers.
Fleet single(std::string_view version, const std::string& findings) {
    return fleet_of(
        {node("web1", installed(version) + roles("RAILS, POSTGRESQL, REDIS") +
                          ran({"postgres", "redis", "geo", "settings"}) +
                          "findings { probe: 'geo' geo_role { role: NOT_CONFIGURED } } " + findings)});
}

Fleet geo_primary(std::string_view version) {
    return fleet_of({node("web1", installed(version) + roles("RAILS, POSTGRESQL") +
                                      "findings { probe: 'geo' geo_role { role: PRIMARY } } ")});
}

constexpr auto needs_17 =
    "crossed: '19.0' condition { server { component: POSTGRESQL versions { below: '17' } } } ";
constexpr auto needs_redis_7 =
    "crossed: '19.0' condition { server { component: REDIS versions { below: '7.0' } } } ";

// ---- the state at the hop

TEST(IssuePlaces, CountThePostgresqlThatThePackageUpgradesBefore) {
    EXPECT_THAT(judge_issues(issue(needs_17), single("18.5.6", postgres("16.10")), "19.2.4"),
                ElementsAre(says(v1::READY, "spared")));
    EXPECT_THAT(judge_issues(issue(needs_17), single("18.11.9", postgres("16.10")), "19.2.4"),
                ElementsAre(says(v1::BLOCKER, "KI-1")))
        << "the hop that would have done it is past";
    EXPECT_THAT(judge_issues(issue(needs_17), single("18.5.6", postgres("16.10", elsewhere)), "19.2.4"),
                ElementsAre(says(v1::BLOCKER, "KI-1")))
        << "nobody upgrades an external one";
    const std::string kept = "findings { marker_file { path: '/etc/gitlab/disable-postgresql-upgrade' } } ";
    EXPECT_THAT(judge_issues(issue(needs_17), single("18.5.6", postgres("16.10") + kept), "19.2.4"),
                ElementsAre(says(v1::BLOCKER, "KI-1")));
}

TEST(IssuePlaces, CountTheRedisThatThePackagesBeforeHaveBrought) {
    const auto own = redis("6.2.14", "/var/opt/gitlab/redis/redis.socket");
    EXPECT_THAT(judge_issues(issue(needs_redis_7), single("18.8.11", own), "19.2.4"),
                ElementsAre(says(v1::READY, "spared")));
    EXPECT_THAT(judge_issues(issue(needs_redis_7), single("18.11.9", own), "19.2.4"),
                ElementsAre(says(v1::BLOCKER, "KI-1")))
        << "this one runs when the hop begins";
    EXPECT_THAT(judge_issues(issue(needs_redis_7),
                             single("18.8.11", redis("6.2.14", "cache.example.test:6379")), "19.2.4"),
                ElementsAre(says(v1::BLOCKER, "KI-1")));
}

// The bundled server has the minor that its package brings; only its major tells anything.
TEST(IssuePlaces, CountTheMajorAloneOfThePackagesOwnPostgresql) {
    const auto needs =
        issue("crossed: '18.0' condition { server { component: POSTGRESQL versions { below: '16.5' } } } ");
    EXPECT_THAT(judge_issues(needs, single("17.11.7", postgres("16.4")), "18.2.8"),
                ElementsAre(says(v1::READY, "spared")));
    EXPECT_THAT(judge_issues(needs, single("17.11.7", postgres("16.4", elsewhere)), "18.2.8"),
                ElementsAre(says(v1::BLOCKER, "KI-1")));
}

TEST(IssuePlaces, AreAskedOneByOneAndTheFirstThatHoldsIsTold) {
    const auto from_17 = issue(
        "landed_on { from: '18.8' below: '18.9' } landed_on { from: '19.2' below: '19.3' } "
        "condition { server { component: POSTGRESQL versions { from: '17' } whose: BUNDLED } } ");
    const auto said = judge_issues(from_17, single("18.5.6", postgres("16.10")), "19.2.4");
    ASSERT_THAT(said,
                ElementsAre(AllOf(says(v1::BLOCKER, "KI-1"), mentions("at the hop 18.11.11 → 19.2.4"))));
    EXPECT_EQ(
        said[0].evidence(0).what(),
        "PostgreSQL 16.10 at /var/opt/gitlab/postgresql/.s.PGSQL.5432, which a package on the way takes "
        "to 17 before");
}

// ---- passing through

constexpr auto on_18_8 = "landed_on { from: '18.8' below: '18.9' } ";
constexpr auto minded =
    "in_passing: 'Do not fail over.' commands { argv: 'gitlab-ctl' } verify { argv: 'true' } ";

TEST(IssuePlaces, AreAWarningWhereTheWayOnlyPasses) {
    const auto said = judge_issues(issue(std::string(on_18_8) + minded), running("18.5.6"), "19.2.4");
    ASSERT_THAT(said, ElementsAre(AllOf(says(v1::WARNING, "KI-1"),
                                        mentions("at the hop 18.5.6 → 18.8.11, only in passing"))));
    EXPECT_EQ(said[0].remedy(), "Do not fail over.");
    EXPECT_TRUE(said[0].commands().empty()) << "they belong to the remedy";
    EXPECT_FALSE(said[0].has_verify());
    EXPECT_EQ(said[0].consequence(), "It breaks.");
}

TEST(IssuePlaces, AreABlockerWhereTheWayEnds) {
    const auto said = judge_issues(issue(std::string(on_18_8) + minded), running("18.5.6"), "18.8.11");
    ASSERT_THAT(said, ElementsAre(AllOf(says(v1::BLOCKER, "KI-1"), Not(mentions("in passing")))));
    EXPECT_EQ(said[0].remedy(), "Mend it.");
    EXPECT_EQ(said[0].commands(0).argv(0), "gitlab-ctl");
    const auto both = std::string(on_18_8) + "landed_on { from: '19.2' below: '19.3' } " + minded;
    EXPECT_THAT(judge_issues(issue(both), running("18.5.6"), "19.2.4"),
                ElementsAre(AllOf(says(v1::BLOCKER, "KI-1"), mentions("at the hop 18.11.11 → 19.2.4"))));
}

TEST(IssuePlaces, AreABlockerWhereAnotherPatchOfTheStopIsFree) {
    const auto later = issue(std::string("landed_on { from: '18.8.5' below: '18.9' } ") + minded);
    EXPECT_THAT(judge_issues(later, running("18.5.6"), "19.2.4"), ElementsAre(says(v1::BLOCKER, "KI-1")));
    const auto unfit = issue(std::string("landed_on { from: '18.11.9' below: '19.0' } ") + minded);
    EXPECT_THAT(judge_issues(unfit, running("18.5.6"), "19.2.4"), ElementsAre(says(v1::WARNING, "KI-1")))
        << "18.11.8 is free of it, and may not be the stop";
}

TEST(IssuePlaces, AreABlockerWherePassingThroughDoesTheHarm) {
    EXPECT_THAT(judge_issues(issue(on_18_8), running("18.5.6"), "19.2.4"),
                ElementsAre(says(v1::BLOCKER, "KI-1")));
    const auto crossed = issue(std::string("crossed: '18.8' ") + on_18_8 + minded);
    EXPECT_THAT(judge_issues(crossed, running("18.5.6"), "19.2.4"), ElementsAre(says(v1::BLOCKER, "KI-1")));
}

TEST(IssuePlaces, AreAWarningWhereTheUpgradeLeavesTheVersion) {
    const auto here = issue(std::string("started_from { from: '18.5' below: '18.6' } ") + minded);
    EXPECT_THAT(judge_issues(here, running("18.5.6"), "18.8.11"),
                ElementsAre(AllOf(says(v1::WARNING, "KI-1"), mentions("with 18.5.6, which runs, only in"))));
    EXPECT_THAT(judge_issues(here, running("18.5.6"), "18.5.6"), ElementsAre(says(v1::BLOCKER, "KI-1")))
        << "nothing leaves it";
}

TEST(IssuePlaces, AreAWarningInPassingWhereTheyAreOpen) {
    const auto asked = [](std::string_view condition) {
        return judge_issues(
            issue(std::string(on_18_8) + minded + "condition { " + std::string(condition) + " } "),
            running("18.5.6"), "19.2.4");
    };
    EXPECT_THAT(asked("marker_file { names: 'x' }"), ElementsAre(says(v1::WARNING, "KI-1")));
    EXPECT_THAT(asked("person { question: 'Is it so?' }"), ElementsAre(says(v1::WARNING, "KI-1")));
}

// ---- what another check says

TEST(IssuePlaces, LeaveToAnotherCheckWhatItJudges) {
    EXPECT_THAT(judge_issues(issue("covered_by: 'system.supported' crossed: '19.3.0'"), running("19.2.4")),
                ElementsAre(AllOf(says(v1::READY, "spared"), mentions("no known issue lies on the way"))));
}

// The systems that a condition names, wherever in it.
void systems_in(const v1::Condition& condition, std::vector<std::string>& names) {
    names.insert(names.end(), condition.system().names().begin(), condition.system().names().end());
    for (const auto& part : condition.all().of()) systems_in(part, names);
}

TEST(BuiltInIssues, ThatLeaveASystemToItsCheckStopThereInstead) {
    std::size_t seen = 0;
    for (const auto& known : built_in_knowledge().known_issues()) {
        if (known.covered_by() != "system.supported") continue;
        std::vector<std::string> names;
        systems_in(known.condition(), names);
        const auto target = known.crossed().empty() ? known.landed_on(0).from() : known.crossed(0) + ".0";
        for (const auto& name : names) {
            const auto& rows = built_in_knowledge().operating_systems();
            const auto row = std::ranges::find(rows, name, &v1::OperatingSystemSupport::name);
            ASSERT_NE(row, rows.end()) << known.id() << " names " << name;
            const auto old = fleet_of(
                {node("a", installed("16.11.10") + roles("RAILS") + runs_on(row->ids(0), row->version()))});
            EXPECT_THAT(judged(system_supported, old, to(target)),
                        Contains(AnyOf(says(v1::BLOCKER, "ended"), says(v1::BLOCKER, "gap"))))
                << known.id() << " on " << name;
            ++seen;
        }
    }
    EXPECT_GE(seen, 10U);
}

// The keys that a condition asks for; of all that begin alike, one.
void keys_in(const v1::Condition& condition, std::vector<std::string>& keys) {
    for (auto key : condition.setting().keys()) {
        if (key.ends_with('*')) key.replace(key.size() - 1, 1, "'enable']");
        keys.push_back(key);
    }
    for (const auto& part : condition.all().of()) keys_in(part, keys);
}

TEST(BuiltInIssues, ThatLeaveASettingToItsCheckStopThereInstead) {
    std::size_t seen = 0;
    for (const auto& known : built_in_knowledge().known_issues()) {
        if (known.covered_by() != "settings.removed") continue;
        std::vector<std::string> keys;
        keys_in(known.condition(), keys);
        for (const auto& key : keys) {
            const auto set = "findings { probe: 'settings' setting { key: \"" + key + "\" } } ";
            EXPECT_THAT(judged(settings_removed, single("16.11.10", set), to(known.crossed(0) + ".0")),
                        Contains(says(v1::BLOCKER, "removed")))
                << known.id() << " by " << key;
            ++seen;
        }
    }
    EXPECT_GE(seen, 8U);
}

struct Covered {
    const char* id;
    const Check& check;
    const char* from;
    const char* target;
    std::string findings;
};

TEST(BuiltInIssues, ThatLeaveAServerToItsCheckStopThereInstead) {
    const std::array rows{
        Covered{"KI-16-01", postgresql_version, "15.11.13", "16.0.0", postgres("13.5", elsewhere)},
        Covered{"KI-17-01", postgresql_version, "16.11.10", "17.0.0", postgres("13.14")},
        Covered{"KI-18-01", postgresql_version, "17.11.7", "18.0.0", postgres("16.4", elsewhere)},
        Covered{"KI-19-01", postgresql_version, "18.11.9", "19.0.0", postgres("16.8")},
        Covered{"KI-16-27", redis_version, "16.7.10", "16.8.0", redis("6.0.16", "cache.example.test:6379")},
        Covered{"KI-19-04", redis_version, "18.11.9", "19.0.0", redis("6.2.14", "cache.example.test:6379")},
    };
    for (const auto& row : rows) {
        const auto& issues = built_in_knowledge().known_issues();
        const auto known = std::ranges::find(issues, row.id, &v1::KnownIssue::id);
        ASSERT_NE(known, issues.end()) << row.id;
        EXPECT_EQ(known->covered_by(), row.check.id);
        EXPECT_THAT(judged(row.check, single(row.from, row.findings), to(row.target)),
                    Contains(says(v1::BLOCKER, "too_old")))
            << row.id;
    }
}

// ---- what nobody could clear

TEST(BuiltInIssues, OnARequiredStopAreThoseThatCanBeClearedBeforeIt) {
    const auto& knowledge = built_in_knowledge();
    std::set<std::string> blocking;
    for (const auto& known : knowledge.known_issues()) {
        const bool harms =
            known.harm() == v1::KnownIssue::BREAKS || known.harm() == v1::KnownIssue::LOSES_DATA;
        if (!harms || !known.in_passing().empty() || !known.covered_by().empty()) continue;
        for (const auto& stop : knowledge.stops()) {
            const auto patch = newest_patch(parse_version(stop.minor()).value(), knowledge);
            if (patch && within(*patch, known.landed_on())) blocking.insert(known.id());
        }
    }
    EXPECT_THAT(blocking, UnorderedElementsAre("KI-00-01", "KI-00-02", "KI-14-01", "KI-18-28b", "KI-18-39",
                                               "KI-18-39b", "KI-18-39c"))
        << "any other needs in_passing: the way must land there";
}

TEST(BuiltInIssues, LetAGeoFleetPassTheStopAt16Dot7) {
    const auto passing = judged(known_issues_apply, geo_primary("16.3.9"), to("16.11.10"));
    EXPECT_THAT(passing, Contains(says(v1::WARNING, "KI-16-34")));
    EXPECT_THAT(passing, Not(Contains(says(v1::BLOCKER, "KI-16-34"))));
    EXPECT_THAT(judged(known_issues_apply, geo_primary("16.3.9"), to("16.7.10")),
                Contains(says(v1::BLOCKER, "KI-16-34")));
    EXPECT_THAT(judged(known_issues_apply, geo_primary("16.7.10"), to("16.11.10")),
                Contains(says(v1::WARNING, "KI-16-34")))
        << "the upgrade itself leaves it";
}

// A container takes PostgreSQL to each version at its own stop, whatever it was before.
TEST(BuiltInIssues, AskOfAContainersPostgresqlAtEachStopAlone) {
    const auto asked = [](std::string_view major) {
        const std::string fields = "edition: EE package_state: INSTALLED";
        const auto fleet = fleet_of({node(
            "web1", "findings { probe: 'installation' installation { method: DOCKER version: '17.8.7' " +
                        fields + " } } " + roles("RAILS, POSTGRESQL") + ran({"postgres"}) +
                        "findings { probe: 'geo' geo_role { role: PRIMARY } } " +
                        postgres(std::string(major) + ".1"))});
        return judged(known_issues_apply, fleet, to("17.11.7"));
    };
    EXPECT_THAT(asked("14"), Contains(testing::Property(&v1::Verdict::key, "KI-18-39b")));
    EXPECT_THAT(asked("16"), Not(Contains(testing::Property(&v1::Verdict::key, "KI-18-39b"))));
}

}  // namespace
}  // namespace preflight::readiness
