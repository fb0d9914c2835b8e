// Knowledge: loads and checks the dated data of knowledge/*.txtpb. The only I/O of this room.
#pragma once

#include <filesystem>
#include <string_view>

#include "model/result.h"
#include "preflight/v1/knowledge.pb.h"

namespace preflight::readiness {

// The data that were built into this program.
const v1::Knowledge& built_in_knowledge();

// All *.txtpb of a directory, in order of name, merged. MALFORMED names file and line; also for data that
// contradict themselves (validate).
Result<v1::Knowledge> load_knowledge(const std::filesystem::path& directory);

// Versions parse, intervals are not empty, ids are unique, dates are dates. Empty when all is well, else what
// is wrong.
std::string validate(const v1::Knowledge& knowledge);

}  // namespace preflight::readiness
