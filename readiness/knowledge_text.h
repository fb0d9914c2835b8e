// Knowledge text: one text in the form of knowledge/*.txtpb, parsed within bounds, with the line of each row.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "model/result.h"
#include "preflight/v1/knowledge.pb.h"

namespace preflight::readiness {

struct KnowledgeText {
    v1::Knowledge knowledge;
    std::map<int, std::vector<int>> lines;  // by the field number of a table: where each of its rows begins
};

// MALFORMED with "SOURCE:LINE" as source.
Result<KnowledgeText> parse_knowledge(const std::string& text, const std::string& source);

}  // namespace preflight::readiness
