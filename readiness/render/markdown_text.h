// Markdown text: Markdown under way, as GitLab and ticket systems read it. Foreign text is made visible and
// escaped on its way in, so that it can neither set marks nor mention anybody, and addresses in it become
// code, so that they are no links. Not thread-safe.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "readiness/render/shell.h"
#include "readiness/render/summary.h"

namespace preflight::readiness::render {

// One line: what Markdown or GitLab would act on within a line has a backslash before it, an address is code.
std::string markdown_escape(std::string_view foreign);
// The same at the beginning of a line or an item, where more acts.
std::string markdown_escape_first(std::string_view foreign);

class MarkdownText {
  public:
    // "## heading", with an empty line around it.
    void heading(int level, std::string_view foreign);
    void paragraph(std::string_view foreign);
    // "- foreign"
    void item(std::string_view foreign);
    // "- **Label:** foreign"; nothing where the text is empty.
    void item(std::string_view label, std::string_view foreign);
    // "- **Read:** <https://…>"; what is no plain address of the web stays text.
    void link(std::string_view label, std::string_view address);
    // The label, and below it the commands to copy, one a line; nothing without commands.
    void commands(std::string_view label, const std::vector<const v1::Command*>& commands);
    // A block that nothing within can end.
    void block(std::string_view language, std::string_view lines);
    // "| a | b |"; rows have as many cells as the heading.
    void table(const std::vector<std::string>& heading, const std::vector<std::vector<std::string>>& rows);

    std::string text() && { return std::move(out_); }

  private:
    void empty_line();

    std::string out_;
};

// The commands' addresses, for commands().
std::vector<const v1::Command*> pointers_to(const Commands& commands);
// Names with commas between them; very many are folded.
std::string named(const Texts& names);

}  // namespace preflight::readiness::render
