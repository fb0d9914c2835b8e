// Render: the report for eyes and programs. Pure functions; one file per format.
#pragma once

#include <string>

#include "preflight/v1/path_answer.pb.h"
#include "preflight/v1/report.pb.h"
#include "preflight/v1/what_if.pb.h"

namespace preflight::readiness {

struct TextStyle {
    int width = 80;       // columns
    bool colour = false;  // only where a terminal shows it
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
