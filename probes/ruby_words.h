// RubyWords: what a word of Ruby is by what stands beside it.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <string_view>

#include "probes/ruby_tokens.h"

namespace preflight::probes {

using RubyTokenSpan = std::span<const RubyToken>;

template <std::size_t size>
bool is_one_of(std::string_view word, const std::array<std::string_view, size>& words) {
    return std::ranges::find(words, word) != words.end();
}

inline bool is_ruby_dot(const RubyToken& token) { return token.is_mark(".") || token.is_mark("&."); }

// A variable, a method or a constant: a word, but none of Ruby's own.
bool is_ruby_name(const RubyToken& token);
// A constant, a class or a module.
bool is_ruby_constant(const RubyToken& token);

// The word at `at` is a method of what stands before it.
bool is_ruby_method(RubyTokenSpan tokens, std::size_t at);
// The same, of another thing than the configuration itself (`self.nginx`, `Gitlab.nginx`).
bool is_method_of_other(RubyTokenSpan tokens, std::size_t at);

// The "]" or the other one that stands at `at` closes a bracket that opens there; `at` when that is not so,
// or further away than is looked.
std::size_t opening_of(RubyTokenSpan tokens, std::size_t at);

// Where the expression begins that ends before `end`: `a.b(c)[d]` as a whole. `end` when nothing stands
// there, or more than is looked at.
std::size_t begin_of_expression(RubyTokenSpan tokens, std::size_t end);

}  // namespace preflight::probes
