#include "probes/package_database.h"

#include "tests/probes/node_tree.h"

namespace preflight::probes {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

TEST(PackageDatabase, ReadsWhatRpmAnswers) {
    const auto record =
        parse_rpm_answer("gitlab-runner\t18.0-1\tx86_64\ngitlab-ee\t19.2.1-ee.0.el9\tx86_64\n");
    EXPECT_EQ(record.name, "gitlab-ee");
    EXPECT_EQ(record.version, "19.2.1-ee.0.el9");
    EXPECT_EQ(record.architecture, "x86_64");
    EXPECT_EQ(record.state, v1::Installation::INSTALLED);
}

TEST(PackageDatabase, TakesTwoRowsForAnUpgradeThatDied) {
    for (const auto* answer : {"gitlab-ee\t19.9.1-ee.0.el9\tx86_64\ngitlab-ee\t19.10.0-ee.0.el9\tx86_64\n",
                               "gitlab-ee\t19.10.0-ee.0.el9\tx86_64\ngitlab-ee\t19.9.1-ee.0.el9\tx86_64\n"}) {
        const auto record = parse_rpm_answer(answer);
        EXPECT_EQ(record.state, v1::Installation::HALF_CONFIGURED);
        EXPECT_EQ(record.version, "19.10.0-ee.0.el9");
    }
}

TEST(PackageDatabase, SaysWhenRpmKnowsNoGitlab) {
    EXPECT_EQ(parse_rpm_answer("").state, v1::Installation::NOT_IN_DATABASE);
    EXPECT_EQ(parse_rpm_answer("gitlab-runner\t18.0-1\tx86_64\nnonsense\n").state,
              v1::Installation::NOT_IN_DATABASE);
}

TEST(PackageDatabase, HasNothingToSayWithoutADatabase) {
    EXPECT_FALSE(read_package_record(NodeTree().node(), Clock::now() + 5s)->has_value());
}

TEST(PackageDatabase, CannotAskTheRpmDatabaseOfATree) {
    NodeTree tree;
    tree.file("/var/lib/rpm/rpmdb.sqlite", "SQLite format 3");
    EXPECT_EQ(read_package_record(tree.node(), Clock::now() + 5s).error().cause, v1::Gap::NOT_LIVE);
}

TEST(PackageDatabase, GivesRpmNoMoreTimeThanIsLeft) {
    EXPECT_EQ(rpm_limit(Clock::time_point::max()), 5s);
    EXPECT_LE(rpm_limit(Clock::now() + 2s), 2s);
    EXPECT_GT(rpm_limit(Clock::now() + 2s), 1s);
    EXPECT_EQ(rpm_limit(Clock::now() - 1s), 1ms) << "which is over at once, and a gap";
}

}  // namespace
}  // namespace preflight::probes
