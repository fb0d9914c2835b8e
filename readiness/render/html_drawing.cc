#include "readiness/render/html_drawing.h"

#include <fmt/format.h>

#include <cstdlib>
#include <string>
#include <string_view>

namespace preflight::readiness::render {
namespace {

void write_label(Page& page, std::string_view style_class, int x, int y, std::string_view foreign) {
    page.markup(fmt::format("<text class=\"{}\" x=\"{}\" y=\"{}\">", style_class, x, y));
    page.text(foreign).markup("</text>");
}

void write_band(Page& page, const Band& band, int width) {
    page.markup(
        fmt::format("<rect class=\"band\" x=\"4\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"8\"></rect>",
                    band.y, width - 8, band.height));
    constexpr int inset = 16;
    write_label(page, "site", inset, band.y + inset + 4, band.title);
    page.markup("\n");
}

// A bow that leaves and arrives level, and the head of an arrow at its end.
void write_wire(Page& page, const Wire& wire) {
    constexpr int head = 7;
    constexpr int half_head = 4;
    constexpr int least_bow = 50;
    const int bow = std::max(std::abs(wire.to_x - wire.from_x) / 2, least_bow);
    const bool leftward = wire.to_x < wire.from_x;
    const bool same_column = wire.to_x == wire.from_x;
    const int leaves = leftward ? -1 : 1;
    const int arrives = leftward || same_column ? 1 : -1;  // on which side of its end it comes in
    const int tip = wire.to_x + arrives * head;
    page.markup(fmt::format("<path class=\"wire\" d=\"M{} {}C{} {} {} {} {} {}\"></path>", wire.from_x,
                            wire.from_y, wire.from_x + leaves * bow, wire.from_y, tip + arrives * bow,
                            wire.to_y, tip, wire.to_y));
    page.markup(fmt::format("<path class=\"head\" d=\"M{} {}L{} {}L{} {}Z\"></path>\n", wire.to_x, wire.to_y,
                            tip, wire.to_y - half_head, tip, wire.to_y + half_head));
}

void write_port(Page& page, const Port& port) {
    constexpr int beside = 10;
    constexpr int above = 5;
    write_label(page, port.on_right ? "kind after" : "kind before",
                port.x + (port.on_right ? beside : -beside), port.y - above, port.kind);
    page.markup("\n");
}

void write_box(Page& page, const Box& box, const Tier& tier) {
    page.markup(fmt::format(
        "<rect class=\"box{}\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"6\"></rect>",
        tier.external ? " external" : (tier.reports ? "" : " silent"), box.x, box.y, box_width, box.height));
    int y = box.y + box_padding + line_height - 5;
    for (const auto& line : box.title) {
        write_label(page, "role", box.x + box_padding, y, line);
        y += line_height;
    }
    for (const auto& line : box.lines) {
        write_label(page, "name", box.x + box_padding, y, line);
        y += line_height;
    }
    page.markup("\n");
}

}  // namespace

void write_drawing(Page& page, const Drawing& drawing, const std::vector<Tier>& tiers) {
    page.markup(
        fmt::format("<div class=\"scroll drawing\"><svg role=\"img\" aria-label=\"Who uses whom; the table "
                    "below says the same\" viewBox=\"0 0 {0} {1}\" width=\"{0}\" height=\"{1}\">\n",
                    drawing.width, drawing.height));
    for (const auto& band : drawing.bands) write_band(page, band, drawing.width);
    for (const auto& wire : drawing.wires) write_wire(page, wire);
    for (std::size_t i = 0; i < drawing.boxes.size(); ++i) write_box(page, drawing.boxes[i], tiers[i]);
    for (const auto& port : drawing.ports) write_port(page, port);
    page.markup("</svg></div>\n");
}

}  // namespace preflight::readiness::render
