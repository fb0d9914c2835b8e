#include "readiness/render/drawing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/readiness/render/report_builder.h"

namespace preflight::readiness::render {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Drawing drawn(const std::string& architecture) {
    const auto report = report_of("architecture { " + architecture + " }");
    return drawing_of(tiers_of(report.architecture()), NodeNames(report));
}

// Rails uses Praefect and PostgreSQL, Praefect uses Gitaly and PostgreSQL.
const auto* const three_columns = R"(
    nodes { id: "n1" name: "db" roles: "PostgreSQL" reports: true }
    nodes { id: "n2" name: "gitaly" roles: "Gitaly" reports: true }
    nodes { id: "n3" name: "praefect" roles: "Praefect" reports: true }
    nodes { id: "n4" name: "rails" roles: "Rails" reports: true }
    edges { from: "n4" to: "n3" kind: "Gitaly" } edges { from: "n4" to: "n1" kind: "PostgreSQL" }
    edges { from: "n3" to: "n2" kind: "Gitaly" } edges { from: "n3" to: "n1" kind: "PostgreSQL" })";

TEST(Drawing, PutsWhatIsUsedRightOfAllThatUseIt) {
    const auto boxes = drawn(three_columns).boxes;
    ASSERT_EQ(boxes.size(), 4U);
    const auto& [db, gitaly, praefect, rails] = std::tie(boxes[0], boxes[1], boxes[2], boxes[3]);
    EXPECT_LT(rails.x, praefect.x);
    EXPECT_LT(praefect.x, gitaly.x);
    EXPECT_EQ(db.x, gitaly.x);
    EXPECT_GE(gitaly.y, db.y + db.height);
}

TEST(Drawing, EndsLinesOfOneKindInOnePointAndNamesThemOnce) {
    const auto drawing = drawn(three_columns);
    std::vector<std::pair<int, int>> ends;
    for (const auto& wire : drawing.wires) {
        if (wire.kind == "PostgreSQL") ends.emplace_back(wire.to_x, wire.to_y);
    }
    ASSERT_EQ(ends.size(), 2U);
    EXPECT_EQ(ends[0], ends[1]);
    EXPECT_EQ(drawing.ports.size(), 3U);
}

TEST(Drawing, EndsWhereNodesUseEachOtherInACircle) {
    const auto drawing = drawn(R"(
        nodes { id: "n1" name: "a" roles: "A" } nodes { id: "n2" name: "b" roles: "B" }
        edges { from: "n1" to: "n2" kind: "x" } edges { from: "n2" to: "n1" kind: "x" }
        edges { from: "n1" to: "n1" kind: "own" })");
    EXPECT_LT(drawing.boxes[0].x, drawing.boxes[1].x);
    EXPECT_EQ(drawing.wires.size(), 2U);
    EXPECT_TRUE(drawing.ports[1].on_right);
}

TEST(Drawing, PutsSitesIntoBandsBelowEachOther) {
    const auto drawing = drawn(R"(
        nodes { id: "n1" name: "a" site: "berlin" roles: "Rails" } nodes { id: "n2" name: "b" site: "tokyo" roles: "Rails" }
        edges { from: "n2" to: "n1" kind: "Geo" })");
    ASSERT_EQ(drawing.bands.size(), 2U);
    EXPECT_EQ(drawing.bands[0].title, "Site berlin");
    EXPECT_GE(drawing.bands[1].y, drawing.bands[0].y + drawing.bands[0].height);
    EXPECT_GT(drawing.boxes[1].y, drawing.bands[1].y);
    EXPECT_EQ(drawing.boxes[0].x, drawing.boxes[1].x);
    EXPECT_THAT(drawn(three_columns).bands, IsEmpty());
}

TEST(Drawing, NamesFewNodesAndCountsMany) {
    std::string nodes;
    for (int i = 1; i <= 9; ++i) {
        const auto number = std::to_string(i);
        nodes += "nodes { id: 'n" + number + "' name: 'gitaly-" + number + "' roles: 'Gitaly' }";
    }
    EXPECT_THAT(drawn(nodes).boxes[0].lines,
                ElementsAre("gitaly-1", "gitaly-2", "gitaly-3", "and 6 more", "nobody reports from there"));
}

TEST(Drawing, CutsWhatABoxHasNoRoomFor) {
    const auto drawing = drawn("nodes { id: 'n1' name: '" + std::string(300, 'q') + "' reports: true }");
    EXPECT_THAT(drawing.boxes[0].lines, ElementsAre(std::string(24, 'q') + "\u2026"));
}

}  // namespace
}  // namespace preflight::readiness::render
