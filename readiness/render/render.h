// Render: the report for eyes and programs. Pure functions; one file per format.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "preflight/v1/path_answer.pb.h"
#include "preflight/v1/report.pb.h"
#include "preflight/v1/what_if.pb.h"

namespace preflight::readiness {

// The parts of a report's text, each of which may stand alone.
enum class TextPart : std::uint8_t {
    verdicts,
    path,
    plan,
    way_back,
    support,
    architecture,
    ready,
    endpoints,
    nodes
};
// As a person names it: "way-back"; in order of the text.
struct TextPartName {
    std::string_view name;
    TextPart part;
};
std::span<const TextPartName> text_parts();

struct TextStyle {
    int width = 80;       // columns
    bool colour = false;  // only where a terminal shows it
    // What one decides by: answer, verdicts, path, a line for each step; the rest is named only.
    bool brief = false;
    std::vector<TextPart> only = {};  // below the answer these alone, whole; empty: every part
};

std::string render_text(const v1::Report& report, const TextStyle& style);
std::string render_text(const v1::PathAnswer& answer, const TextStyle& style);
std::string render_text(const v1::WhatIf& what_if, const TextStyle& style);
std::string render_text(const v1::ReportDifferences& differences, const TextStyle& style);
// proto3 JSON of preflight.v1.Report, indented, with its schema id; ends with a newline.
std::string render_json(const v1::Report& report);
// The same of another message, which names its own schema.
std::string json_of(const google::protobuf::Message& message);
// One self-contained file: no script needed, no outside resource, printable.
std::string render_html(const v1::Report& report);
// For a ticket or an issue, as GitLab reads it; ends with a newline.
std::string render_markdown(const v1::Report& report);

}  // namespace preflight::readiness
