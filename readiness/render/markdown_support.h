// Support's part of the Markdown: the answers to its questions, ready for a ticket, and the architecture.
#pragma once

#include <string>

#include "preflight/v1/report.pb.h"
#include "readiness/render/markdown_text.h"

namespace preflight::readiness::render {

// Nothing where the report has none.
void write_support(MarkdownText& text, const v1::Report& report);
void write_architecture(MarkdownText& text, const v1::Report& report);

// The answers and the architecture alone.
std::string support_markdown(const v1::Report& report);

}  // namespace preflight::readiness::render
