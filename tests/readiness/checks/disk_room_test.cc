#include "readiness/checks/disk_room.h"

#include "tests/readiness/losses.h"

namespace preflight::readiness {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

std::string need(std::string_view step, std::string_view fields) {
    return "findings { probe: 'disk_needs' disk_need { step: '" + std::string(step) +
           "' path: '/opt/gitlab' filesystem: '/' " + std::string(fields) + " } } ";
}

// What it takes no node measures: the knowledge says 4 GiB.
std::string package(std::string_view has = "have_known: true have_bytes: 4294967296") {
    return need("package", has);
}

std::string data_copy(std::uint64_t needs) {
    return need("postgresql_upgrade",
                "terms: 'a copy' have_known: true have_bytes: 5000 need_bytes: " + std::to_string(needs));
}

std::string backups(std::string_view more) {
    return "findings { probe: 'backups' backup_settings { path: '/srv/b' path_present: true } } "
           "findings { probe: 'backups' backup_space { path: '/srv/b' filesystem: '/srv' " +
           std::string(more) + " } } ";
}

FleetNode web(const std::string& findings) {
    return node("web1", installed("19.2.4") + roles("RAILS") + ran({"disk_needs", "backups"}) + findings);
}

std::vector<v1::Verdict> of(const std::string& findings) {
    return judged(disk_room, fleet_of({web(findings)}));
}

// A fifth more than the newest is asked for.
constexpr std::string_view room = "newest_full_bytes: 4000 available_bytes: 4800 size_bytes: 9000";

std::string data_of(std::string_view major) {
    return "findings { probe: 'endpoints' postgres_server { purpose: 'main' major: '" + std::string(major) +
           "' } } ";
}

std::string index_of(std::string_view use, std::string_view address, std::uint64_t bytes) {
    return "findings { probe: 'postgres' postgres_instance { uses: '" + std::string(use) + "' address: '" +
           std::string(address) + "' largest_index_bytes: " + std::to_string(bytes) + " } } ";
}

TEST(DiskRoom, IsReadyWhereEveryStepHasRoom) {
    EXPECT_THAT(of(package() + backups(room)), ElementsAre(says(v1::READY, "enough")));
    const auto database = node("web1", installed("19.2.4") + roles("RAILS, POSTGRESQL") +
                                           ran({"disk_needs"}) + package() + data_copy(5000) + backups(room));
    expect_no_loss_is_green(disk_room, fleet_of({database}),
                            [](const v1::Finding& finding) { return !finding.has_backup_settings(); });
}

TEST(DiskRoom, BlocksAStepWithoutAndShowsTheTerms) {
    const auto verdicts = of(package("have_known: true have_bytes: 4294967295"));
    EXPECT_THAT(verdicts,
                ElementsAre(AllOf(says(v1::BLOCKER, "too_small"), mentions("room for the package"))));
    EXPECT_EQ(
        verdicts[0].evidence(0).what(),
        "/opt/gitlab on /: needs 4.0 GiB, has 4.0 GiB (4 GiB: the package is unpacked beside the one that is "
        "there)");
    EXPECT_THAT(of(package() + backups("newest_full_bytes: 4000 available_bytes: 4799 size_bytes: 9000")),
                UnorderedElementsAre(AllOf(says(v1::BLOCKER, "too_small"), mentions("the next full backup")),
                                     says(v1::READY, "enough")));
}

TEST(DiskRoom, AsksForACopyOfTheDatabaseOnlyWhereThePathNeedsOne) {
    const auto small = [](std::string_view from, std::string_view target, std::string_view major) {
        return judged(disk_room,
                      fleet_of({node("db1", installed(from) + roles("POSTGRESQL") + ran({"disk_needs"}) +
                                                package() + data_copy(6000) + data_of(major))}),
                      to(target));
    };
    EXPECT_THAT(small("19.2.4", "19.3.0", "17"),
                UnorderedElementsAre(says(v1::NOTE, "too_small_later"), says(v1::READY, "enough")));
    EXPECT_THAT(small("18.11.0", "19.3.0", "16"),
                UnorderedElementsAre(says(v1::BLOCKER, "too_small"), says(v1::READY, "enough")));
    EXPECT_THAT(small("19.2.4", "19.3.0", "nonsense"),
                UnorderedElementsAre(says(v1::BLOCKER, "too_small"), says(v1::READY, "enough")));
}

TEST(DiskRoom, BlocksWhereThePackagesOwnBackupHasNone) {
    const auto dump = [](std::string_view has) {
        return of(package() + need("database_backup",
                                   "need_bytes: 1000 have_known: true have_bytes: " + std::string(has)));
    };
    EXPECT_THAT(dump("1300"), ElementsAre(says(v1::READY, "enough")));
    EXPECT_THAT(dump("1299"), UnorderedElementsAre(
                                  AllOf(says(v1::BLOCKER, "too_small"), mentions("the package's own backup")),
                                  says(v1::READY, "enough")));
    EXPECT_THAT(of(package() + need("database_backup", "have_known: true have_bytes: 99")),
                UnorderedElementsAre(says(v1::UNKNOWN, "not_known"), says(v1::READY, "enough")));
}

TEST(DiskRoom, WarnsOfWhatMigrationsMayTake) {
    const auto indexes = [](std::string_view has) {
        return of(package() + need("index_migrations",
                                   "need_bytes: 1000 have_known: true have_bytes: " + std::string(has)));
    };
    EXPECT_THAT(indexes("200"), ElementsAre(says(v1::READY, "enough")));
    EXPECT_THAT(indexes("199"),
                UnorderedElementsAre(says(v1::WARNING, "may_be_small"), says(v1::READY, "enough")));
    // Two times the largest index, where the server tells how large it is.
    const auto of_index = [](std::string_view has) {
        return of(
            package() +
            need("index_migrations", "need_bytes: 1000000 have_known: true have_bytes: " + std::string(has)) +
            index_of("own server", "/run/pg", 500));
    };
    EXPECT_THAT(of_index("1000"), ElementsAre(says(v1::READY, "enough")));
    EXPECT_THAT(of_index("999"),
                UnorderedElementsAre(says(v1::WARNING, "may_be_small"), says(v1::READY, "enough")));
    EXPECT_THAT(of(package() + need("slots_wal", "need_bytes: 1000 have_known: true have_bytes: 1000")),
                UnorderedElementsAre(AllOf(says(v1::WARNING, "may_be_small"), mentions("slots")),
                                     says(v1::READY, "enough")));
}

// A fifth of the data is 200 bytes, twice the index of 500 are 1000.
TEST(DiskRoom, TakesTheLargestIndexOfTheServerWhoseDataLieThere) {
    const auto has_room = [](std::string_view path, const std::string& instances) {
        const auto verdicts =
            of(package() + "findings { probe: 'disk_needs' disk_need { step: 'index_migrations' path: '" +
               std::string(path) + "' need_bytes: 1000 have_known: true have_bytes: 200 } } " + instances);
        return std::ranges::none_of(verdicts, [](const auto& one) { return one.key() == "may_be_small"; });
    };
    constexpr auto main = "/var/opt/gitlab/postgresql/data";
    constexpr auto tracking = "/var/opt/gitlab/geo-postgresql/data";
    EXPECT_FALSE(has_room(main, index_of("rails main", "/run/pg", 500)));
    EXPECT_FALSE(has_room(main, index_of("own server", "/run/pg", 1) + index_of("rails ci", "/run/pg", 500)))
        << "another database of the same server";
    EXPECT_TRUE(has_room(main, index_of("own server", "/run/pg", 1) + index_of("rails ci", "ci:5432", 500)))
        << "of another server";
    EXPECT_TRUE(
        has_room(main, index_of("rails main", "/run/pg", 1) + index_of("rails geo", "/run/geo", 500)));
    EXPECT_TRUE(has_room(main, index_of("praefect praefect", "pg:5432", 500)));
    EXPECT_FALSE(
        has_room(tracking, index_of("rails main", "/run/pg", 1) + index_of("rails geo", "/run/geo", 500)));
    EXPECT_TRUE(has_room(tracking, index_of("rails main", "/run/pg", 500)));
}

TEST(DiskRoom, IsUnknownWhereRoomOrNeedIsNot) {
    EXPECT_THAT(of(package("have_bytes: 99")), ElementsAre(says(v1::UNKNOWN, "not_known")));
    EXPECT_THAT(of(package() + need("moon", "have_known: true have_bytes: 99")),
                UnorderedElementsAre(says(v1::UNKNOWN, "not_known"), says(v1::READY, "enough")));
    EXPECT_THAT(of(package() + backups("size_bytes: 9")),
                UnorderedElementsAre(says(v1::UNKNOWN, "no_estimate"), says(v1::READY, "enough")));
    EXPECT_THAT(of(package() + backups("newest_full_bytes: 18446744073709551615")),
                UnorderedElementsAre(says(v1::UNKNOWN, "not_known"), says(v1::READY, "enough")));
}

TEST(DiskRoom, IsUnknownWhereNothingWasReckoned) {
    EXPECT_THAT(of(""), ElementsAre(says(v1::UNKNOWN, "unseen")));
    EXPECT_THAT(judged(disk_room, fleet_of({silent_node("web1")})), ElementsAre(says(v1::UNKNOWN, "unseen")));
    const auto cut = installed("19.2.4") + roles("RAILS") + ran({"disk_needs"}) + package() +
                     "probes { probe: 'backups' outcome: TIMED_OUT } ";
    EXPECT_THAT(judged(disk_room, fleet_of({node("web1", cut)})),
                ElementsAre(says(v1::UNKNOWN, "unseen"), says(v1::READY, "enough")))
        << "where backups are put was not told";
    EXPECT_THAT(judged(disk_room, Fleet{}), ElementsAre(says(v1::UNKNOWN, "unseen")));
}

TEST(DiskRoom, DoesNotApplyWithoutThePackage) {
    const auto compiled = "findings { probe: 'installation' installation { method: SELF_COMPILED } } ";
    EXPECT_THAT(judged(disk_room, fleet_of({node("web1", compiled)})),
                ElementsAre(says(v1::NOT_APPLICABLE, "none")));
}

}  // namespace
}  // namespace preflight::readiness
