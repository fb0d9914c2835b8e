#include "readiness/knowledge.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <array>
#include <functional>

#include "readiness/support.h"
#include "tests/readiness/fleet_builder.h"

namespace preflight::readiness {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

v1::Knowledge changed(const std::function<void(v1::Knowledge&)>& change) {
    auto knowledge = built_in_knowledge();
    change(knowledge);
    return knowledge;
}

TEST(Knowledge, ThatIsBuiltInIsWhole) {
    EXPECT_THAT(validate(built_in_knowledge()), IsEmpty());
    EXPECT_EQ(built_in_knowledge().newest_known(), "19.3");
    EXPECT_GT(built_in_knowledge().operating_systems_size(), 50);
}

std::string wrong(const std::function<void(v1::Knowledge&)>& change) { return validate(changed(change)); }

TEST(Knowledge, RefusesDataThatContradictThemselves) {
    EXPECT_THAT(wrong([](auto& all) { all.set_version("today"); }), HasSubstr("version is not a date"));
    EXPECT_THAT(wrong([](auto& all) { all.set_newest_known("19.4"); }), HasSubstr("not among the releases"));
    EXPECT_THAT(wrong([](auto& all) { *all.add_stops() = all.stops(0); }), HasSubstr("there twice"));
    EXPECT_THAT(wrong([](auto& all) { all.mutable_stops(0)->set_condition("x"); }), HasSubstr("condition"));
    EXPECT_THAT(wrong([](auto& all) { all.mutable_stops(0)->set_at_least("9.9.9"); }),
                HasSubstr("another minor"));
    EXPECT_THAT(wrong([](auto& all) { all.mutable_releases(0)->set_newest_patch("1.2.3"); }),
                HasSubstr("another minor"));
    EXPECT_THAT(wrong([](auto& all) { all.mutable_releases(0)->add_never_released("99.0.1"); }),
                HasSubstr("never_released"));
    EXPECT_THAT(wrong([](auto& all) { all.mutable_operating_systems(0)->clear_glibc_source(); }),
                HasSubstr("glibc_source"));
    EXPECT_THAT(wrong([](auto& all) { all.mutable_operating_systems(0)->set_last("1.0"); }),
                HasSubstr("last is below"));
    EXPECT_THAT(wrong([](auto& all) { all.mutable_operating_systems(0)->set_date("2026-13-41"); }),
                HasSubstr("date"));
    EXPECT_THAT(wrong([](auto& all) { all.mutable_operating_systems(0)->add_gaps()->set_from("19.1"); }),
                HasSubstr("gap"));
    EXPECT_THAT(wrong([](auto& all) { all.mutable_checks(0)->mutable_advice(0)->clear_remedy(); }),
                HasSubstr("remedy"));
    EXPECT_THAT(wrong([](auto& all) { all.mutable_checks(0)->mutable_advice(0)->add_commands(); }),
                HasSubstr("empty word"));
    EXPECT_THAT(wrong([](auto& all) { all.mutable_checks(0)->add_links("javascript:x"); }),
                HasSubstr("https://"));
}

TEST(Knowledge, RefusesAStopWithoutTheConditionThatItNeeds) {
    const auto conditional = [](v1::Knowledge& all) -> v1::Stop& {
        return *std::ranges::find_if(*all.mutable_stops(), &v1::Stop::conditional);
    };
    EXPECT_THAT(wrong([&](auto& all) { conditional(all).clear_needed_if(); }), HasSubstr("needed_if"));
    EXPECT_THAT(wrong([&](auto& all) { conditional(all).mutable_needed_if()->Clear(); }),
                HasSubstr("asks nothing"));
    EXPECT_THAT(wrong([](auto& all) { all.mutable_stops(0)->mutable_needed_if()->mutable_geo(); }),
                HasSubstr("needed_if"));
}

TEST(Knowledge, RefusesComponentsThatContradictThemselves) {
    EXPECT_THAT(wrong([](auto& all) { all.mutable_package_rules(0)->set_minimum_installed("11"); }),
                HasSubstr("minimum_installed"));
    EXPECT_THAT(wrong([](auto& all) { all.mutable_package_rules(0)->mutable_package()->clear_below(); }),
                HasSubstr("overlaps"));
    EXPECT_THAT(wrong([](auto& all) { all.mutable_package_rules(0)->clear_source(); }), HasSubstr("source"));
    EXPECT_THAT(wrong([](auto& all) { all.mutable_requirements(0)->clear_component(); }),
                HasSubstr("component"));
    EXPECT_THAT(wrong([](auto& all) { all.mutable_requirements(0)->set_minimum("new"); }),
                HasSubstr("minimum"));
    EXPECT_THAT(wrong([](auto& all) { all.mutable_requirements(0)->set_below("1"); }), HasSubstr("below"));
    EXPECT_THAT(wrong([](auto& all) { all.mutable_requirements(0)->set_recommended("1"); }),
                HasSubstr("recommended"));
    EXPECT_THAT(wrong([](auto& all) { all.mutable_requirements(0)->mutable_gitlab()->clear_below(); }),
                HasSubstr("overlaps"));
    EXPECT_THAT(wrong([](auto& all) { *all.add_requirements() = all.requirements(0); }),
                HasSubstr("there twice"));
    EXPECT_THAT(wrong([](auto& all) { all.mutable_bundles(0)->set_default_version("1.2"); }),
                HasSubstr("default_version"));
    EXPECT_THAT(wrong([](auto& all) { all.mutable_bundles(0)->set_upgrades_itself_to("99"); }),
                HasSubstr("upgrades_itself_to"));
    EXPECT_THAT(wrong([](auto& all) { all.mutable_bundles(0)->mutable_gitlab()->Clear(); }),
                HasSubstr("no end"));
    EXPECT_THAT(wrong([](auto& all) { all.mutable_extensions(0)->clear_databases(); }),
                HasSubstr("databases"));
    EXPECT_THAT(wrong([](auto& all) { all.mutable_extensions(0)->clear_since(); }), HasSubstr("since"));
}

TEST(Knowledge, RefusesRemovedSettingsThatContradictThemselves) {
    const auto row = [](v1::Knowledge& all) { return all.mutable_removed_settings(0); };
    EXPECT_THAT(wrong([&](auto& all) { row(all)->clear_setting(); }), HasSubstr("keys"));
    EXPECT_THAT(wrong([&](auto& all) { row(all)->clear_removed(); }), HasSubstr("removed it"));
    EXPECT_THAT(wrong([&](auto& all) { row(all)->set_deprecated("99.0"); }), HasSubstr("before deprecated"));
    EXPECT_THAT(wrong([&](auto& all) { row(all)->set_removed_until(row(all)->removed()); }),
                HasSubstr("removed_until"));
    EXPECT_THAT(wrong([&](auto& all) { row(all)->clear_remedy(); }), HasSubstr("remedy"));
    EXPECT_THAT(wrong([&](auto& all) { *all.add_removed_settings() = *row(all); }), HasSubstr("there twice"));
}

TEST(Knowledge, RefusesKnownIssuesThatContradictThemselves) {
    const auto issue = [](v1::Knowledge& all) { return all.mutable_known_issues(0); };
    const auto nowhere = [&](v1::Knowledge& all) {
        issue(all)->clear_crossed();
        issue(all)->clear_landed_on();
        issue(all)->clear_started_from();
    };
    EXPECT_THAT(wrong(nowhere), HasSubstr("place on the path"));
    EXPECT_THAT(wrong([&](auto& all) { issue(all)->add_crossed("16"); }), HasSubstr("not a version"));
    EXPECT_THAT(wrong([&](auto& all) { issue(all)->add_landed_on(); }), HasSubstr("no end"));
    EXPECT_THAT(wrong([&](auto& all) { issue(all)->add_fixed_in("soon"); }), HasSubstr("not a version"));
    EXPECT_THAT(wrong([&](auto& all) { issue(all)->clear_harm(); }), HasSubstr("harm"));
    EXPECT_THAT(wrong([&](auto& all) { issue(all)->mutable_condition()->mutable_all(); }),
                HasSubstr("is empty"));
    EXPECT_THAT(wrong([&](auto& all) { issue(all)->clear_consequence(); }), HasSubstr("consequence"));
    EXPECT_THAT(wrong([&](auto& all) { issue(all)->add_commands(); }), HasSubstr("empty word"));
    EXPECT_THAT(wrong([&](auto& all) { issue(all)->add_links("http://example.test"); }),
                HasSubstr("https://"));
    EXPECT_THAT(wrong([&](auto& all) { issue(all)->set_date("soon"); }), HasSubstr("date"));
    EXPECT_THAT(wrong([&](auto& all) { *all.add_known_issues() = *issue(all); }), HasSubstr("there twice"));
}

TEST(Knowledge, RefusesKnownIssuesThatNobodyWouldJudge) {
    const auto issue = [](v1::Knowledge& all) { return all.mutable_known_issues(0); };
    EXPECT_THAT(wrong([&](auto& all) { issue(all)->set_covered_by("system.supporte"); }),
                HasSubstr("covered_by 'system.supporte' is no check"));
    EXPECT_THAT(wrong([&](auto& all) { issue(all)->set_covered_by("system.supported"); }), IsEmpty());
    const auto only_crossed = [&](v1::Knowledge& all) {
        issue(all)->clear_landed_on();
        issue(all)->clear_started_from();
        issue(all)->add_crossed("16.0");
        issue(all)->set_in_passing("Do not stay.");
    };
    EXPECT_THAT(wrong(only_crossed), HasSubstr("in_passing belongs to versions"));
}

TEST(Knowledge, RefusesRoomsThatSayNothing) {
    const auto row = [](v1::Knowledge& all) { return all.mutable_rooms(0); };
    EXPECT_THAT(wrong([&](auto& all) { row(all)->set_bytes(0); }), HasSubstr("percent up to 1000"));
    EXPECT_THAT(wrong([&](auto& all) { row(all)->set_percent(1001); }), HasSubstr("percent up to 1000"));
    EXPECT_THAT(wrong([&](auto& all) { row(all)->clear_why(); }), HasSubstr("why"));
    EXPECT_THAT(wrong([&](auto& all) { *all.add_rooms() = *row(all); }), HasSubstr("there twice"));
}

TEST(SystemTable, IsFoundAgainByEveryIdOfEveryRow) {
    for (const auto& row : built_in_knowledge().operating_systems()) {
        for (const auto& id : row.ids()) {
            v1::OperatingSystem system;
            system.set_id(id);
            system.set_version_id(row.match() == v1::OperatingSystemSupport::MAJOR ? row.version() + ".4"
                                                                                   : row.version());
            system.set_pretty_name(row.pretty_name());
            EXPECT_EQ(find_support(system, built_in_knowledge()), &row) << row.name();
        }
    }
}

// Written down once more, from GitLab's list of platforms and its build jobs.
TEST(SystemTable, HasTheFirstAndLastVersionsOfGitLabsList) {
    struct Row {
        const char* id;
        const char* version;
        const char* first;
        const char* last;
    };
    constexpr std::array<Row, 12> rows{{
        {"almalinux", "8.10", "14.5", "21.10"},
        {"almalinux", "9.4", "16.0", "25.0"},
        {"rhel", "10.0", "18.6", "28.0"},
        {"ol", "9.4", "16.2", "25.1"},
        {"amzn", "2", "14.9", "19.2"},
        {"amzn", "2023", "16.3", "22.1"},
        {"debian", "10", "", "17.5"},
        {"debian", "11", "14.6", "19.7"},
        {"debian", "13", "18.5", "23.1"},
        {"sles", "12.5", "9.0", "18.11"},
        {"ubuntu", "20.04", "", "18.11"},
        {"ubuntu", "26.04", "19.3", "23.11"},
    }};
    for (const auto& row : rows) {
        v1::OperatingSystem system;
        system.set_id(row.id);
        system.set_version_id(row.version);
        const auto* support = find_support(system, built_in_knowledge());
        ASSERT_NE(support, nullptr) << row.id << " " << row.version;
        EXPECT_EQ(support->first(), row.first) << support->name();
        EXPECT_EQ(support->last(), row.last) << support->name();
    }
}

// Over the whole table and every release: packages are offered from `first` to `last`, but not in a gap.
TEST(SystemTable, OffersPackagesFromFirstToLast) {
    for (const auto& row : built_in_knowledge().operating_systems()) {
        for (const auto& release : built_in_knowledge().releases()) {
            const auto version = parse_version(release.newest_patch()).value();
            const auto minor = version.minor_release();
            const bool begun = row.first().empty() || parse_version(row.first()) <= minor;
            const bool ended = !row.last().empty() && parse_version(row.last()) < minor;
            const auto expected = !begun ? Packages::not_yet : ended ? Packages::ended : Packages::offered;
            EXPECT_EQ(packages_for(row, {}, version), expected) << row.name() << " " << release.minor();
        }
    }
}

TEST(SystemTable, KeepsCentosStreamAndCentosLinuxApart) {
    v1::OperatingSystem system;
    system.set_id("centos");
    system.set_version_id("8");
    system.set_pretty_name("CentOS Linux 8");
    EXPECT_EQ(find_support(system, built_in_knowledge())->name(), "CentOS 8");
    system.set_pretty_name("CentOS Stream 8");
    EXPECT_EQ(find_support(system, built_in_knowledge())->name(), "CentOS Stream 8");
}

TEST(SystemTable, KnowsTheVersionsThatWereBuiltWithoutSuse) {
    v1::OperatingSystem leap;
    leap.set_id("opensuse-leap");
    leap.set_version_id("15.6");
    const auto* row = find_support(leap, built_in_knowledge());
    ASSERT_NE(row, nullptr);
    EXPECT_EQ(packages_for(*row, {}, {18, 11, 11}), Packages::offered);
    EXPECT_EQ(packages_for(*row, {}, {19, 0, 2}), Packages::gap);
    EXPECT_EQ(packages_for(*row, {}, {19, 0, 3}), Packages::offered);
    EXPECT_EQ(packages_for(*row, {}, {19, 1, 0}), Packages::gap);
    EXPECT_EQ(packages_for(*row, {}, {19, 3, 0}), Packages::offered);
    EXPECT_EQ(packages_for(*row, {}, {19, 5, 0}), Packages::ended);
}

TEST(SystemTable, KnowsWhereTheBuildsForArmAndForFipsBegan) {
    const auto offered = [](const char* id, const char* version_id, const Build& build,
                            const Version& version) {
        v1::OperatingSystem system;
        system.set_id(id);
        system.set_version_id(version_id);
        return packages_for(*find_support(system, built_in_knowledge()), build, version);
    };
    const Build arm{.architecture = "aarch64"};
    const Build fips{.fips = true};
    EXPECT_EQ(offered("ubuntu", "22.04", {}, {15, 11, 13}), Packages::offered);
    EXPECT_EQ(offered("ubuntu", "22.04", arm, {15, 11, 13}), Packages::not_yet);
    EXPECT_EQ(offered("ubuntu", "22.04", arm, {16, 1, 0}), Packages::offered);
    EXPECT_EQ(offered("rhel", "9.4", arm, {16, 0, 0}), Packages::offered);
    EXPECT_EQ(offered("rhel", "9.4", fips, {17, 4, 0}), Packages::not_yet);
    EXPECT_EQ(offered("rhel", "9.4", fips, {17, 5, 0}), Packages::offered);
    EXPECT_EQ(offered("ubuntu", "20.04", fips, {19, 0, 0}), Packages::ended);
    EXPECT_EQ(offered("debian", "12", fips, {19, 3, 0}), Packages::never);
}

}  // namespace
}  // namespace preflight::readiness
