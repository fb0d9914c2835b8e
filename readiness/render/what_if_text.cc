#include <fmt/format.h>

#include <string>
#include <utility>
#include <vector>

#include "readiness/render/layout.h"
#include "readiness/render/render.h"
#include "readiness/render/summary.h"
#include "readiness/render/visible.h"

namespace preflight::readiness {
namespace {

using namespace render;

constexpr int indent = 3;

std::string safe_words(const v1::WhatIf::Target& target) {
    if (target.nearest_safe().empty()) return "none";
    if (target.nearest_safe() == target.version()) return "itself";
    return visible(target.nearest_safe());
}

void write_table(Sheet& sheet, const v1::WhatIf& what_if) {
    std::vector<std::vector<std::string>> rows;
    for (const auto& target : what_if.targets()) {
        rows.push_back({visible(target.version()), std::string(answer(target.outcome())),
                        std::to_string(target.blockers()), std::to_string(target.unknowns()),
                        std::to_string(target.warnings()),
                        target.path().empty() ? "-" : std::to_string(target.path_size()),
                        safe_words(target)});
    }
    sheet.table({{"Target", true},
                 {"Answer"},
                 {"Blockers", true},
                 {"Unknown", true},
                 {"Warnings", true},
                 {"Hops", true},
                 {"Nearest safe stop"}},
                rows);
}

void write_stopping(Sheet& sheet, const v1::WhatIf& what_if, const v1::WhatIf::Target& target) {
    sheet.blank();
    sheet.paragraph(fmt::format("== {}: {}", visible(target.version()), answer(target.outcome())), Ink::bold);
    if (!target.path().empty()) {
        std::string path = "Path: " + visible(what_if.from_version());
        for (const auto& hop : target.path()) path += " -> " + visible(hop.version());
        sheet.paragraph(path, Ink::plain, 6);
    }
    for (const auto& verdict : target.stopping()) {
        const auto& words = words_of(verdict.level());
        sheet.paragraph(
            fmt::format("{} {}: {}", words.mark, visible(verdict.check()), visible(verdict.summary())),
            words.level == v1::BLOCKER ? Ink::red : Ink::yellow, indent);
        const auto nodes = joined(visible_all(verdict.nodes()), sheet.width() - indent);
        if (!nodes.empty()) sheet.indented(nodes, indent);
    }
    if (target.stopping().empty()) sheet.indented("Nothing stops the upgrade.", indent);
}

}  // namespace

std::string render_text(const v1::WhatIf& what_if, const TextStyle& style) {
    Sheet sheet(style);
    const auto from =
        what_if.from_version().empty() ? "a version that was not seen" : visible(what_if.from_version());
    sheet.paragraph(fmt::format("What if this instance went from {} to one of these?", from), Ink::bold);
    sheet.blank();
    write_table(sheet, what_if);
    sheet.blank();
    sheet.paragraph("The nearest safe stop is the last hop on the way to which nothing stops the upgrade.");
    for (const auto& target : what_if.targets()) write_stopping(sheet, what_if, target);
    sheet.blank();
    v1::Report report;
    report.set_tool_version(what_if.tool_version());
    report.set_knowledge_version(what_if.knowledge_version());
    report.set_knowledge_horizon(what_if.knowledge_horizon());
    *report.mutable_generated_at() = what_if.generated_at();
    for (const auto& line : footer(report)) sheet.paragraph(line, Ink::faint, 2);
    return std::move(sheet).text();
}

}  // namespace preflight::readiness
