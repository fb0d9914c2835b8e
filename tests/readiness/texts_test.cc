// The texts of the checks: one for each case that a check reports and a test shows, and none besides.
#include <algorithm>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>

#include "readiness/catalog.h"
#include "tests/readiness/fleet_builder.h"

namespace preflight::readiness {
namespace {

using ::testing::IsEmpty;
using ::testing::Not;

std::string content(const std::string& path) {
    std::ifstream stream(std::string(PREFLIGHT_SOURCE_DIR) + "/" + path);
    std::stringstream text;
    text << stream.rdbuf();
    return text.str();
}

using Cases = std::set<std::string>;

// The cases that a file names beside a level that calls for advice: verdict(v1::BLOCKER, "none",
// says(v1::…, "none").
void add_cases(const std::string& path, Cases& cases) {
    const auto text = content(path);
    const std::regex pattern(R"re(v1::(BLOCKER|UNKNOWN|WARNING|NOTE),\s*"([a-z_]+)")re");
    for (std::sregex_iterator match(text.begin(), text.end(), pattern), end; match != end; ++match)
        cases.insert((*match)[2].str());
}

// What the check's file includes of this room: some cases are said for several checks.
std::vector<std::string> parts_of(const std::string& file) {
    const auto text = content("readiness/checks/" + file + ".cc");
    const std::regex pattern(R"re(#include "readiness/([a-z_]+)\.h")re");
    std::vector<std::string> parts;
    for (std::sregex_iterator match(text.begin(), text.end(), pattern), end; match != end; ++match)
        parts.push_back((*match)[1].str());
    return parts;
}

std::string file_of(std::string_view check) {
    std::string file(check);
    std::ranges::replace(file, '.', '_');
    return file;
}

Cases reported(const std::string& file) {
    Cases cases;
    add_cases("readiness/checks/" + file + ".cc", cases);
    for (const auto& part : parts_of(file)) add_cases("readiness/" + part + ".cc", cases);
    return cases;
}

Cases tested(const std::string& file) {
    Cases cases;
    add_cases("tests/readiness/checks/" + file + "_test.cc", cases);
    for (const auto& part : parts_of(file)) add_cases("tests/readiness/" + part + "_test.cc", cases);
    return cases;
}

TEST(Texts, AreThereForExactlyTheCasesThatChecksReport) {
    for (const auto& check : catalog()) {
        const auto& texts = built_in_knowledge().checks();
        const auto text = std::ranges::find(texts, check.id, &v1::CheckText::id);
        if (text == texts.end()) {
            ADD_FAILURE() << check.id << " has no texts";
            continue;
        }
        Cases advised;
        for (const auto& advice : text->advice()) advised.insert(advice.key());
        EXPECT_EQ(reported(file_of(check.id)), advised) << check.id;
        EXPECT_EQ(tested(file_of(check.id)), advised) << check.id;
    }
    EXPECT_EQ(static_cast<std::size_t>(built_in_knowledge().checks_size()), catalog().size());
}

TEST(Texts, LinkToGitLabsOwnDocumentation) {
    for (const auto& text : built_in_knowledge().checks()) {
        EXPECT_THAT(text.links(), Not(IsEmpty())) << text.id();
        for (const auto& link : text.links())
            EXPECT_TRUE(link.starts_with("https://docs.gitlab.com/")) << link;
    }
}

}  // namespace
}  // namespace preflight::readiness
