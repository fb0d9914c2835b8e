#include "readiness/render/visible.h"

#include <gtest/gtest.h>

#include "readiness/render/shell.h"

namespace preflight::readiness::render {
namespace {

TEST(VisibleText, WritesOutEscapeSequences) { EXPECT_EQ(visible("a\x1b[2Jb\x07"), "a\\u001b[2Jb\\u0007"); }

TEST(VisibleText, WritesOutTheEightBitControls) {
    EXPECT_EQ(visible("\xC2\x9B"
                      "2J"),
              "\\u009b2J");
}

TEST(VisibleText, KeepsALineOneLine) { EXPECT_EQ(visible("a\nb\tc\r\nd\u2028e"), "a b c  d e"); }

TEST(VisibleText, WritesOutMarksThatTurnTheReadingDirection) {
    EXPECT_EQ(visible("gitaly\u202Eevil"), "gitaly\\u202eevil");
    EXPECT_EQ(visible("a\u200Bb\uFEFF"), "a\\u200bb\\ufeff");
}

TEST(VisibleText, WritesOutWhatTakesNoRoom) {
    EXPECT_EQ(visible("a\u3164b\uFE0Fc\u034F"), "a\\u3164b\\ufe0fc\\u034f");
    EXPECT_EQ(visible("\U000E0101"), "\\ue0101");
}

TEST(VisibleText, KeepsOrdinaryTextOfAnyScript) {
    EXPECT_EQ(visible("Zürich 東京 \U0001F98A"), "Zürich 東京 \U0001F98A");
}

TEST(VisibleText, ReplacesWhatIsNoUtf8) {
    EXPECT_EQ(visible("a\xFF"
                      "b"),
              "a\uFFFDb");
    EXPECT_EQ(visible("\xC0\xAF"), "\uFFFD\uFFFD") << "overlong slash";
    EXPECT_EQ(visible("\xED\xA0\x80"), "\uFFFD\uFFFD\uFFFD") << "surrogate";
    EXPECT_EQ(visible("\xF4\x90\x80\x80"), "\uFFFD\uFFFD\uFFFD\uFFFD") << "past U+10FFFF";
    EXPECT_EQ(visible("cut \xE6\x9D"), "cut \uFFFD\uFFFD");
}

TEST(VisibleText, CountsCodePointsAsColumns) {
    EXPECT_EQ(columns("Zürich"), 6);
    EXPECT_EQ(first_columns("Zürich", 2), "Zü");
    EXPECT_EQ(first_columns("Zü", 9), "Zü");
}

TEST(ShellWord, LeavesPlainArgumentsAsTheyAre) {
    EXPECT_EQ(shell_word("--path=/a/b_1.tar"), "--path=/a/b_1.tar");
}

TEST(ShellWord, QuotesWhatAShellWouldRead) {
    EXPECT_EQ(shell_word(""), "''");
    EXPECT_EQ(shell_word("$(reboot); a b"), "'$(reboot); a b'");
    EXPECT_EQ(shell_word("it's"), "'it'\\''s'");
    EXPECT_EQ(shell_word("~"), "'~'");
}

TEST(ShellWord, WritesBytesThatCannotBeShownSoThatBashReadsThemBack) {
    EXPECT_EQ(shell_word("a\nb\x1b'\\"), "$'a\\x0ab\\x1b\\x27\\x5c'");
}

TEST(ShellWord, NeverLetsAnEscapeSwallowTheNextCharacter) {
    EXPECT_EQ(shell_word("\x01"
                         "f"),
              "$'\\x01f'");
}

}  // namespace
}  // namespace preflight::readiness::render
