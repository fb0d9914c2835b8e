#include "readiness/checks/installation_leftovers.h"

#include "tests/readiness/losses.h"

namespace preflight::readiness {
namespace {

using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

std::vector<v1::Verdict> of(const std::string& findings) {
    return judged(installation_leftovers,
                  fleet_of({node("web1", installed("19.2.4") + ran({"packages"}) + findings)}));
}

std::string leftover(std::string_view time) {
    return "findings { probe: 'packages' leftover { path: '/var/opt/gitlab/postgresql/data.16' of: 'an "
           "upgrade "
           "of PostgreSQL' modified_at " +
           std::string(time) + " } } ";
}

TEST(Leftovers, AreNoneWhereNothingWasLeft) {
    EXPECT_THAT(of(""), ElementsAre(says(v1::READY, "none")));
    expect_no_loss_is_green(installation_leftovers,
                            fleet_of({node("web1", installed("19.2.4") + ran({"packages"}))}));
}

TEST(Leftovers, AreNotedWithWhatTheyAreOf) {
    const auto verdicts = of(leftover("{at 2025-06-01T00:00:00Z}"));
    EXPECT_THAT(verdicts, ElementsAre(says(v1::NOTE, "found")));
    EXPECT_EQ(verdicts[0].evidence(0).what(),
              "/var/opt/gitlab/postgresql/data.16: an upgrade of PostgreSQL, of 2025-06-01T00:00:00Z");
    EXPECT_THAT(of(leftover("{ seconds: -9223372036854775808 }")), ElementsAre(says(v1::NOTE, "found")));
}

TEST(Leftovers, AreUnknownWhereNobodyLooked) {
    EXPECT_THAT(of(gap("packages", "cause: DENIED")), ElementsAre(says(v1::UNKNOWN, "unseen")));
    EXPECT_THAT(judged(installation_leftovers, fleet_of({silent_node("web1")})),
                ElementsAre(says(v1::UNKNOWN, "unseen")));
    EXPECT_THAT(judged(installation_leftovers, Fleet{}), ElementsAre(says(v1::UNKNOWN, "unseen")));
}

TEST(Leftovers, DoNotApplyWithoutGitLab) {
    const auto none = "findings { probe: 'installation' installation { method: NONE } } ";
    EXPECT_THAT(judged(installation_leftovers, fleet_of({node("lb1", none)})),
                ElementsAre(says(v1::NOT_APPLICABLE, "no_gitlab")));
}

}  // namespace
}  // namespace preflight::readiness
