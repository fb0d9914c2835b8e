#include "agent/text.h"

#include <fmt/format.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/text_format.h>
#include <google/protobuf/util/json_util.h>

#include <stdexcept>
#include <vector>

#include "model/clock.h"

namespace preflight::agent {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

std::string words(std::string_view name) {
    std::string text(name);
    for (auto& character : text) {
        if (character == '_') character = ' ';
    }
    return text;
}

// Text that came from a node, made safe to show: no control characters, so that it forges neither lines nor
// colours.
std::string plain(std::string text) {
    for (auto& character : text) {
        const auto byte = static_cast<unsigned char>(character);
        if (byte < 0x20 || byte == 0x7f) character = '?';
    }
    return text;
}

std::string fields_of(const Message& message);

std::string scalar(const Message& message, const FieldDescriptor& field, int index) {
    const auto& reflection = *message.GetReflection();
    const bool many = field.is_repeated();
    switch (field.cpp_type()) {
        case FieldDescriptor::CPPTYPE_STRING: {
            std::string scratch;
            return plain(many ? reflection.GetRepeatedString(message, &field, index)
                              : reflection.GetString(message, &field));
        }
        case FieldDescriptor::CPPTYPE_BOOL:
            return "yes";  // only what is set is printed
        case FieldDescriptor::CPPTYPE_MESSAGE: {
            const auto& inner = many ? reflection.GetRepeatedMessage(message, &field, index)
                                     : reflection.GetMessage(message, &field);
            if (const auto* time = dynamic_cast<const google::protobuf::Timestamp*>(&inner))
                return to_iso8601(*time);
            return "(" + fields_of(inner) + ")";
        }
        default: {  // numbers, and names of enumerators
            std::string text;
            google::protobuf::TextFormat::PrintFieldValueToString(message, &field, many ? index : -1, &text);
            return text;
        }
    }
}

// "purpose main, host 10.0.0.5, port 5432": the fields that are set, in the order of the contract.
std::string fields_of(const Message& message) {
    std::vector<const FieldDescriptor*> set;
    message.GetReflection()->ListFields(message, &set);
    std::string text;
    for (const auto* field : set) {
        if (!text.empty()) text += ", ";
        text += words(field->name()) + " ";
        if (!field->is_repeated()) {
            text += scalar(message, *field, 0);
            continue;
        }
        const int count = message.GetReflection()->FieldSize(message, field);
        for (int i = 0; i < count; ++i) text += (i == 0 ? "" : " ") + scalar(message, *field, i);
    }
    return text;
}

std::string line_of(const v1::Finding& finding) {
    const auto* what = v1::Finding::descriptor()->FindFieldByNumber(finding.what_case());
    if (what == nullptr) return "  (of a newer agent)\n";
    if (finding.has_gap()) {
        const auto& gap = finding.gap();
        const auto affects = gap.affects().empty() ? "" : fmt::format("; unknown: {}", plain(gap.affects()));
        return fmt::format("  GAP {}: {}: {}{}\n", words(v1::Gap::Cause_Name(gap.cause())),
                           plain(finding.source()), plain(gap.detail()), affects);
    }
    const auto& inner = finding.GetReflection()->GetMessage(finding, what);
    return fmt::format("  {}: {}  [{}]\n", words(what->name()), fields_of(inner), plain(finding.source()));
}

std::uint64_t in_megabytes(std::uint64_t bytes) { return bytes / 1'000'000; }

// What all of it cost the node.
std::string line_of(const v1::Receipt& receipt) {
    return fmt::format(
        "\nTook {:.1f} s, {:.1f} s of processor time and up to {} MB of memory; read {} MB, {} MB of it from "
        "disk; {} connections; {} statements in {:.1f} s{}\n",
        static_cast<double>(receipt.milliseconds()) / 1000,
        static_cast<double>(receipt.cpu_milliseconds()) / 1000, in_megabytes(receipt.peak_memory_bytes()),
        in_megabytes(receipt.bytes_read()), in_megabytes(receipt.bytes_from_disk()), receipt.connections(),
        receipt.statements(), static_cast<double>(receipt.statement_milliseconds()) / 1000,
        receipt.incomplete() ? "; more than that, for not every probe could tell" : "");
}

}  // namespace

std::string to_text(const v1::BackupProof& proof) {
    return fmt::format("{}: {} of {} MB read, {}", plain(proof.path()), in_megabytes(proof.bytes_read()),
                       in_megabytes(proof.size_bytes()), words(v1::BackupProof::Rung_Name(proof.rung())));
}

std::string to_text(const v1::Inspection& inspection) {
    auto text = fmt::format("Node {} ({}), inspected {}, agent {}\n", plain(inspection.node().name()),
                            plain(inspection.node().id()), to_iso8601(inspection.started_at()),
                            inspection.agent_version());
    for (const auto& run : inspection.probes()) {
        text +=
            fmt::format("\n{}: {}, {} findings in {} ms\n", run.probe(),
                        words(v1::ProbeRun::Outcome_Name(run.outcome())), run.findings(), run.milliseconds());
        for (const auto& finding : inspection.findings()) {
            if (finding.probe() == run.probe()) text += line_of(finding);
        }
    }
    for (const auto& finding : inspection.findings()) {
        if (finding.has_receipt()) text += line_of(finding.receipt());
    }
    return text;
}

std::string to_json(const v1::Inspection& inspection) {
    google::protobuf::util::JsonPrintOptions options;
    options.add_whitespace = true;
    std::string text;
    const auto status = google::protobuf::util::MessageToJsonString(inspection, &text, options);
    if (!status.ok()) throw std::logic_error("an inspection cannot be printed as JSON: " + status.ToString());
    return text + "\n";
}

}  // namespace preflight::agent
