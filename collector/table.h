// Table: rows for a terminal or a script: columns as wide as their widest cell, two blanks between.
#pragma once

#include <string>
#include <vector>

namespace preflight::collector {

// Prints the rows, the first of them the heading, to standard output. What agents or files say cannot steer
// the terminal.
void print_table(const std::vector<std::vector<std::string>>& rows);

// One line of such text.
void print_line(const std::string& line);

}  // namespace preflight::collector
