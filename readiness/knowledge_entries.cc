#include "readiness/knowledge_entries.h"

#include <google/protobuf/text_format.h>

#include <algorithm>
#include <sstream>

#include "readiness/condition.h"
#include "readiness/condition_probes.h"
#include "readiness/knowledge_rows.h"
#include "readiness/render/visible.h"
#include "readiness/verdict.h"

namespace preflight::readiness {
namespace {

using render::visible;

std::vector<std::string> visible_all(std::vector<std::string> texts) {
    for (auto& text : texts) text = visible(text);
    return texts;
}

// As a file has it. What acts instead of being seen is written as an escape, which a file may have too.
std::string file_text(const RowTable& table, const Row& row) {
    google::protobuf::TextFormat::Printer printer;
    printer.SetUseUtf8StringEscaping(true);
    printer.SetInitialIndentLevel(1);
    std::string written;
    printer.PrintToString(row, &written);
    const auto* field = v1::Knowledge::descriptor()->FindFieldByNumber(table.field);
    std::string text = std::string(field->name()) + " {\n";
    std::istringstream lines(written);
    for (std::string line; std::getline(lines, line);) text += visible(line) + "\n";
    return text + "}\n";
}

std::string comments(const RowTable& table, const Row& row) {
    auto text = "# " + std::string(table.kind) + " " + visible(table.id(row)) + ": " +
                visible(table.title(row)) + "\n";
    const auto* condition = table.condition(row);
    if (condition == nullptr) return text;
    text += "# Applies when " + visible(describe(*condition)) + ".\n";
    const auto probes = visible_all(probes_asked(*condition));
    if (!probes.empty()) text += "# Asked of the agent's probes: " + listed(probes) + ".\n";
    if (!decidable(*condition)) text += "# No finding can bring it to apply: a person has to say.\n";
    return text;
}

}  // namespace

std::vector<KnowledgeEntry> entries_of(const v1::Knowledge& knowledge) {
    std::vector<KnowledgeEntry> entries;
    for (const auto& table : row_tables()) {
        for (const auto* row : rows_of(table, knowledge)) {
            entries.push_back({std::string(table.kind), visible(table.id(*row)), visible(date_of(*row)),
                               visible(source_of(*row)), visible(table.title(*row))});
        }
    }
    return entries;
}

std::string entry_text(std::string_view id, const v1::Knowledge& knowledge) {
    std::string text;
    for (const auto& table : row_tables()) {
        for (const auto* row : rows_of(table, knowledge)) {
            if (table.id(*row) != id) continue;
            if (!text.empty()) text += "\n";
            text += comments(table, *row) + file_text(table, *row);
        }
    }
    return text;
}

std::vector<DecidedEntry> conditional_entries(const v1::Knowledge& knowledge) {
    std::vector<DecidedEntry> entries;
    for (const auto& table : row_tables()) {
        for (const auto* row : rows_of(table, knowledge)) {
            const auto* condition = table.condition(*row);
            if (condition == nullptr) continue;
            entries.push_back({std::string(table.kind), visible(table.id(*row)), decidable(*condition),
                               visible_all(probes_asked(*condition)),
                               visible_all(questions_asked(*condition)), questions_of_persons(*condition)});
        }
    }
    return entries;
}

}  // namespace preflight::readiness
