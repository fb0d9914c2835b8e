// Verdicts of the page: one card for what needs a person, one line for what does not.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "preflight/v1/report.pb.h"
#include "readiness/render/node_names.h"
#include "readiness/render/page.h"

namespace preflight::readiness::render {

// How often each check was met on the page. A check's first verdict has the check's id as its anchor, the
// next ones the id and a number.
using Anchors = std::map<std::string, int>;

// Acceptances that lost their force: they stand above everything. Nothing where there is none.
void write_lost_acceptances(Page& page, const v1::Report& report);

// What needs a person, one section for each level that has any, worst first; then what persons accepted.
void write_verdict_cards(Page& page, const v1::Report& report, const NodeNames& names, Anchors& met);

// What is ready, and what does not apply.
void write_verdict_lines(Page& page, const v1::Report& report, const NodeNames& names, Anchors& met);

// The name of a level for anchors and style classes: "blocker", "not-applicable".
std::string_view level_name(v1::Level level);

}  // namespace preflight::readiness::render
