// Knowledge in use: the built-in knowledge with what a person lays over it.
#pragma once

#include <filesystem>

#include "collector/settings.h"
#include "model/result.h"
#include "readiness/overrides.h"

namespace preflight::collector {

// What stands in `place`, a folder or a file, over what is built in. `public_key` as in knowledge_files.h.
Result<readiness::Overridden> overridden_by(const std::filesystem::path& place,
                                            const std::filesystem::path& public_key);

// With the folder of --knowledge, or that of the settings, which need not be there where they do not name
// it. The first entries that are not used are told on standard error. Throws DataError, for knowledge is used
// whole or not at all, and UsageError where nothing is in the place that was named.
v1::Knowledge knowledge_in_use(const Settings& settings, const std::filesystem::path& directory);

}  // namespace preflight::collector
