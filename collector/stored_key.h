// StoredKey: the key for fingerprints of secrets in the store's file: made once, as old as the file from then
// on.
//
// The file is its owner's alone, and so is the key; it is handed to the instance's own agents and stands in
// no log and no report.
#pragma once

#include "collector/sqlite.h"
#include "model/secret.h"

namespace preflight::collector {

Result<Secret> stored_fingerprint_key(const sqlite::Database& database);

}  // namespace preflight::collector
