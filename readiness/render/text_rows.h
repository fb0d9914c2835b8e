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
void write_evidence(Sheet& sheet, const EvidenceList& evidence, const NodeNames& names);
void write_links(Sheet& sheet, const Texts& links);

}  // namespace preflight::readiness::render
