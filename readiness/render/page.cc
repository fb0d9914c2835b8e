#include "readiness/render/page.h"

#include <fmt/format.h>

#include <algorithm>

#include "readiness/render/visible.h"

namespace preflight::readiness::render {

std::string html_escape(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (const char c : text) {
        switch (c) {
            case '&':
                out += "&amp;";
                break;
            case '<':
                out += "&lt;";
                break;
            case '>':
                out += "&gt;";
                break;
            case '"':
                out += "&quot;";
                break;
            case '\'':
                out += "&#39;";
                break;
            default:
                out += c;
        }
    }
    return out;
}

Page& Page::text(std::string_view foreign) { return markup(html_escape(visible(foreign))); }

Page& Page::breakable(std::string_view foreign) {
    while (!foreign.empty()) {
        const auto end = std::min(foreign.find('/'), foreign.size() - 1) + 1;
        text(foreign.substr(0, end)).markup(end < foreign.size() ? "<wbr>" : "");
        foreign.remove_prefix(end);
    }
    return *this;
}

Page& Page::element(std::string_view name, std::string_view style_class, std::string_view foreign) {
    markup("<").markup(name);
    if (!style_class.empty()) markup(" class=\"").markup(style_class).markup("\"");
    return markup(">").text(foreign).markup("</").markup(name).markup(">");
}

}  // namespace preflight::readiness::render
