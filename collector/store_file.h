// Store file: the SQLite file of the store: its schema, and how to tell it from other files.
#pragma once

#include <filesystem>

#include "collector/sqlite.h"
#include "model/result.h"

namespace preflight::collector {

// Opens the file in WAL mode; with read_write creates it and its schema when it is not there or empty, and
// brings that of an older release up to date.
// REFUSED for a database of something else and for one of a newer release; such a file is not touched.
Result<sqlite::Database> open_store_file(const std::filesystem::path& file, sqlite::Database::Mode mode);

}  // namespace preflight::collector
