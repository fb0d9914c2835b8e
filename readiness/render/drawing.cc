#include "readiness/render/drawing.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "readiness/render/layout.h"
#include "readiness/render/visible.h"

namespace preflight::readiness::render {
namespace {

constexpr int column_gap = 130;  // room for the name of a kind
constexpr int row_gap = 22;
constexpr int margin = 16;
constexpr int band_title = 28;
constexpr int port_gap = 18;
constexpr int line_columns = 25;  // of text in a box
constexpr std::size_t title_lines_most = 3;
constexpr std::size_t nodes_most = 4;

std::string cut(const std::string& text) {
    if (columns(text) <= line_columns) return text;
    return std::string(first_columns(text, line_columns - 1)) + "\u2026";
}

Box box_of(const Tier& tier, const NodeNames& names) {
    Box box;
    for (const auto& line : wrap(role_words(tier), line_columns)) {
        if (box.title.size() < title_lines_most) box.title.push_back(cut(line));
    }
    const auto shown = shown_all(tier.nodes, names);
    const auto room = shown.size() > nodes_most ? nodes_most - 1 : shown.size();
    for (std::size_t i = 0; i < room; ++i) box.lines.push_back(cut(shown[i]));
    if (room < shown.size()) box.lines.push_back(fmt::format("and {} more", shown.size() - room));
    const auto standing = standing_words(tier);
    if (!standing.empty()) box.lines.push_back(standing);
    return box;
}

// How many columns from the left each tier stands: one more than those of its site that use it. What uses
// each other in a circle is cut where the circle closes.
class Columns {
  public:
    explicit Columns(const std::vector<Tier>& tiers)
        : tiers_(tiers), column_(tiers.size(), 0), state_(tiers.size(), State::open) {
        for (std::size_t i = 0; i < tiers.size(); ++i) visit(i);
        for (auto tier = order_.rbegin(); tier != order_.rend(); ++tier) push_right(*tier);
    }

    std::vector<int> columns() && { return std::move(column_); }

  private:
    enum class State { open, entered, left };

    // In the end each tier stands in order_ after all that it uses, but for what closes a circle.
    void visit(std::size_t tier) {
        if (state_[tier] != State::open) return;
        state_[tier] = State::entered;
        for (const auto& [place, use] : tiers_[tier].uses) {
            const auto to = place.first;
            if (tiers_[to].site != tiers_[tier].site) continue;
            if (state_[to] == State::entered) {
                closing_.insert({tier, to});
            } else {
                visit(to);
            }
        }
        state_[tier] = State::left;
        order_.push_back(tier);
    }

    void push_right(std::size_t tier) {
        for (const auto& [place, use] : tiers_[tier].uses) {
            const auto to = place.first;
            if (tiers_[to].site != tiers_[tier].site || closing_.contains({tier, to})) continue;
            column_[to] = std::max(column_[to], column_[tier] + 1);
        }
    }

    const std::vector<Tier>& tiers_;
    std::vector<int> column_;
    std::vector<State> state_;
    std::vector<std::size_t> order_;
    std::set<std::pair<std::size_t, std::size_t>> closing_;
};

// The kinds that come into each tier from others, in order.
std::vector<std::vector<std::string>> kinds_into(const std::vector<Tier>& tiers) {
    std::vector<std::set<std::string>> kinds(tiers.size());
    for (std::size_t from = 0; from < tiers.size(); ++from) {
        for (const auto& [place, use] : tiers[from].uses) {
            if (place.first != from) kinds[place.first].insert(place.second);
        }
    }
    std::vector<std::vector<std::string>> lists;
    lists.reserve(kinds.size());
    for (const auto& set : kinds) lists.emplace_back(set.begin(), set.end());
    return lists;
}

int height_of(const Box& box, std::size_t ports) {
    const auto lines = static_cast<int>(box.title.size() + box.lines.size());
    return std::max(2 * box_padding + lines * line_height, static_cast<int>(ports + 1) * port_gap);
}

// Places the boxes of one site below `top`; where they end.
int place_site(std::vector<Box>& boxes, const std::vector<std::size_t>& members,
               const std::vector<int>& columns, int top) {
    std::map<int, int> below;  // by column: where its next box begins
    int bottom = top;
    for (const auto member : members) {
        auto& y = below.try_emplace(columns[member], top).first->second;
        auto& box = boxes[member];
        box.x = margin + columns[member] * (box_width + column_gap);
        box.y = y;
        y += box.height + row_gap;
        bottom = std::max(bottom, box.y + box.height);
    }
    return bottom;
}

// Sites in the order in which their first tier stands.
std::vector<std::pair<std::string, std::vector<std::size_t>>> sites_of(const std::vector<Tier>& tiers) {
    std::vector<std::pair<std::string, std::vector<std::size_t>>> sites;
    for (std::size_t i = 0; i < tiers.size(); ++i) {
        auto at = std::ranges::find_if(sites, [&](const auto& site) { return site.first == tiers[i].site; });
        if (at == sites.end()) at = sites.insert(at, {tiers[i].site, {}});
        at->second.push_back(i);
    }
    return sites;
}

void place_boxes(Drawing& drawing, const std::vector<Tier>& tiers) {
    const auto columns = Columns(tiers).columns();
    const bool banded = has_sites(tiers);
    int top = margin;
    int right = 0;
    for (const auto& [site, members] : sites_of(tiers)) {
        const int first = top + (banded ? band_title : 0);
        const int bottom = place_site(drawing.boxes, members, columns, first) + margin;
        if (banded) drawing.bands.push_back({top, bottom - top, site_words(site)});
        top = bottom + margin;
    }
    for (const auto& box : drawing.boxes) right = std::max(right, box.x + box_width);
    drawing.width = right + column_gap;
    drawing.height = top;
}

// A wire leaves on the side where its end is, and enters on the side where it comes from.
void draw_wires(Drawing& drawing, const std::vector<Tier>& tiers,
                const std::vector<std::vector<std::string>>& kinds) {
    std::set<std::tuple<std::size_t, bool, std::string>> named;
    for (std::size_t from = 0; from < tiers.size(); ++from) {
        for (const auto& [place, use] : tiers[from].uses) {
            const auto& [to, kind] = place;
            if (to == from) continue;
            const auto& source = drawing.boxes[from];
            const auto& target = drawing.boxes[to];
            const bool on_right = target.x <= source.x;
            const auto port = std::ranges::find(kinds[to], kind) - kinds[to].begin();
            const int x = on_right ? target.x + box_width : target.x;
            const int y = target.y + static_cast<int>(port + 1) * port_gap;
            const int start = target.x < source.x ? source.x : source.x + box_width;
            drawing.wires.push_back({start, source.y + source.height / 2, x, y, kind});
            if (named.insert({to, on_right, kind}).second) drawing.ports.push_back({x, y, on_right, kind});
        }
    }
}

}  // namespace

Drawing drawing_of(const std::vector<Tier>& tiers, const NodeNames& names) {
    Drawing drawing;
    const auto kinds = kinds_into(tiers);
    for (std::size_t i = 0; i < tiers.size(); ++i) {
        auto box = box_of(tiers[i], names);
        box.height = height_of(box, kinds[i].size());
        drawing.boxes.push_back(std::move(box));
    }
    place_boxes(drawing, tiers);
    draw_wires(drawing, tiers, kinds);
    return drawing;
}

}  // namespace preflight::readiness::render
