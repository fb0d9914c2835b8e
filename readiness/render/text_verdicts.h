// Verdicts of the text: a block for what needs a person, one line for what does not.
#pragma once

#include "preflight/v1/report.pb.h"
#include "readiness/render/layout.h"
#include "readiness/render/node_names.h"

namespace preflight::readiness::render {

// Acceptances that lost their force: they stand above everything. Nothing where there is none.
void write_lost_acceptances(Sheet& sheet, const v1::Report& report);

// What needs a person, one section for each level that has any, worst first; then what persons accepted.
// `brief`: notes and what is accepted in a line each, the others without their links and checks.
void write_verdict_blocks(Sheet& sheet, const v1::Report& report, const NodeNames& names, bool brief = false);

// What is ready, and what does not apply.
void write_verdict_lines(Sheet& sheet, const v1::Report& report, const NodeNames& names);

}  // namespace preflight::readiness::render
