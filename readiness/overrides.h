// Overrides: entries from files that stand in place of the knowledge's own with the same id, or beside them.
//
// Pure: what the files hold comes as text. All or nothing: with one bad entry none is used.
#pragma once

#include <string>
#include <vector>

#include "model/result.h"
#include "preflight/v1/knowledge.pb.h"

namespace preflight::readiness {

struct KnowledgeFile {
    std::string name;  // as it is told
    std::string text;
};

struct Overridden {
    v1::Knowledge knowledge;           // whole and validated; its `overrides` name the files
    std::vector<std::string> notices;  // entries that are not used, each with its place and why
};

// An entry that is older than the knowledge's own does not override it, and is noticed. MALFORMED with
// "FILE:LINE" as source; also for two files, or one, that have the same entry twice.
Result<Overridden> lay_over(const v1::Knowledge& base, std::vector<KnowledgeFile> files);

}  // namespace preflight::readiness
