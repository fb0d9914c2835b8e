// Knowledge files: the texts that a person lays over the built-in knowledge, read within bounds and, where a
// key is given, only as its holder signed them.
#pragma once

#include <filesystem>
#include <vector>

#include "model/result.h"
#include "readiness/overrides.h"

namespace preflight::collector {

// The *.txtpb of a folder in order of name, or one file. Where `public_key` names a file, each of them must
// have its signature beside it: NAME.txtpb.sig. REFUSED for what is no file and for an unsigned or wrongly
// signed one, TOO_LARGE past 4 MiB a file, 16 MiB or 64 files; the first problem is told, and then there is
// nothing.
Result<std::vector<readiness::KnowledgeFile>> read_knowledge_files(const std::filesystem::path& place,
                                                                   const std::filesystem::path& public_key);

}  // namespace preflight::collector
