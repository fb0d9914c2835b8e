// Page: HTML under way. Text goes in by text() and is made visible and escaped there, so that only markup
// written in this program is markup. Not thread-safe.
#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace preflight::readiness::render {

class Page {
  public:
    // Markup of ours, as it is.
    Page& markup(std::string_view html) {
        out_ += html;
        return *this;
    }
    // Foreign text; safe between tags and within a quoted attribute.
    Page& text(std::string_view foreign);
    // The same for paths and addresses: lines may end after a slash.
    Page& breakable(std::string_view foreign);
    // <name class="style_class">text</name>; no class attribute where it is empty.
    Page& element(std::string_view name, std::string_view style_class, std::string_view foreign);

    std::string html() && { return std::move(out_); }

  private:
    std::string out_;
};

std::string html_escape(std::string_view text);

// The style sheet of the report.
extern const std::string_view style_sheet;

}  // namespace preflight::readiness::render
