#include "probes/probe.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include "model/clock.h"
#include "model/utf8.h"

namespace preflight::probes {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr std::size_t text_limit_bytes = 4096;

// What stands in files may be no text at all; a message with invalid UTF-8 could not be read on the other
// side.
std::string carried(const std::string& text) {
    if (text.size() <= text_limit_bytes && is_valid_utf8(text)) return text;
    return valid_utf8(std::string_view(text).substr(0, text_limit_bytes));
}

void make_carriable(Message& message) {
    const auto& reflection = *message.GetReflection();
    std::vector<const FieldDescriptor*> fields;
    reflection.ListFields(message, &fields);
    for (const auto* field : fields) {
        const bool text = field->cpp_type() == FieldDescriptor::CPPTYPE_STRING;
        const bool inner = field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
        if (!field->is_repeated()) {
            if (text) reflection.SetString(&message, field, carried(reflection.GetString(message, field)));
            if (inner) make_carriable(*reflection.MutableMessage(&message, field));
            continue;
        }
        for (int i = 0; i < reflection.FieldSize(message, field); ++i) {
            if (text) {
                reflection.SetRepeatedString(&message, field, i,
                                             carried(reflection.GetRepeatedString(message, field, i)));
            }
            if (inner) make_carriable(*reflection.MutableRepeatedMessage(&message, field, i));
        }
    }
}

}  // namespace

Findings::Findings(std::string_view probe, Sink sink) : probe_(probe), sink_(std::move(sink)) {}

Findings::~Findings() { flush(); }

v1::Finding& Findings::add(std::string_view source) {
    flush();
    filled_ = true;
    current_.set_probe(probe_);
    current_.set_source(std::string(source));
    *current_.mutable_taken_at() = now();
    return current_;
}

void Findings::gap(const Problem& problem, std::string_view affects) {
    auto& gap = *add(problem.source).mutable_gap();
    gap.set_cause(problem.cause);
    gap.set_detail(problem.detail);
    gap.set_affects(std::string(affects));
}

void Findings::flush() {
    if (!filled_) return;
    filled_ = false;
    make_carriable(current_);
    sink_(current_);
    current_.Clear();
}

}  // namespace preflight::probes
