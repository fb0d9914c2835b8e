// The texts of the way back: one for each that the code names and none besides; whole, and with safe words.
#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>

#include "readiness/step_text.h"
#include "tests/readiness/fleet_builder.h"

namespace preflight::readiness {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsSubsetOf;
using Ids = std::set<std::string>;

std::vector<v1::StepText> texts() {
    std::vector<v1::StepText> found;
    for (const auto& text : built_in_knowledge().steps()) {
        if (text.id().starts_with("back_") && text.id() != "back_to_pgbouncer") found.push_back(text);
    }
    return found;
}

bool is_step(const v1::StepText& text) {
    return !text.id().starts_with("back_note") && !text.id().starts_with("back_point");
}

// Every word in quotes in the code of the way back that begins so.
Ids named() {
    Ids words;
    const std::regex pattern(R"re("(back_[a-z_]+)")re");
    const std::filesystem::path source = PREFLIGHT_SOURCE_DIR;
    for (const auto& file : std::filesystem::directory_iterator(source / "readiness/way_back")) {
        std::stringstream content;
        content << std::ifstream(file.path()).rdbuf();
        const auto text = content.str();
        for (std::sregex_iterator match(text.begin(), text.end(), pattern), end; match != end; ++match)
            words.insert((*match)[1].str());
    }
    return words;
}

Ids placeholders(const std::vector<std::string>& sentences) {
    Ids names;
    for (const auto& sentence : sentences) {
        for (auto& name : placeholders_in(sentence)) names.insert(std::move(name));
    }
    return names;
}

TEST(ReturnTexts, AreThoseThatTheCodeNames) {
    Ids known;
    for (const auto& text : texts()) known.insert(text.id());
    EXPECT_EQ(known, named());
}

TEST(ReturnTexts, SayWhyAndWhatToExpect) {
    for (const auto& text : texts()) {
        EXPECT_FALSE(text.title().empty()) << text.id();
        if (!is_step(text)) continue;
        EXPECT_FALSE(text.why().empty()) << text.id();
        EXPECT_TRUE(!text.expected().empty() || text.id() == "back_release_package") << text.id();
        EXPECT_NE(text.reversal(), v1::PlanStep::REVERSAL_UNSPECIFIED) << text.id();
        for (const auto& link : text.links())
            EXPECT_TRUE(link.starts_with("https://docs.gitlab.com/")) << link;
    }
}

// The plan makes one right before the window, which no inspection has seen.
TEST(ReturnTexts, PreferAnArchiveThatWasMadeSinceTheInspection) {
    int named = 0;
    for (const auto& text : texts()) {
        const auto words = text.commands().empty() ? std::string() : text.commands(0).ShortDebugString();
        if (words.find("{backup}") == std::string::npos && words.find("{copy}") == std::string::npos)
            continue;
        ++named;
        EXPECT_THAT(text.note(), AllOf(HasSubstr("the inspection saw"), HasSubstr("made since")))
            << text.id();
    }
    EXPECT_EQ(named, 4);
}

// Where the edition was not seen the image has no name.
TEST(ReturnTexts, SayWhatStandsForAnImageAndAContainer) {
    int named = 0;
    for (const auto& text : built_in_knowledge().steps()) {
        const auto words = text.commands().empty() ? std::string() : text.commands(0).ShortDebugString();
        if (words.find("{image}") == std::string::npos) continue;
        ++named;
        EXPECT_THAT(text.note(), AllOf(HasSubstr("IMAGE, where it stands"), HasSubstr("docker ps")))
            << text.id();
    }
    EXPECT_EQ(named, 2) << "there and back";
}

TEST(ReturnTexts, FillInOnlyWhatTheWayBackKnows) {
    const Ids of_sentences{"version", "from", "where", "postgresql", "step", "nodes"};
    const Ids of_commands{"install", "package", "release", "hold",     "image", "copy", "backup",
                          "host",    "port",    "user",    "database", "kept",  "from"};
    for (const auto& text : texts()) {
        EXPECT_THAT(placeholders({text.title(), text.why(), text.expected(), text.note()}),
                    IsSubsetOf(of_sentences))
            << text.id();
        std::vector<std::string> words(text.verify().argv().begin(), text.verify().argv().end());
        for (const auto& command : text.commands())
            words.insert(words.end(), command.argv().begin(), command.argv().end());
        EXPECT_THAT(placeholders(words), IsSubsetOf(of_commands)) << text.id();
    }
}

}  // namespace
}  // namespace preflight::readiness
