// Step text: one step of the plan or of the way back, written from what the knowledge says of its kind.
//
// Which steps there are, on which nodes and in which order, is not said here.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "preflight/v1/knowledge.pb.h"
#include "preflight/v1/plan.pb.h"

namespace preflight::readiness {

// What stands for {name} in a text; several values are "a, b" in a sentence, and an argument each where the
// argument of a command is {name} alone. A command of which nothing is left then is left out.
using Fillings = std::map<std::string, std::vector<std::string>, std::less<>>;

// Everything but id, version, phase and nodes. A kind of which the knowledge says nothing gets its id as
// title, so that no step is lost.
v1::PlanStep written(std::string_view text_id, const Fillings& fillings, const v1::Knowledge& knowledge);

// Letters, digits, dots, dashes and underscores, no dash first: a name that may stand in a command.
bool is_plain_word(std::string_view text);

// The {name}s in a text.
std::vector<std::string> placeholders_in(std::string_view text);

}  // namespace preflight::readiness
