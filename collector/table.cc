#include "collector/table.h"

#include <algorithm>
#include <cstddef>
#include <cstdio>

#include "readiness/render/visible.h"

namespace preflight::collector {

using readiness::render::columns;
using readiness::render::visible;

void print_line(const std::string& line) { std::fputs((visible(line) + "\n").c_str(), stdout); }

void print_table(const std::vector<std::vector<std::string>>& rows) {
    std::vector<int> widths;
    for (const auto& row : rows) {
        widths.resize(std::max(widths.size(), row.size()));
        for (std::size_t column = 0; column < row.size(); ++column)
            widths[column] = std::max(widths[column], columns(visible(row[column])));
    }
    for (const auto& row : rows) {
        std::string line;
        for (std::size_t column = 0; column < row.size(); ++column) {
            const auto cell = visible(row[column]);
            line += cell + std::string(static_cast<std::size_t>(widths[column] - columns(cell) + 2), ' ');
        }
        line.erase(line.find_last_not_of(' ') + 1);
        std::fputs((line + "\n").c_str(), stdout);
    }
}

}  // namespace preflight::collector
