// Shell: a command as a person pastes it. Pure functions.
#pragma once

#include <google/protobuf/repeated_field.h>

#include <string>
#include <string_view>
#include <vector>

#include "preflight/v1/command.pb.h"

namespace preflight::readiness::render {

using Commands = google::protobuf::RepeatedPtrField<v1::Command>;

// One argument as one word for bash: as it is where that is plain, else in single quotes; as $'…' where it
// holds bytes that are not safe to show. Pasting the word gives exactly the argument again.
std::string shell_word(std::string_view argument);

std::vector<std::string> shell_words(const v1::Command& command);

// The words on one line.
std::string shell_line(const v1::Command& command);

}  // namespace preflight::readiness::render
