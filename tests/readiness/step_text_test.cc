#include "readiness/step_text.h"

#include "tests/readiness/fleet_builder.h"

namespace preflight::readiness {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

v1::Knowledge knowing(std::string_view text) {
    v1::Knowledge knowledge;
    google::protobuf::TextFormat::ParseFromString("steps { id: 'x' " + std::string(text) + " }", &knowledge);
    return knowledge;
}

TEST(StepText, PutsOneValueIntoASentenceAndSeveralAsAList) {
    const auto step = written("x", {{"version", {"19.2.4"}}, {"nodes", {"a", "b"}}},
                              knowing("title: 'Bring {nodes} to {version}' why: '{version}{version}'"));
    EXPECT_EQ(step.title(), "Bring a, b to 19.2.4");
    EXPECT_EQ(step.why(), "19.2.419.2.4");
}

TEST(StepText, LeavesANameThatNothingWasGivenForAsItIs) {
    const auto step = written("x", {{"a", {}}}, knowing("title: 'To {version}{a} {} {B} {not closed'"));
    EXPECT_EQ(step.title(), "To {version} {} {B} {not closed");
    EXPECT_THAT(placeholders_in("{a} {} b{c_d}{E} {"), ElementsAre("a", "c_d"));
}

TEST(StepText, PutsSeveralValuesIntoACommandAsWordsOfTheirOwn) {
    const auto step = written("x", {{"install", {"apt-get", "install", "a b"}}, {"id", {"1"}}, {"none", {}}},
                              knowing("commands { argv: ['{install}', '-y', 'BACKUP={id}'] } "
                                      "commands { argv: '{none}' } verify { argv: ['ls', '{none}'] }"));
    ASSERT_EQ(step.commands_size(), 1);
    EXPECT_THAT(step.commands(0).argv(), ElementsAre("apt-get", "install", "a b", "-y", "BACKUP=1"));
    EXPECT_THAT(step.verify().argv(), ElementsAre("ls"));
}

TEST(StepText, FillsNothingIntoWhatWasFilledIn) {
    const auto step = written("x", {{"a", {"{b}"}}, {"b", {"hidden"}}}, knowing("title: '{a}'"));
    EXPECT_EQ(step.title(), "{b}");
}

TEST(StepText, LosesNoStepForWantOfItsText) {
    EXPECT_EQ(written("unheard_of", {}, knowing("")).title(), "unheard_of");
    EXPECT_THAT(written("unheard_of", {}, knowing("")).commands(), IsEmpty());
}

}  // namespace
}  // namespace preflight::readiness
