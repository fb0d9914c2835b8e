// The way between two versions, told without any node.
#include "readiness/path_answer.h"

#include <gmock/gmock.h>

#include <regex>

#include "readiness/knowledge.h"
#include "readiness/path.h"
#include "readiness/render/render.h"

namespace preflight::readiness {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

using Answer = v1::PathAnswer;
using Words = std::vector<std::string>;

Answer asked(std::string_view from, std::string_view to, v1::Edition edition = v1::EE,
             v1::Edition to_edition = v1::EDITION_UNSPECIFIED) {
    const auto& knowledge = built_in_knowledge();
    return answer({parse_target(from).value(), asked_target(to, knowledge).value(), edition, to_edition},
                  knowledge);
}

Words hops(const Answer& answer) {
    Words versions;
    for (const auto& hop : answer.hops()) versions.push_back(hop.version());
    return versions;
}

Words open_stops(const Answer& answer) {
    Words versions;
    for (const auto& open : answer.open()) versions.push_back(open.stop());
    return versions;
}

struct Worked {
    const char* from;
    const char* to;
    Words unconditional;
    Words open;
};

TEST(PathAnswer, IsTheWorkedPathWithItsConditionalStopsAsOpenQuestions) {
    const std::vector<Worked> paths{
        {"15.0.5", "15.11.13", {"15.4.6", "15.11.13"}, {"15.1.6"}},
        {"15.1.2", "15.11.13", {"15.4.6", "15.11.13"}, {"15.1.6"}},
        {"15.3.2", "16.3.9", {"15.4.6", "15.11.13", "16.3.9"}, {"16.0.10", "16.1.8", "16.2.11"}},
        {"15.11.13",
         "17.3.7",
         {"16.3.9", "16.7.10", "16.11.10", "17.3.7"},
         {"16.0.10", "16.1.8", "16.2.11", "17.1.8"}},
        {"16.5.1", "17.11", {"16.7.10", "16.11.10", "17.3.7", "17.5.5", "17.8.7", "17.11.7"}, {"17.1.8"}},
        {"16.11.10",
         "18.11",
         {"17.3.7", "17.5.5", "17.8.7", "17.11.7", "18.2.8", "18.5.7", "18.8.11", "18.11.11"},
         {"17.1.8"}},
        {"17.11.0", "latest", {"18.2.8", "18.5.7", "18.8.11", "18.11.11", "19.2.4", "19.3.0"}, {}},
        {"18.11.7", "19.0.8", {"18.11.11", "19.0.8"}, {}},
        {"19.0.3", "19.3.0", {"19.2.4", "19.3.0"}, {}},
        {"19.2.0", "19.3", {"19.2.4", "19.3.0"}, {}},
    };
    for (const auto& path : paths) {
        const auto found = asked(path.from, path.to);
        EXPECT_EQ(found.answer(), Answer::FOUND) << path.from;
        EXPECT_EQ(open_stops(found), path.open) << path.from;
        auto needed = hops(found);
        std::erase_if(needed, [&](const auto& hop) { return std::ranges::count(path.open, hop) > 0; });
        EXPECT_EQ(needed, path.unconditional) << path.from;
        EXPECT_EQ(hops(found).size(), path.unconditional.size() + path.open.size()) << path.from;
    }
}

TEST(PathAnswer, TellsWhatWouldDecideAConditionalStop) {
    const auto found = asked("15.11.13", "17.3.7");
    ASSERT_THAT(found.open(), SizeIs(4));
    EXPECT_THAT(found.open(0).needed_if(), HasSubstr("the table users has more than 30000 rows"));
    EXPECT_THAT(found.open(0).probes(), ElementsAre("postgres"));
    EXPECT_THAT(found.open(0).questions(), IsEmpty());
}

TEST(PathAnswer, DoesNotQuestionATargetThatIsAConditionalStop) {
    const auto found = asked("16.11.10", "17.1.8");
    EXPECT_THAT(hops(found), ElementsAre("17.1.8"));
    EXPECT_THAT(found.open(), IsEmpty());
}

TEST(PathAnswer, RefusesWhatIsNoUpgrade) {
    const auto equal = asked("19.2.4", "19.2");
    EXPECT_EQ(equal.answer(), Answer::REFUSED);
    EXPECT_EQ(equal.reason(), "19.2.4 runs already: there is nothing to upgrade");
    const auto lower = asked("19.2.4", "19.1.0");
    EXPECT_EQ(lower.answer(), Answer::REFUSED);
    EXPECT_THAT(lower.reason(), HasSubstr("19.1.0 is older than 19.2.4: this would be a downgrade"));
    EXPECT_THAT(lower.notes(), Contains(HasSubstr("restore the backup")));
    EXPECT_THAT(lower.hops(), IsEmpty());
    const auto back = asked("18.11.11", "19.3.0", v1::EE, v1::CE);
    EXPECT_EQ(back.answer(), Answer::REFUSED);
    EXPECT_THAT(back.reason(), HasSubstr("cannot become Community Edition"));
}

TEST(PathAnswer, RefusesByNameWhatWasNeverReleased) {
    const auto never = asked("18.8.11", "19.0.7");
    EXPECT_EQ(never.answer(), Answer::REFUSED);
    EXPECT_THAT(never.reason(), HasSubstr("GitLab 19.0.7 was never released"));
    EXPECT_THAT(never.hops(), IsEmpty());
    EXPECT_THAT(asked("19.1.5", "19.2.4").notes(), ElementsAre(HasSubstr("19.1.5 was never released")));
}

TEST(PathAnswer, GoesFromCommunityToEnterpriseEdition) {
    const auto up = asked("18.11.11", "19.3.0", v1::CE, v1::EE);
    EXPECT_EQ(up.answer(), Answer::FOUND);
    EXPECT_THAT(hops(up), ElementsAre("19.2.4", "19.3.0"));
    EXPECT_THAT(up.notes(), Contains(HasSubstr("gitlab-ee of exactly the version that runs")));
    const auto here = asked("19.3.0", "19.3.0", v1::CE, v1::EE);
    EXPECT_EQ(here.answer(), Answer::FOUND) << "the same version of the other package";
    EXPECT_THAT(here.hops(), IsEmpty());
    EXPECT_THAT(asked("18.11.11", "19.3.0", v1::CE).notes(), IsEmpty());
}

TEST(PathAnswer, CannotSayWhereTheKnowledgeEnds) {
    const auto beyond = asked("19.2.4", "19.4.0");
    EXPECT_EQ(beyond.answer(), Answer::CANNOT_SAY);
    EXPECT_EQ(beyond.reason(), "the knowledge ends with GitLab 19.3, the target is 19.4.0");
    EXPECT_THAT(beyond.hops(), IsEmpty());
    EXPECT_EQ(asked("7.14.3", "19.3.0").answer(), Answer::CANNOT_SAY);
    EXPECT_EQ(asked("17.11.7", "18.12.0").answer(), Answer::CANNOT_SAY);
    const auto patch = asked("18.11.9", "19.3.7");
    EXPECT_EQ(patch.answer(), Answer::CANNOT_SAY);
    EXPECT_THAT(hops(patch), ElementsAre("19.2.4", "19.3.7")) << "the hops are told";
}

// "Ubuntu 20.04 > Ubuntu 22.04, Ubuntu 24.04"
Words moves(const v1::Hop& hop) {
    Words texts;
    for (const auto& move : hop.moves()) {
        auto text = move.system() + " >";
        for (const auto& system : move.to()) text += " " + system;
        texts.push_back(text + " at " + move.at_version() + (move.rebuild() ? ", rebuild" : ""));
    }
    return texts;
}

TEST(PathAnswer, TellsBeforeWhichHopASystemChanges) {
    const auto found = asked("18.5.7", "19.3.0");
    ASSERT_THAT(hops(found), ElementsAre("18.8.11", "18.11.11", "19.2.4", "19.3.0"));
    EXPECT_THAT(moves(found.hops(2)), Contains("Ubuntu 20.04 > Ubuntu 22.04 Ubuntu 24.04 at 18.11.11"));
    EXPECT_THAT(moves(found.hops(2)), Contains("SLES 12 SP5 > SLES 15 SP6 at 18.11.11, rebuild"));
    EXPECT_THAT(moves(found.hops(3)), Contains("Amazon Linux 2 > Amazon Linux 2023 at 19.2.4, rebuild"));
    EXPECT_THAT(moves(found.hops(0)), IsEmpty());
    EXPECT_THAT(moves(asked("18.5.7", "19.3.0", v1::CE).hops(2)), Not(Contains(HasSubstr("SLES"))))
        << "there are packages of Enterprise Edition only";
    const auto text = std::regex_replace(render_text(found, {}), std::regex("\\s+"), " ");
    EXPECT_THAT(text, HasSubstr("Before it, Ubuntu 20.04: move to Ubuntu 22.04 or Ubuntu 24.04, with GitLab "
                                "18.11.11 on both."));
}

TEST(PathAnswer, NotesNumbersThatDoNotFit) {
    EXPECT_THAT(asked("18.12.3", "19.3.0").notes(), Contains(HasSubstr("no GitLab 18.12.3")));
    EXPECT_THAT(asked("18.11.99", "19.3.0").notes(), Contains(HasSubstr("no GitLab 18.11.99")));
    EXPECT_THAT(asked("11.0.3", "12.0.12").notes(), IsEmpty()) << "older than the releases that are known";
    EXPECT_THAT(asked("18.8.11", "18.11.7").notes(), Contains(HasSubstr("18.11.9 is the lowest patch")));
}

TEST(PathAnswer, IsReadAsText) {
    const auto text = render_text(asked("15.11.13", "17.3.7"), {});
    EXPECT_THAT(text, AllOf(HasSubstr("From GitLab 15.11.13 EE to GitLab 17.3.7 EE\n"
                                      "8 hops, of which 4 may not be needed\n"),
                            HasSubstr("conditional stop"), HasSubstr("== Open questions: 4"),
                            HasSubstr("The agent's probe postgres would decide"),
                            HasSubstr("which ends at GitLab 19.3")));
    EXPECT_THAT(render_text(asked("19.2.4", "19.2.4"), {}),
                AllOf(HasSubstr("REFUSED: 19.2.4 runs already"), Not(HasSubstr("hop"))));
    EXPECT_THAT(render_text(asked("19.2.4", "19.4.0"), {}), HasSubstr("CANNOT SAY: the knowledge ends"));
}

TEST(AskedTarget, IsAVersionAMinorOrTheLatest) {
    const auto target = [](const char* text) { return asked_target(text, built_in_knowledge()); };
    EXPECT_EQ(target("19.2.1"), (Version{19, 2, 1}));
    EXPECT_EQ(target("19.2"), (Version{19, 2, 4}));
    EXPECT_EQ(target("19.4"), (Version{19, 4, 0})) << "not known: the path then says so";
    EXPECT_EQ(target("latest"), (Version{19, 3, 0}));
    for (const auto* text : {"", "19", "Latest", "19.2.1-ee", "v19.2.1", "nineteen", "19.2.1.0"})
        EXPECT_EQ(target(text), std::nullopt) << text;
}

}  // namespace
}  // namespace preflight::readiness
