#include <google/protobuf/util/json_util.h>
#include <google/protobuf/util/time_util.h>

#include <memory>
#include <stdexcept>

#include "model/utf8.h"
#include "readiness/render/render.h"

namespace preflight::readiness {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using google::protobuf::Timestamp;
using google::protobuf::util::TimeUtil;

constexpr std::int32_t nanos_limit = 1'000'000'000;

bool is_writable(const Timestamp& timestamp) {
    return timestamp.seconds() >= TimeUtil::kTimestampMinSeconds &&
           timestamp.seconds() <= TimeUtil::kTimestampMaxSeconds && timestamp.nanos() >= 0 &&
           timestamp.nanos() < nanos_limit;
}

void make_writable(Message& message);

void make_string_writable(Message& message, const Reflection& reflection, const FieldDescriptor& field) {
    // An optional text that is empty says nothing.
    if (field.has_optional_keyword() && reflection.GetString(message, &field).empty())
        return reflection.ClearField(&message, &field);
    if (!field.is_repeated()) {
        reflection.SetString(&message, &field, valid_utf8(reflection.GetString(message, &field)));
        return;
    }
    for (int i = 0; i < reflection.FieldSize(message, &field); ++i) {
        auto text = valid_utf8(reflection.GetRepeatedString(message, &field, i));
        reflection.SetRepeatedString(&message, &field, i, std::move(text));
    }
}

void make_message_writable(Message& message, const Reflection& reflection, const FieldDescriptor& field) {
    if (field.is_repeated()) {
        for (int i = 0; i < reflection.FieldSize(message, &field); ++i) {
            make_writable(*reflection.MutableRepeatedMessage(&message, &field, i));
        }
        return;
    }
    auto& inner = *reflection.MutableMessage(&message, &field);
    const auto* timestamp = dynamic_cast<const Timestamp*>(&inner);
    if (timestamp != nullptr && !is_writable(*timestamp)) return reflection.ClearField(&message, &field);
    make_writable(inner);
}

// A node may send text that is no UTF-8 and times that are none. The JSON writer refuses the whole report for
// one such field, so the text is mended and the time left out, as a time that is not known.
void make_writable(Message& message) {
    const auto& reflection = *message.GetReflection();
    std::vector<const FieldDescriptor*> fields;
    reflection.ListFields(message, &fields);
    for (const auto* field : fields) {
        if (field->cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
            make_string_writable(message, reflection, *field);
        } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
            make_message_writable(message, reflection, *field);
        }
    }
}

// Of a message that is the caller's own, and mended here.
std::string written(Message& message) {
    make_writable(message);
    google::protobuf::util::JsonPrintOptions options;
    options.add_whitespace = true;
    options.always_print_primitive_fields = true;  // an empty list is an answer too
    std::string json;
    const auto status = google::protobuf::util::MessageToJsonString(message, &json, options);
    if (!status.ok()) throw std::logic_error("the message has no JSON form: " + status.ToString());
    if (!json.ends_with('\n')) json += '\n';
    return json;
}

}  // namespace

std::string render_json(const v1::Report& report) {
    v1::Report copy = report;
    copy.set_schema(v1::Report::descriptor()->full_name());
    return written(copy);
}

std::string json_of(const Message& message) {
    const std::unique_ptr<Message> copy(message.New());
    copy->CopyFrom(message);
    return written(*copy);
}

}  // namespace preflight::readiness
