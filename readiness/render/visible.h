// Visible: foreign text made safe to show, on a terminal or in a page.
//
// What nodes report may hold anything: escape sequences, line breaks, marks that turn the reading direction,
// broken UTF-8. Every such text passes here before it is shown. Pure functions.
#pragma once

#include <string>
#include <string_view>

#include "model/utf8.h"

namespace preflight::readiness::render {

using preflight::valid_utf8;

// One line of valid UTF-8 without anything that acts instead of being seen: line breaks and tabs become
// spaces; control characters, direction marks and characters without width are written out ("\u001b").
std::string visible(std::string_view text);

// How many columns valid UTF-8 takes: one for each code point.
int columns(std::string_view text);

// As many code points of valid UTF-8 as fit into `count` columns; all of them when fewer.
std::string_view first_columns(std::string_view text, int count);

}  // namespace preflight::readiness::render
