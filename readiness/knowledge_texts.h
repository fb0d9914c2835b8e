// Knowledge texts: the files of knowledge/ as they were when this program was built. Made by
// cmake/embed_texts.cmake.
//
// Use built_in_knowledge() instead; this is its raw material.
#pragma once

#include <span>
#include <string_view>
#include <utility>

namespace preflight::readiness {

// File name and content, in order of name.
std::span<const std::pair<std::string_view, std::string_view>> knowledge_texts();

}  // namespace preflight::readiness
