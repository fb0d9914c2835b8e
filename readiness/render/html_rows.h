// Rows of the page: commands, links and evidence, as verdicts, steps and needs share them.
#pragma once

#include <string>
#include <string_view>

#include "readiness/render/evidence.h"
#include "readiness/render/node_names.h"
#include "readiness/render/page.h"
#include "readiness/render/shell.h"
#include "readiness/render/summary.h"

namespace preflight::readiness::render {

// A row of a <dl>. Nothing where there is nothing to say.
void write_row(Page& page, std::string_view label, std::string_view foreign);
// The text, and the commands below it.
void write_row(Page& page, std::string_view label, std::string_view foreign, const Commands& commands);
void write_command_row(Page& page, std::string_view label, const v1::Command& command);
void write_link_row(Page& page, const Texts& links);

// Only a link to the web is made one: any other scheme could run something. Its text is without the scheme.
void write_link(Page& page, std::string_view link);

void write_evidence(Page& page, const EvidenceList& evidence, const NodeNames& names, bool open);

}  // namespace preflight::readiness::render
