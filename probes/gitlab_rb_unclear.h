// GitlabRbUnclear: what statements of gitlab.rb set without naming it: by an index that only Ruby knows, a
// section as a whole, or text from elsewhere.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "probes/ruby_locals.h"

namespace preflight::probes {

// Whether the word at `at` takes in a file of settings, by its own name or as a method of the configuration.
bool takes_in(RubyTokenSpan statement, std::size_t at);
// Its path; nothing where that is computed.
std::optional<std::string> taken_in(RubyTokenSpan statement, std::size_t at);

// Whether the word at `at` evaluates what does not stand there.
bool evaluates(RubyTokenSpan statement, std::size_t at);

// What is set there cannot be told, in words that go behind "line 7"; empty where that is not so.
std::string_view unclear_at(RubyTokenSpan statement, std::size_t at, const RubyLocals& locals);

}  // namespace preflight::probes
