// Knowledge rows: the tables of the knowledge, and by which id each of their rows is shown and overridden.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "preflight/v1/knowledge.pb.h"

namespace preflight::readiness {

using Row = google::protobuf::Message;

struct RowTable {
    std::string_view kind;  // one word: "stop"
    int field;              // its number in Knowledge
    // "18.11", "KI-19-05": within its table no two rows have the same.
    std::string (*id)(const Row& row);
    std::string (*title)(const Row& row);  // one line
    // Whether it applies, as far as that is asked of findings; nullptr: of nothing but versions.
    const v1::Condition* (*condition)(const Row& row);
};

// In the order in which they are listed.
std::span<const RowTable> row_tables();

// In the order of the knowledge.
std::vector<const Row*> rows_of(const RowTable& table, const v1::Knowledge& knowledge);

// Where it is from, and when that said so; empty for rows that are no facts of others.
std::string source_of(const Row& row);
std::string date_of(const Row& row);

// `row` is of an older state of affairs than `other`, of the same id.
bool is_older(const Row& row, const Row& other);

}  // namespace preflight::readiness
