#include "tests/readiness/render/report_builder.h"

#include <google/protobuf/message.h>
#include <google/protobuf/text_format.h>

#include <stdexcept>

namespace preflight::readiness {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// One of everything that the message can hold, and every text in it is `text`.
void fill(Message& message, const std::string& text) {
    const auto& reflection = *message.GetReflection();
    for (int i = 0; i < message.GetDescriptor()->field_count(); ++i) {
        const auto* field = message.GetDescriptor()->field(i);
        if (field->cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
            if (field->is_repeated()) {
                reflection.AddString(&message, field, text);
            } else {
                reflection.SetString(&message, field, text);
            }
        } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
            fill(field->is_repeated() ? *reflection.AddMessage(&message, field)
                                      : *reflection.MutableMessage(&message, field),
                 text);
        }
    }
}

}  // namespace

v1::Report report_of(const std::string& text) {
    v1::Report report;
    if (!google::protobuf::TextFormat::ParseFromString(text, &report)) {
        throw std::invalid_argument("the test's report is no text format");
    }
    return report;
}

v1::Report report_full_of(const std::string& text) {
    v1::Report report;
    report.set_from_version(text);
    report.set_target_version(text);
    report.add_path()->set_version(text);
    for (const auto level :
         {v1::BLOCKER, v1::UNKNOWN, v1::WARNING, v1::NOTE, v1::READY, v1::NOT_APPLICABLE}) {
        auto& verdict = *report.add_verdicts();
        verdict.set_check(text);
        verdict.set_level(level);
        verdict.set_title(text);
        verdict.set_summary(text);
        verdict.add_nodes(text);
        verdict.set_consequence(text);
        verdict.set_remedy(text);
        verdict.add_commands()->add_argv(text);
        verdict.mutable_verify()->add_argv(text);
        verdict.add_links(text);
        auto& evidence = *verdict.add_evidence();
        evidence.set_node(text);
        evidence.set_source(text);
        evidence.set_what(text);
    }
    auto& node = *report.add_nodes();
    node.set_name(text);
    node.add_roles(text);
    node.set_version(text);
    node.set_operating_system(text);
    auto& endpoint = *report.add_endpoints();
    endpoint.set_kind(text);
    endpoint.set_address(text);
    endpoint.add_purposes(text);
    endpoint.add_used_by(text);
    endpoint.set_answered_by(text);
    fill(*report.mutable_plan(), text);
    fill(*report.mutable_way_back(), text);
    fill(*report.mutable_support(), text);
    fill(*report.mutable_architecture(), text);
    fill(*report.add_acceptances(), text);
    report.add_acceptances()->set_id(text);
    report.mutable_acceptances(1)->set_state(v1::AcceptanceUse::IN_FORCE);
    report.mutable_acceptances(1)->set_detail(text);
    auto& accepted = *report.add_verdicts();
    accepted = report.verdicts(0);
    accepted.set_waived_by(text);
    report.set_tool_version(text);
    report.set_knowledge_version(text);
    report.set_knowledge_horizon(text);
    return report;
}

}  // namespace preflight::readiness
