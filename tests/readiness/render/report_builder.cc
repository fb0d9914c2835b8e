#include "tests/readiness/render/report_builder.h"

#include <google/protobuf/text_format.h>

#include <stdexcept>

namespace preflight::readiness {

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
    report.set_tool_version(text);
    report.set_knowledge_version(text);
    report.set_knowledge_horizon(text);
    return report;
}

}  // namespace preflight::readiness
