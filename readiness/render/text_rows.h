// Rows of the text: commands, evidence and links, as verdicts, steps and needs share them.
#pragma once

#include <string>
#include <string_view>

#include "readiness/render/evidence.h"
#include "readiness/render/layout.h"
#include "readiness/render/node_names.h"
#include "readiness/render/shell.h"
#include "readiness/render/summary.h"

namespace preflight::readiness::render {

// One below the other; only the first has the label.
void write_commands(Sheet& sheet, std::string_view label, const Commands& commands);
void write_command(Sheet& sheet, std::string_view label, const v1::Command& command);
// The first of it; where the rest is stands below.
void write_evidence(Sheet& sheet, const EvidenceList& evidence, const NodeNames& names, bool brief = false);
void write_links(Sheet& sheet, const Texts& links);
// Each hop, and why it is there.
void write_hops(Sheet& sheet, const v1::Report& report);

}  // namespace preflight::readiness::render
