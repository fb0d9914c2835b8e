#include "probes/shown.h"

#include <gtest/gtest.h>

namespace preflight::probes {
namespace {

TEST(Shown, KeepsPlainText) { EXPECT_EQ(shown("Größe 12"), "Größe 12"); }

TEST(Shown, ReplacesWhatAMessageCannotCarry) { EXPECT_EQ(shown("a\xff\x1b[1m\nb"), "a??[1m?b"); }

TEST(Shown, CutsBetweenCharacters) { EXPECT_EQ(shown("aäb", 2), "a"); }

TEST(Shown, TakesTheFirstLineAlone) { EXPECT_EQ(first_line_shown(" 19.2.1-ee \r\nmore"), "19.2.1-ee"); }

}  // namespace
}  // namespace preflight::probes
