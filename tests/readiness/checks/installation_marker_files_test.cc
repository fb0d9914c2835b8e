#include "readiness/checks/installation_marker_files.h"

#include "tests/readiness/fleet_builder.h"

namespace preflight::readiness {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;

using Names = std::vector<std::string>;

std::vector<v1::Verdict> judge_text(std::string_view text) {
    return judged(installation_marker_files,
                  fleet_of({node("web1", installed("19.2.4") + std::string(text))}));
}

TEST(MarkerFiles, AreNotedWithWhatTheyDo) {
    EXPECT_THAT(
        judge_text("findings { probe: 'installation' marker_file { path: '/etc/gitlab/skip-auto-backup' "
                   "effect: 'no backup of the database' } }"),
        ElementsAre(AllOf(says(v1::NOTE, "found"), on(Names{"web1"}),
                          mentions("/etc/gitlab/skip-auto-backup: no backup of the database"))));
}

TEST(MarkerFiles, AreReadyWhereThereAreNone) {
    EXPECT_THAT(judge_text(""), ElementsAre(AllOf(says(v1::READY, "none"), on(Names{"web1"}))));
}

TEST(MarkerFiles, AreUnknownWhereTheFolderCouldNotBeSeen) {
    EXPECT_THAT(judge_text(gap("installation", "cause: DENIED")), ElementsAre(says(v1::UNKNOWN, "unseen")));
    EXPECT_THAT(judge_text("probes { probe: 'installation' outcome: KILLED } "),
                ElementsAre(says(v1::UNKNOWN, "unseen")))
        << "the probe never came to the folder";
    EXPECT_THAT(judged(installation_marker_files, fleet_of({silent_node("web1")})),
                ElementsAre(says(v1::UNKNOWN, "unseen")));
    EXPECT_THAT(judged(installation_marker_files, Fleet{}), ElementsAre(says(v1::UNKNOWN, "unseen")));
}

TEST(MarkerFiles, DoNotConcernANodeWithoutThePackage) {
    EXPECT_THAT(judged(installation_marker_files,
                       fleet_of({node("lb", "findings { installation { method: NONE } }")})),
                ElementsAre(says(v1::NOT_APPLICABLE, "no_package")));
}

}  // namespace
}  // namespace preflight::readiness
