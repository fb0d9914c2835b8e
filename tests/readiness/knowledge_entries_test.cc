// The knowledge for reading.
#include "readiness/knowledge_entries.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <set>

#include "readiness/knowledge.h"
#include "readiness/knowledge_rows.h"
#include "readiness/overrides.h"

namespace preflight::readiness {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

auto entry(const char* kind, const char* id) {
    return AllOf(Field(&KnowledgeEntry::kind, kind), Field(&KnowledgeEntry::id, id));
}

TEST(KnowledgeEntries, AreAllOfThem) {
    const auto entries = entries_of(built_in_knowledge());
    std::size_t rows = 0;
    for (const auto& table : row_tables()) rows += rows_of(table, built_in_knowledge()).size();
    EXPECT_EQ(entries.size(), rows);
    EXPECT_THAT(entries,
                Contains(AllOf(entry("issue", "KI-18-31"), Field(&KnowledgeEntry::date, "2026-08-21"),
                               Field(&KnowledgeEntry::source, HasSubstr("convert_to_ee")))));
    EXPECT_THAT(entries, Contains(entry("stop", "18.11")));
    EXPECT_THAT(entries, Contains(AllOf(entry("release", "18.11"),
                                        Field(&KnowledgeEntry::title, "newest patch 18.11.11"))));
    EXPECT_THAT(entries, Contains(entry("system", "Ubuntu 22.04")));
    EXPECT_THAT(entries, Contains(entry("check", "backup.fresh")));
    EXPECT_THAT(entries, Contains(entry("setting", "settings.git_data_dirs")));
}

TEST(KnowledgeEntries, AreShownWholeWithTheirCondition) {
    EXPECT_THAT(
        entry_text("16.0", built_in_knowledge()),
        AllOf(HasSubstr("# release 16.0: newest patch"), HasSubstr("# stop 16.0: stop needed only if"),
              HasSubstr("# Applies when the table users has more than 30000 rows"),
              HasSubstr("# Asked of the agent's probes: postgres.")));
    EXPECT_THAT(entry_text("KI-16-21", built_in_knowledge()),
                AllOf(StartsWith("# issue KI-16-21: "), HasSubstr("a person has to say"),
                      HasSubstr("known_issues {\n  id: \"KI-16-21\"\n")));
    EXPECT_THAT(entry_text("KI-00-00", built_in_knowledge()), IsEmpty());
}

// What is shown can be changed and laid over the knowledge.
TEST(KnowledgeEntries, AreShownAsAFileWouldHaveThem) {
    std::set<std::string> ids;
    for (const auto& table : row_tables()) {
        for (const auto* row : rows_of(table, built_in_knowledge())) ids.insert(table.id(*row));
    }
    std::string text;
    for (const auto& id : ids) text += entry_text(id, built_in_knowledge());
    auto overridden = lay_over(built_in_knowledge(), {{"shown.txtpb", text}});
    ASSERT_TRUE(overridden) << overridden.error().source << overridden.error().detail;
    overridden->knowledge.clear_overrides();
    EXPECT_EQ(overridden->knowledge.SerializeAsString(), built_in_knowledge().SerializeAsString());
}

TEST(KnowledgeEntries, SayWhichNoFindingCanDecide) {
    const auto entries = conditional_entries(built_in_knowledge());
    const auto found = [&](std::string_view id) {
        return *std::ranges::find(entries, id, &DecidedEntry::id);
    };
    EXPECT_TRUE(found("16.0").by_findings);
    EXPECT_THAT(found("16.0").questions, IsEmpty());
    EXPECT_FALSE(found("KI-16-21").by_findings);
    EXPECT_THAT(found("KI-16-21").questions, Contains(HasSubstr("OpenSSH before 7.2")));
    for (const auto* id :
         {"KI-15-04", "KI-15-06", "KI-15-09", "KI-16-08", "KI-16-09", "KI-16-13", "KI-16-15", "KI-16-16",
          "KI-16-20", "KI-16-22", "KI-16-37", "KI-18-26", "KI-16-24", "KI-17-12", "KI-17-14", "KI-17-17",
          "KI-17-22", "KI-17-26", "KI-18-05", "KI-18-22", "KI-18-27", "KI-18-31", "KI-18-39", "KI-19-10"}) {
        EXPECT_TRUE(found(id).by_findings) << id;
        EXPECT_EQ(found(id).questions.size(), 1U) << id << " is asked of a person where nothing tells it";
    }
    for (const auto& one : entries)
        EXPECT_TRUE(!one.probes.empty() || !one.questions.empty()) << one.id << " asks nobody";
}

// An answer is given under the id of what asks.
TEST(KnowledgeEntries, AskAPersonOneThingAtMost) {
    for (const auto& one : conditional_entries(built_in_knowledge()))
        EXPECT_LE(one.answerable.size(), 1U) << one.id;
    const auto entries = conditional_entries(built_in_knowledge());
    const auto planned = std::ranges::find(entries, "KI-18-04", &DecidedEntry::id);
    EXPECT_EQ(planned->questions.size(), 1U);
    EXPECT_THAT(planned->answerable, IsEmpty()) << "how the upgrade is planned is said with it";
}

TEST(KnowledgeEntries, ShowHostileTextHarmless) {
    auto knowledge = built_in_knowledge();
    auto& issue = *knowledge.mutable_known_issues(0);
    issue.set_id("OUR-1");
    issue.set_title("\x1b[2J\u202eevil");
    EXPECT_THAT(entry_text("OUR-1", knowledge), AllOf(Not(HasSubstr("\x1b")), Not(HasSubstr("\u202e"))));
    EXPECT_THAT(
        entries_of(knowledge),
        Contains(AllOf(entry("issue", "OUR-1"), Field(&KnowledgeEntry::title, Not(HasSubstr("\x1b"))))));
}

}  // namespace
}  // namespace preflight::readiness
