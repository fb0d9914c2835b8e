#include "readiness/verdict.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "readiness/age.h"

namespace preflight::readiness {
namespace {

// Bytes that are in no UTF-8, so that no text from a node holds them.
constexpr char opens = '\xf8';
constexpr char closes = '\xf9';

// As it is shown, and without what passes; that is empty where nothing does.
struct Marked {
    std::string shown;
    std::string lasting;
};

Marked unmarked(std::string text) {
    if (text.find(opens) == std::string::npos) return {std::move(text), {}};
    Marked parts;
    parts.shown.reserve(text.size());
    parts.lasting.reserve(text.size());
    bool passes = false;
    for (const char byte : text) {
        if (byte == opens) parts.lasting += "(measured)";
        if (byte == opens || byte == closes) {
            passes = byte == opens;
            continue;
        }
        parts.shown += byte;
        if (!passes) parts.lasting += byte;
    }
    return parts;
}

void set_what(v1::Evidence& evidence, std::string_view what) {
    auto parts = unmarked(clipped(what));
    evidence.set_what(std::move(parts.shown));
    // Mostly nothing passes, and an empty text that is set takes memory.
    if (!parts.lasting.empty()) evidence.set_lasting(std::move(parts.lasting));
}

// Of the node that about() named last.
v1::Evidence& add_evidence(v1::Verdict& verdict) {
    auto& evidence = *verdict.add_evidence();
    evidence.set_node(*verdict.nodes().rbegin());
    return evidence;
}

}  // namespace

std::string passing(std::string_view measured) { return opens + std::string(measured) + closes; }

v1::Verdict verdict(v1::Level level, std::string_view key, std::string_view summary) {
    v1::Verdict made;
    made.set_level(level);
    made.set_key(std::string(key));
    auto parts = unmarked(clipped(summary, 1000));
    made.set_summary(std::move(parts.shown));
    made.set_lasting(std::move(parts.lasting));
    return made;
}

void about(v1::Verdict& verdict, const FleetNode& node) {
    // Mostly one node's things come one behind the other; what is left judge() settles.
    auto name = node_name(node);
    if (verdict.nodes().empty() || *verdict.nodes().rbegin() != name) verdict.add_nodes(std::move(name));
}

void about(v1::Verdict& verdict, const FleetNode& node, const v1::Finding& finding, std::string_view what) {
    about(verdict, node);
    auto& evidence = add_evidence(verdict);
    evidence.set_source(clipped(finding.source()));
    if (sensible(finding.taken_at())) *evidence.mutable_taken_at() = finding.taken_at();
    set_what(evidence, what);
}

void about_unseen(v1::Verdict& verdict, const FleetNode& node, std::string_view probe) {
    const auto gaps = gaps_of(node, probe);
    for (const auto* gap : gaps) {
        about(verdict, node, *gap, gap->gap().detail().empty() ? "could not be seen" : gap->gap().detail());
    }
    if (!gaps.empty()) return;
    about(verdict, node);
    add_evidence(verdict).set_what(inspected(node) ? "the probe " + std::string(probe) + " said nothing of it"
                                                   : "no inspection of this node has finished");
}

void about_inspection(v1::Verdict& verdict, const FleetNode& node, std::string_view what) {
    about(verdict, node);
    auto& evidence = add_evidence(verdict);
    evidence.set_source("inspection");
    const auto& ended = node.inspection.finished_at();
    if (sensible(ended)) *evidence.mutable_taken_at() = ended;
    set_what(evidence, what);
}

void keep(std::vector<v1::Verdict>& verdicts, v1::Verdict verdict) {
    if (!verdict.nodes().empty()) verdicts.push_back(std::move(verdict));
}

std::string clipped(std::string_view text, std::size_t limit_bytes) {
    if (text.size() <= limit_bytes) return std::string(text);
    auto end = limit_bytes;
    // Bytes 10xxxxxx continue a UTF-8 character: go back to where it starts.
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
    return std::string(text.substr(0, end)) + "…";
}

std::string counted(std::size_t count, std::string_view noun) {
    return std::to_string(count) + " " + std::string(noun) + (count == 1 ? "" : "s");
}

std::string listed(const std::vector<std::string>& words) {
    std::string text;
    for (const auto& word : words) {
        if (!text.empty()) text += ", ";
        text += word;
    }
    return text;
}

std::string listed_first(const std::vector<std::string>& words, std::size_t limit) {
    if (words.size() <= limit) return listed(words);
    const std::vector<std::string> first(words.begin(), words.begin() + static_cast<std::ptrdiff_t>(limit));
    return listed(first) + " and " + std::to_string(words.size() - limit) + " more";
}

std::string size_text(std::uint64_t bytes) {
    constexpr std::array units{"B", "KiB", "MiB", "GiB", "TiB"};
    constexpr double step = 1024;
    auto amount = static_cast<double>(bytes);
    std::size_t unit = 0;
    for (; amount >= step && unit + 1 < units.size(); ++unit) amount /= step;
    return unit == 0 ? fmt::format("{} B", bytes) : fmt::format("{:.1f} {}", amount, units[unit]);
}

}  // namespace preflight::readiness
