// Brief parts of the text: plan, way back and what the report holds besides, in a line each.
#pragma once

#include "preflight/v1/report.pb.h"
#include "readiness/render/layout.h"
#include "readiness/render/node_names.h"

namespace preflight::readiness::render {

// Nothing where the report has none.
void write_brief_plan(Sheet& sheet, const v1::Report& report, const NodeNames& names);
void write_brief_way_back(Sheet& sheet, const v1::Report& report);

// What is left out, and how one gets it.
void write_rest(Sheet& sheet, const v1::Report& report);

}  // namespace preflight::readiness::render
