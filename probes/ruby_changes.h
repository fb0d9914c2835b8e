// RubyChanges: whether a statement changes a section of gitlab.rb otherwise than by a plain key of it.
#pragma once

#include <cstddef>

#include "probes/ruby_locals.h"
#include "probes/ruby_words.h"

namespace preflight::probes {

// Whether what lies beneath a key that ends before `end` is set there by an index that only Ruby knows.
bool changes_beneath(RubyTokenSpan statement, std::size_t end);

// `grafana.merge!(…)`, `Gitlab.grafana.clear`: the section that is named at `at` as a whole.
bool changes_section(RubyTokenSpan statement, std::size_t at);

// What the name at `at` stands for, or a part of it, where that may be a section's.
bool changes_made(RubyTokenSpan statement, std::size_t at, Made made);

// What a method or a bracket gives, of which the mark at `at` changes a part: `nginx.dig('a')['b'] = 1`.
bool changes_result(RubyTokenSpan statement, std::size_t at, const RubyLocals& locals);

}  // namespace preflight::probes
