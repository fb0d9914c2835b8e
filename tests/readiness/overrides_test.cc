// Files that stand over the built-in knowledge: whole or not at all.
#include "readiness/overrides.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "readiness/knowledge.h"
#include "readiness/knowledge_rows.h"
#include "readiness/path.h"

namespace preflight::readiness {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

Result<Overridden> laid(std::vector<KnowledgeFile> files) {
    return lay_over(built_in_knowledge(), std::move(files));
}

// What is wrong with one file.
std::string complaint(const std::string& text) {
    const auto overridden = laid({{"local.txtpb", text}});
    return overridden ? "taken" : overridden.error().source + ": " + overridden.error().detail;
}

const v1::KnownIssue& issue(const v1::Knowledge& knowledge, std::string_view id) {
    return *std::ranges::find(knowledge.known_issues(), id, &v1::KnownIssue::id);
}

// A known issue that holds for everybody who lands on 19.3.
std::string issue_text(const std::string& id, const std::string& more = "date: \"2026-09-30\"") {
    return "known_issues {\n  id: \"" + id +
           "\" title: \"Ours\" harm: ANNOYS landed_on { from: \"19.3\" } consequence: \"c\" remedy: \"r\"\n"
           "  source: \"ours\" " +
           more + "\n}\n";
}

TEST(Overrides, StandInPlaceOfTheEntryWithTheirId) {
    const auto overridden = laid({{"local.txtpb", issue_text("KI-18-31")}});
    ASSERT_TRUE(overridden) << overridden.error().detail;
    EXPECT_EQ(overridden->knowledge.known_issues_size(), built_in_knowledge().known_issues_size());
    EXPECT_EQ(issue(overridden->knowledge, "KI-18-31").title(), "Ours");
    EXPECT_FALSE(issue(overridden->knowledge, "KI-18-31").has_condition())
        << "nothing of the old one is left";
    EXPECT_THAT(overridden->notices, IsEmpty());
}

TEST(Overrides, AddWhatIsNew) {
    const auto overridden = laid({{"local.txtpb", issue_text("OUR-1")}});
    ASSERT_TRUE(overridden);
    EXPECT_EQ(overridden->knowledge.known_issues_size(), built_in_knowledge().known_issues_size() + 1);
    EXPECT_EQ(issue(overridden->knowledge, "OUR-1").title(), "Ours");
}

TEST(Overrides, AreSeenInTheVersionOfTheKnowledge) {
    const auto& built_in = built_in_knowledge();
    EXPECT_EQ(version_text(built_in), built_in.version());
    const auto overridden = laid({{"b.txtpb", issue_text("OUR-1") + issue_text("OUR-2")}, {"a.txtpb", ""}});
    ASSERT_TRUE(overridden);
    EXPECT_EQ(version_text(overridden->knowledge),
              built_in.version() + ", overridden by a.txtpb (0 entries), b.txtpb (2 entries)");
}

TEST(Overrides, MakeTheKnowledgeReachFurther) {
    const auto overridden = laid({{"new.txtpb", R"(
version: "2026-09-18"
newest_known: "19.4"
good_for_days: 42
releases { minor: "19.4" newest_patch: "19.4.1" date: "2026-09-17" }
releases { minor: "19.3" newest_patch: "19.3.2" }
)"}});
    ASSERT_TRUE(overridden) << overridden.error().detail;
    EXPECT_EQ(overridden->knowledge.version(), "2026-09-18");
    EXPECT_EQ(overridden->knowledge.good_for_days(), 42U);
    EXPECT_EQ(asked_target("latest", overridden->knowledge), (Version{19, 4, 1}));
    EXPECT_EQ(asked_target("19.3", overridden->knowledge), (Version{19, 3, 2}));
}

TEST(Overrides, DoNotReplaceWhatIsNewerAndSaySo) {
    const auto overridden =
        laid({{"old.txtpb", "newest_known: \"19.2\"\n" + issue_text("KI-18-31", "date: \"2020-01-01\"") +
                                "releases { minor: \"19.2\" newest_patch: \"19.2.1\" }\n"}});
    ASSERT_TRUE(overridden) << overridden.error().detail;
    EXPECT_EQ(overridden->knowledge.newest_known(), "19.3");
    EXPECT_NE(issue(overridden->knowledge, "KI-18-31").title(), "Ours");
    EXPECT_EQ(newest_patch({19, 2, 0}, overridden->knowledge), (Version{19, 2, 4}));
    EXPECT_THAT(overridden->notices,
                ElementsAre(AllOf(StartsWith("old.txtpb: newest_known 19.2"), HasSubstr("not used")),
                            AllOf(StartsWith("old.txtpb:6: release '19.2'"), HasSubstr("not used")),
                            AllOf(StartsWith("old.txtpb:2: issue 'KI-18-31'"), HasSubstr("not used"))));
    EXPECT_THAT(version_text(overridden->knowledge),
                HasSubstr("(0 entries, 2 not used: older than the built-in)"));
}

TEST(Overrides, NameTheFileAndTheLineThatDoesNotParse) {
    EXPECT_THAT(complaint("version: \"2026-08-21\"\nstops { minor: 19 }\n"),
                StartsWith("local.txtpb:2: column"));
    EXPECT_THAT(complaint("\n\nstop { }"), AllOf(StartsWith("local.txtpb:3: "), HasSubstr("stop")));
    EXPECT_THAT(complaint("known_issues {\n id: \"x\""), StartsWith("local.txtpb:2: "));
}

TEST(Overrides, NameTheFileAndTheLineOfAnEntryThatIsWrong) {
    EXPECT_EQ(complaint(issue_text("OUR-1") + issue_text("OUR-2", "date: \"soon\"")),
              "local.txtpb:5: known issue 'OUR-2': needs source and date");
    EXPECT_THAT(complaint("\nstops { minor: \"19.1\" source: \"s\" date: \"2026-09-01\" conditional: true }"),
                StartsWith("local.txtpb:2: stop '19.1': "));
    EXPECT_THAT(complaint(issue_text("")), StartsWith("local.txtpb:1: known issue '': needs id"));
    EXPECT_EQ(complaint("version: \"today\""), "local.txtpb: version is not a date");
    EXPECT_EQ(complaint("overrides: \"x\""), "local.txtpb: overrides is written by no file");
}

TEST(Overrides, NameTheFileThatContradictsTheBuiltInKnowledge) {
    EXPECT_THAT(complaint("newest_known: \"19.9\""),
                AllOf(StartsWith("local.txtpb: "), HasSubstr("not among the releases")));
    EXPECT_THAT(complaint("\nrequirements { component: POSTGRESQL gitlab { from: \"1.0\" } minimum: \"12\" "
                          "source: \"s\" date: \"2026-09-01\" }"),
                AllOf(StartsWith("local.txtpb:2: "), HasSubstr("overlaps")));
}

TEST(Overrides, RefuseTwoFilesWithTheSameEntry) {
    const auto twice = laid({{"b.txtpb", "\n" + issue_text("OUR-1")}, {"a.txtpb", issue_text("OUR-1")}});
    ASSERT_FALSE(twice);
    EXPECT_EQ(twice.error().source, "b.txtpb:2");
    EXPECT_EQ(twice.error().detail, "issue 'OUR-1' is also at a.txtpb:1");
}

TEST(Overrides, DoNotDependOnTheOrderOfTheFiles) {
    const KnowledgeFile a{"a.txtpb", issue_text("OUR-1")};
    const KnowledgeFile b{"b.txtpb", issue_text("OUR-2") + issue_text("KI-18-31")};
    EXPECT_EQ(laid({a, b})->knowledge.SerializeAsString(), laid({b, a})->knowledge.SerializeAsString());
}

TEST(Overrides, RefuseHostileFiles) {
    std::string deep;
    for (int level = 0; level < 10'000; ++level) deep += "all { of { ";
    EXPECT_THAT(complaint("known_issues { condition { " + deep), HasSubstr("local.txtpb:1: "));
    EXPECT_THAT(complaint(std::string("\0\xff\xfe{{{{", 7)), StartsWith("local.txtpb:1: "));
    EXPECT_THAT(complaint("stops { minor: " + std::string(100'000, 'x') + " }").size(), ::testing::Lt(400));
    EXPECT_THAT(complaint(issue_text("OUR-1", "date: \"2026-09-30\" links: \"https://\\xff\"")),
                HasSubstr("not UTF-8"));
    std::string many;
    for (int number = 0; number < 5'000; ++number) many += issue_text("OUR-" + std::to_string(number));
    EXPECT_THAT(complaint(many), HasSubstr("more than 4000 entries"));
}

TEST(Overrides, OfTheWholeKnowledgeChangeNothing) {
    std::vector<KnowledgeFile> files;
    for (const auto& entry :
         std::filesystem::directory_iterator(std::filesystem::path(PREFLIGHT_SOURCE_DIR) / "knowledge")) {
        if (entry.path().extension() != ".txtpb") continue;
        std::ostringstream text;
        text << std::ifstream(entry.path()).rdbuf();
        files.push_back({entry.path().filename().string(), text.str()});
    }
    auto overridden = laid(std::move(files));
    ASSERT_TRUE(overridden) << overridden.error().source << overridden.error().detail;
    overridden->knowledge.clear_overrides();
    EXPECT_EQ(overridden->knowledge.SerializeAsString(), built_in_knowledge().SerializeAsString());
    EXPECT_THAT(overridden->notices, IsEmpty());
}

// Each kind of entry can be overridden: no two rows of the built-in knowledge have one id.
TEST(KnowledgeRows, HaveIdsOfTheirOwnInEveryTable) {
    const auto* knowledge = v1::Knowledge::descriptor();
    for (int at = 0; at < knowledge->field_count(); ++at) {
        const auto* field = knowledge->field(at);
        if (field->message_type() == nullptr) continue;
        EXPECT_EQ(std::ranges::count(row_tables(), field->number(), &RowTable::field), 1) << field->name();
    }
    for (const auto& table : row_tables()) {
        std::set<std::string> ids;
        for (const auto* row : rows_of(table, built_in_knowledge())) {
            EXPECT_THAT(table.id(*row), Not(IsEmpty())) << table.kind;
            EXPECT_THAT(table.title(*row), Not(IsEmpty())) << table.kind << " " << table.id(*row);
            EXPECT_TRUE(ids.insert(table.id(*row)).second) << table.kind << " " << table.id(*row);
        }
    }
}

}  // namespace
}  // namespace preflight::readiness
