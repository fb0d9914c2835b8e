#include "readiness/overrides.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "model/utf8.h"
#include "readiness/knowledge.h"
#include "readiness/knowledge_rows.h"
#include "readiness/knowledge_text.h"
#include "readiness/row_rules.h"
#include "readiness/verdict.h"
#include "readiness/version.h"

namespace preflight::readiness {
namespace {

// The knowledge that is built in has some hundreds; each is compared with the others of its kind.
constexpr std::size_t entries_limit = 4'000;

constexpr std::size_t name_limit_bytes = 120;  // of an id, where it is told

using Key = std::pair<int, std::string>;  // the table's field number, the row's id

bool has_broken_text(const Row& row) {
    const auto& reflection = *row.GetReflection();
    std::vector<const google::protobuf::FieldDescriptor*> fields;
    reflection.ListFields(row, &fields);
    const auto broken = [&](const google::protobuf::FieldDescriptor* field, int at) {
        const bool list = field->is_repeated();
        if (field->message_type() != nullptr)
            return has_broken_text(list ? reflection.GetRepeatedMessage(row, field, at)
                                        : reflection.GetMessage(row, field));
        if (field->cpp_type() != google::protobuf::FieldDescriptor::CPPTYPE_STRING) return false;
        return !is_valid_utf8(list ? reflection.GetRepeatedString(row, field, at)
                                   : reflection.GetString(row, field));
    };
    return std::ranges::any_of(fields, [&](const google::protobuf::FieldDescriptor* field) {
        const int values = field->is_repeated() ? reflection.FieldSize(row, field) : 1;
        for (int at = 0; at < values; ++at) {
            if (broken(field, at)) return true;
        }
        return false;
    });
}

// What one file has come to.
struct Counts {
    std::size_t used = 0;
    std::size_t older = 0;
};

std::string in_words(const std::string& file, const Counts& counts) {
    const auto used = std::to_string(counts.used) + (counts.used == 1 ? " entry" : " entries");
    if (counts.older == 0) return file + " (" + used + ")";
    return file + " (" + used + ", " + std::to_string(counts.older) + " not used: older than the built-in)";
}

class Layers {
  public:
    explicit Layers(const v1::Knowledge& base) {
        result_.knowledge = base;
        auto& knowledge = result_.knowledge;
        const auto& reflection = *knowledge.GetReflection();
        for (const auto& table : row_tables()) {
            const auto* field = v1::Knowledge::descriptor()->FindFieldByNumber(table.field);
            for (int at = 0; at < reflection.FieldSize(knowledge, field); ++at) {
                auto* row = reflection.MutableRepeatedMessage(&knowledge, field, at);
                rows_[{table.field, table.id(*row)}] = row;
            }
        }
    }

    std::optional<Problem> add(const KnowledgeFile& file) {
        const auto parsed = parse_knowledge(file.text, file.name);
        if (!parsed) return parsed.error();
        Counts counts;
        if (auto wrong = take_head(parsed->knowledge, file.name)) return wrong;
        for (const auto& table : row_tables()) {
            const auto rows = rows_of(table, parsed->knowledge);
            for (std::size_t at = 0; at < rows.size(); ++at) {
                const auto place = file.name + ":" + std::to_string(parsed->lines.at(table.field).at(at));
                if (auto wrong = take(table, *rows[at], place, counts)) return wrong;
            }
        }
        result_.knowledge.add_overrides(in_words(file.name, counts));
        return std::nullopt;
    }

    Result<Overridden> whole() && {
        const auto wrong = first_wrong(result_.knowledge);
        if (wrong.empty()) return std::move(result_);
        // Of two rows that contradict each other, the one from a file is at fault: the others were there
        // before.
        for (const auto* row : wrong.rows) {
            const auto place = places_.find(row);
            if (place != places_.end()) return malformed(place->second, wrong.what);
        }
        return malformed(horizon_, wrong.what);
    }

  private:
    // What a file says of the whole of the knowledge.
    std::optional<Problem> take_head(const v1::Knowledge& said, const std::string& file) {
        auto& knowledge = result_.knowledge;
        if (!said.overrides().empty()) return malformed(file, "overrides is written by no file");
        if (!said.version().empty() && !is_date(said.version()))
            return malformed(file, "version is not a date");
        if (said.version() > knowledge.version()) knowledge.set_version(said.version());
        if (said.good_for_days() != 0) knowledge.set_good_for_days(said.good_for_days());
        if (said.newest_known().empty()) return std::nullopt;
        if (!is_minor(said.newest_known())) return malformed(file, "newest_known is not a minor version");
        const auto known = parse_target(knowledge.newest_known());
        const auto newest = parse_target(said.newest_known());
        if (known && *newest < *known) {
            result_.notices.push_back(file + ": newest_known " + said.newest_known() + " is below " +
                                      knowledge.newest_known() + " and is not used");
            return std::nullopt;
        }
        knowledge.set_newest_known(said.newest_known());
        horizon_ = file;
        return std::nullopt;
    }

    std::optional<Problem> take(const RowTable& table, const Row& row, const std::string& place,
                                Counts& counts) {
        const auto id = table.id(row);
        const auto name = std::string(table.kind) + " '" + clipped(id, name_limit_bytes) + "'";
        if (has_broken_text(row)) return malformed(place, name + ": its text is not UTF-8");
        const auto [first, is_new] = taken_.try_emplace({table.field, id}, place);
        if (!is_new) return malformed(place, name + " is also at " + first->second);
        if (taken_.size() > entries_limit)
            return malformed(place, "there are more than " + std::to_string(entries_limit) + " entries");
        auto& slot = rows_[{table.field, id}];
        if (slot != nullptr && is_older(row, *slot)) {
            ++counts.older;
            result_.notices.push_back(place + ": " + name +
                                      " is older than the built-in one and is not used");
            return std::nullopt;
        }
        if (slot == nullptr) slot = new_row(table);
        slot->CopyFrom(row);
        places_[slot] = place;
        ++counts.used;
        return std::nullopt;
    }

    Row* new_row(const RowTable& table) {
        const auto* field = v1::Knowledge::descriptor()->FindFieldByNumber(table.field);
        return result_.knowledge.GetReflection()->AddMessage(&result_.knowledge, field);
    }

    Overridden result_;
    std::map<Key, Row*> rows_;                  // all of the knowledge
    std::map<Key, std::string> taken_;          // of the files: where each is
    std::map<const Row*, std::string> places_;  // of those that are used
    std::string horizon_ = "the knowledge";     // the file that says how far the knowledge goes
};

}  // namespace

Result<Overridden> lay_over(const v1::Knowledge& base, std::vector<KnowledgeFile> files) {
    std::ranges::sort(files, {}, &KnowledgeFile::name);
    Layers layers(base);
    for (const auto& file : files) {
        if (auto wrong = layers.add(file)) return std::move(*wrong);
    }
    return std::move(layers).whole();
}

}  // namespace preflight::readiness
