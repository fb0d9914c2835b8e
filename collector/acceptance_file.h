// Acceptance file: waivers and attestations as a YAML file that people read, review and keep under version
// control.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

#include "model/result.h"
#include "preflight/v1/acceptance.pb.h"

namespace preflight::collector {

enum class Absence { nothing_accepted, problem };

// MALFORMED with "FILE:LINE" as source and one sentence that says what is right; never holds a value of the
// file. An id stands once; every time has its zone.
Result<v1::Acceptances> parse_acceptances(std::string_view text, const std::string& file);
Result<v1::Acceptances> load_acceptances(const std::filesystem::path& file, Absence absence);

// The file that holds them, in its one form: what it does not change of another, it keeps.
std::string acceptances_text(const v1::Acceptances& acceptances);

// Reads the file, lets `change` change what it holds, and writes it whole, mode 0640, where `change` said
// true: no other command changes it meanwhile. Gives back what `change` said. A link is followed, so that the
// file may lie in a clone.
Result<bool> change_acceptances(const std::filesystem::path& file,
                                const std::function<bool(v1::Acceptances&)>& change);

}  // namespace preflight::collector
