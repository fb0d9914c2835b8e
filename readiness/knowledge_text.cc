#include "readiness/knowledge_text.h"

#include <google/protobuf/io/tokenizer.h>
#include <google/protobuf/text_format.h>

#include <utility>

#include "readiness/verdict.h"

namespace preflight::readiness {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::TextFormat;

// A condition is two messages deep for each level, and there are eight levels at the most; the rest is room.
constexpr int depth_limit = 32;
constexpr std::size_t message_limit_bytes = 200;  // the parser quotes what it stumbled over

// Keeps the first error of a parse with its place.
class FirstError : public google::protobuf::io::ErrorCollector {
  public:
    void AddError(int line, int column, const std::string& message) override {
        if (!text_.empty()) return;
        line_ = line + 1;
        text_ = "column " + std::to_string(column + 1) + ": " + clipped(message, message_limit_bytes);
    }
    int line() const { return line_; }
    const std::string& text() const { return text_; }

  private:
    int line_ = 1;
    std::string text_;
};

// Rows written as a list, "stops: [{…}, {…}]", have the list's place.
std::vector<int> lines_of(const TextFormat::ParseInfoTree& places, const FieldDescriptor* table, int rows) {
    std::vector<int> lines;
    int last = 1;
    for (int row = 0; row < rows; ++row) {
        const auto line = places.GetLocation(table, row).line;
        if (line >= 0) last = line + 1;
        lines.push_back(last);
    }
    return lines;
}

}  // namespace

Result<KnowledgeText> parse_knowledge(const std::string& text, const std::string& source) {
    KnowledgeText parsed;
    FirstError error;
    TextFormat::ParseInfoTree places;
    TextFormat::Parser parser;
    parser.RecordErrorsTo(&error);
    parser.WriteLocationsTo(&places);
    parser.SetRecursionLimit(depth_limit);
    if (!parser.ParseFromString(text, &parsed.knowledge))
        return malformed(source + ":" + std::to_string(error.line()), error.text());
    const auto& reflection = *parsed.knowledge.GetReflection();
    std::vector<const FieldDescriptor*> fields;
    reflection.ListFields(parsed.knowledge, &fields);
    for (const auto* field : fields) {
        if (field->message_type() == nullptr || !field->is_repeated()) continue;
        const auto rows = reflection.FieldSize(parsed.knowledge, field);
        parsed.lines[field->number()] = lines_of(places, field, rows);
    }
    return parsed;
}

}  // namespace preflight::readiness
