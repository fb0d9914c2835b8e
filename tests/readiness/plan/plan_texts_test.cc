// The texts of the plan's steps: one for each kind that the code writes, and none besides; whole, and with
// safe words.
#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>

#include "readiness/step_text.h"
#include "tests/readiness/plan/plan_fleets.h"

namespace preflight::readiness {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::IsSubsetOf;
using ::testing::Not;

using Ids = std::set<std::string>;

std::string content(const std::filesystem::path& path) {
    std::stringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
}

std::filesystem::path source() { return PREFLIGHT_SOURCE_DIR; }

v1::Knowledge read_steps() {
    v1::Knowledge knowledge;
    if (!google::protobuf::TextFormat::ParseFromString(content(source() / "knowledge/plan_steps.txtpb"),
                                                       &knowledge))
        throw std::invalid_argument("plan_steps.txtpb does not parse");
    return knowledge;
}

const v1::Knowledge& steps_of_plan() {
    static const auto knowledge = read_steps();
    return knowledge;
}

Ids known() {
    Ids ids;
    for (const auto& text : steps_of_plan().steps()) ids.insert(text.id());
    return ids;
}

// Every word in quotes in the plan's own code that has the form of an id.
Ids quoted() {
    Ids words;
    const std::regex pattern(R"re("([a-z]+_[a-z_]+|rehearse|remedy)")re");
    for (const auto& file : std::filesystem::directory_iterator(source() / "readiness/plan")) {
        const auto text = content(file.path());
        for (std::sregex_iterator match(text.begin(), text.end(), pattern), end; match != end; ++match)
            words.insert((*match)[1].str());
    }
    return words;
}

TEST(PlanTexts, AreThereForEveryStepThatTheCodeNames) {
    // Words of the same form that name something else.
    const Ids others{"known_issues",      "sles_sap",
                     "standby_leader",    "too_old",
                     "upgrades_itself",   "zero_downtime",
                     "no_time",           "not_full",
                     "other_edition",     "other_patch",
                     "other_version",     "some_without",
                     "without_gitlab_rb", "praefect_session_pooled"};
    Ids missing;
    for (const auto& word : quoted()) {
        if (!others.contains(word) && !known().contains(word)) missing.insert(word);
    }
    EXPECT_THAT(missing, IsEmpty());
}

TEST(PlanTexts, AreAllUsed) {
    const auto used = quoted();
    Ids unused;
    for (const auto& id : known()) {
        if (!used.contains(id)) unused.insert(id);
    }
    EXPECT_THAT(unused, IsEmpty());
}

TEST(PlanTexts, SayWhyAndWhatToExpect) {
    for (const auto& text : steps_of_plan().steps()) {
        EXPECT_TRUE(text.id().starts_with("remedy") || !text.links().empty()) << text.id();
        if (text.id().starts_with("differs_")) continue;
        EXPECT_THAT(text.why(), Not(IsEmpty())) << text.id();
        EXPECT_THAT(text.expected(), Not(IsEmpty())) << text.id();
        if (text.id().starts_with("remedy")) continue;
        EXPECT_NE(text.reversal(), v1::PlanStep::REVERSAL_UNSPECIFIED) << text.id();
        for (const auto& link : text.links())
            EXPECT_TRUE(link.starts_with("https://docs.gitlab.com/")) << link;
    }
}

// The program on disk is of the new version as soon as the package is; what runs may still be the old one.
TEST(PlanTexts, VerifyByWhatRuns) {
    for (const auto& text : steps_of_plan().steps()) {
        for (const auto& word : text.verify().argv()) EXPECT_NE(word, "--version") << text.id();
    }
}

TEST(PlanTexts, AreRefusedWhereTheyContradictThemselves) {
    const auto wrong = [](void (*change)(v1::StepText&)) {
        auto knowledge = built_in_knowledge();
        const auto step = std::ranges::find(*knowledge.mutable_steps(), "install_single", &v1::StepText::id);
        change(*step);
        return validate(knowledge);
    };
    EXPECT_THAT(wrong([](v1::StepText&) {}), IsEmpty());
    EXPECT_THAT(wrong([](v1::StepText& step) { step.clear_title(); }), HasSubstr("title"));
    EXPECT_THAT(wrong([](v1::StepText& step) { step.add_commands(); }), HasSubstr("empty word"));
    EXPECT_THAT(wrong([](v1::StepText& step) { step.set_seconds_from(9999); }),
                HasSubstr("above seconds_to"));
    EXPECT_THAT(wrong([](v1::StepText& step) { step.clear_duration_source(); }), HasSubstr("source"));
    EXPECT_THAT(wrong([](v1::StepText& step) { step.add_links("http://x"); }), HasSubstr("https://"));
    EXPECT_THAT(wrong([](v1::StepText& step) { step.set_date("soon"); }), HasSubstr("date"));
    EXPECT_THAT(wrong([](v1::StepText& step) { step.set_id("install_redis"); }), HasSubstr("there twice"));
}

Ids placeholders(const std::vector<std::string>& texts) {
    Ids names;
    for (const auto& text : texts) {
        for (auto& name : placeholders_in(text)) names.insert(std::move(name));
    }
    return names;
}

TEST(PlanTexts, FillInOnlyWhatThePlanKnows) {
    const Ids of_sentences{"version", "from",    "where",  "order",   "site",  "node",     "major",
                           "title",   "summary", "system", "systems", "minor", "services", "settings"};
    // Nothing of these is a text that a node sent, but for plain words of Praefect's database.
    const Ids of_commands{"version",   "refresh", "install", "release", "hold",    "package",
                          "image",     "major",   "keep",    "free",    "renew",   "script",
                          "reinstall", "again",   "minor",   "kept",    "holds",   "installed",
                          "offered",   "host",    "port",    "user",    "database"};
    for (const auto& text : steps_of_plan().steps()) {
        EXPECT_THAT(placeholders({text.title(), text.why(), text.expected(), text.note()}),
                    IsSubsetOf(of_sentences))
            << text.id();
        std::vector<std::string> words(text.verify().argv().begin(), text.verify().argv().end());
        for (const auto& command : text.commands())
            words.insert(words.end(), command.argv().begin(), command.argv().end());
        EXPECT_THAT(placeholders(words), IsSubsetOf(of_commands)) << text.id();
    }
}

TEST(PlanTexts, LeaveNoPlaceholderInAnyPlan) {
    for (const auto& fleet : {several_nodes("18.8.11"), fleet_of({single_node("16.11.10", "13.14")})}) {
        const auto plan = plan_of(fleet);
        for (const auto& step : plan.steps()) {
            EXPECT_THAT(placeholders({step.title(), step.why(), step.expected(), step.note()}), IsEmpty())
                << step.id();
        }
    }
}

}  // namespace
}  // namespace preflight::readiness
