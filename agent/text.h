// Text: an inspection for a person at a terminal.
#pragma once

#include <string>

#include "preflight/v1/inspection.pb.h"

namespace preflight::agent {

// One line per finding, by probe; gaps say what could not be seen. Control characters are shown as '?'.
std::string to_text(const v1::Inspection& inspection);

// "/srv/b/1_gitlab_backup.tar: 120 of 4500 MB read, LISTED": how far the proof of one backup is.
std::string to_text(const v1::BackupProof& proof);

// proto3 JSON, indented, ends with a newline.
std::string to_json(const v1::Inspection& inspection);

}  // namespace preflight::agent
