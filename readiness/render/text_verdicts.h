// Verdicts of the text: a block for what needs a person, one line for what does not.
#pragma once

#include "preflight/v1/report.pb.h"
#include "readiness/render/layout.h"
#include "readiness/render/node_names.h"

namespace preflight::readiness::render {

// All verdicts, one section for each level that has any, worst first.
void write_verdicts(Sheet& sheet, const v1::Report& report, const NodeNames& names);

}  // namespace preflight::readiness::render
