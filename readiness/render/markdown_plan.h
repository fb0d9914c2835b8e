// Plan of the Markdown: its steps by hop and phase, and the way back.
#pragma once

#include "preflight/v1/report.pb.h"
#include "readiness/render/markdown_text.h"

namespace preflight::readiness::render {

// Nothing where the report has none.
void write_plan(MarkdownText& text, const v1::Report& report);
void write_way_back(MarkdownText& text, const v1::Report& report);

}  // namespace preflight::readiness::render
