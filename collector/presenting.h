// Presenting: where and how a command puts its text: into a file or on standard output, its width, its
// colours.
#pragma once

#include <CLI/CLI.hpp>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "readiness/render/render.h"

namespace preflight::collector {

struct PresentingOptions {
    std::filesystem::path output;
    std::optional<int> width;
    bool no_colour = false;
};

void add_presenting_options(CLI::App& command, PresentingOptions& options);
// --format, which takes one of these; what `format` holds is the default.
void add_format_option(CLI::App& command, std::string& format, const std::vector<std::string>& formats);

readiness::TextStyle style_of(const PresentingOptions& options);

// The text whole into the file, or on standard output. False where it cannot be written, which is told.
bool put(const std::string& text, const PresentingOptions& options);

}  // namespace preflight::collector
