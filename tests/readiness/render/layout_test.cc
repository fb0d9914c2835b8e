#include "readiness/render/layout.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "readiness/render/visible.h"

namespace preflight::readiness::render {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Wrapping, BreaksBetweenWords) {
    EXPECT_THAT(wrap("one two  three", 8), ElementsAre("one two", "three"));
}

TEST(Wrapping, LeavesAPathWholeOnALineOfItsOwn) {
    EXPECT_THAT(wrap("see /var/opt/gitlab/backups now", 10),
                ElementsAre("see", "/var/opt/gitlab/backups", "now"));
}

TEST(Wrapping, LeavesTogetherWhatIsToStayTogether) {
    EXPECT_THAT(wrap("seen " + kept_together("2026-11-22 22:10 UTC") + " there", 22),
                ElementsAre("seen", "2026-11-22 22:10 UTC", "there"));
}

TEST(Wrapping, MakesNoLineOfNothing) { EXPECT_THAT(wrap("  ", 10), IsEmpty()); }

TEST(Wrapping, JoinsACommandsLinesSoThatTheyRunWhenPasted) {
    EXPECT_THAT(wrap_command({"sudo", "gitlab-ctl", "backup-etc"}, 18),
                ElementsAre("sudo gitlab-ctl \\", "  backup-etc"));
    EXPECT_THAT(wrap_command({"sudo", "true"}, 18), ElementsAre("sudo true"));
}

TEST(JoinedNames, CountsWhatDoesNotFit) {
    const std::vector<std::string> names{"gitaly-1", "gitaly-2", "gitaly-3", "gitaly-4"};
    EXPECT_EQ(joined(names, 80), "gitaly-1, gitaly-2, gitaly-3, gitaly-4");
    EXPECT_EQ(joined(names, 30), "gitaly-1, gitaly-2 and 2 more");
    EXPECT_EQ(joined(names, 1), "gitaly-1 and 3 more");
    EXPECT_EQ(joined({}, 30), "");
}

TEST(Table, AlignsItsColumns) {
    Sheet sheet({.width = 80});
    sheet.table({{"Node"}, {"System"}}, {{"rails-1", "Zürich 1"}, {"é", ""}});
    EXPECT_EQ(std::move(sheet).text(), "   Node     System\n   rails-1  Zürich 1\n   é\n");
}

TEST(Table, WrapsAtWordsAndNeverInACellThatIsToStayWhole) {
    Sheet sheet({.width = 40});
    sheet.table({{"Node"}, {"System"}, {"Inspected", true}},
                {{"rails-1", "Debian GNU/Linux 12", "2026-11-22 22:10"}});
    EXPECT_EQ(std::move(sheet).text(),
              "   Node     System      Inspected\n"
              "   rails-1  Debian      2026-11-22 22:10\n"
              "            GNU/Linux\n"
              "            12\n");
}

TEST(Table, BecomesAListWhereItsWordsDoNotFit) {
    Sheet sheet({.width = 40});
    sheet.table(
        {{"Node"}, {"System"}, {"Inspected", true}, {"Gaps"}},
        {{"gitaly-1.storage.gitlab.example", "Debian 12", "2026-11-22 22:10", "0"}, {"git", "", "", "7"}});
    EXPECT_EQ(std::move(sheet).text(),
              "   gitaly-1.storage.gitlab.example\n"
              "      System: Debian 12; Inspected:\n"
              "      2026-11-22 22:10; Gaps: 0\n"
              "   git\n"
              "      Gaps: 7\n");
}

TEST(Table, StaysWithinTheWidthAndCutsOnlyAWordThatNoLineHolds) {
    Sheet sheet({.width = 40});
    sheet.table({{"Node"}, {"System"}}, {{std::string(5000, 'q'), "Ubuntu 22.04"}, {"a", "b"}});
    const std::string text = std::move(sheet).text();
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) EXPECT_LE(columns(line), 40) << line;
    EXPECT_EQ(std::count(text.begin(), text.end(), 'q'), 5000);
}

TEST(Row, PutsALabelTooWideForItsRoomAboveItsLines) {
    Sheet sheet({.width = 40});
    sheet.row("19.3.0", "target");
    sheet.row("a label of many words", "body");
    EXPECT_EQ(std::move(sheet).text(),
              "   19.3.0       target\n   a label of many words\n                body\n");
}

TEST(Item, SetsAllItsLinesRightOfItsMark) {
    Sheet sheet({.width = 40});
    sheet.item("->", "one two three four five six seven eight", 3);
    EXPECT_EQ(std::move(sheet).text(), "   -> one two three four five six seven\n      eight\n");
}

TEST(Width, HasAFloorBelowWhichNothingIsReadable) { EXPECT_EQ(Sheet({.width = -5}).width(), 40); }

}  // namespace
}  // namespace preflight::readiness::render
