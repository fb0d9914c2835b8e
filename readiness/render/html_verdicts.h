// Verdicts of the page: one card for what needs a person, one line for what does not.
#pragma once

#include "preflight/v1/report.pb.h"
#include "readiness/render/node_names.h"
#include "readiness/render/page.h"

namespace preflight::readiness::render {

// All verdicts, one section for each level that has any, worst first. A check's first verdict has the check's
// id as its anchor, the next ones the id and a number.
void write_verdict_sections(Page& page, const v1::Report& report, const NodeNames& names);

// The name of a level for anchors and style classes: "blocker", "not-applicable".
std::string_view level_name(v1::Level level);

}  // namespace preflight::readiness::render
