// The order of a fleet: normalise().
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include <algorithm>
#include <compare>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <tuple>
#include <vector>

#include "readiness/fleet.h"

namespace preflight::readiness {
namespace {

// Maps in order of key: equal messages have equal bytes. `write` fills the room exactly.
template <typename Write>
void serialise(std::span<char> room, Write write) {
    google::protobuf::io::ArrayOutputStream array(room.data(), static_cast<int>(room.size()));
    google::protobuf::io::CodedOutputStream coded(&array);
    coded.SetSerializationDeterministic(true);
    write(coded);
}

void append_bytes(const google::protobuf::Message& message, std::string& bytes) {
    const auto begin = bytes.size();
    bytes.resize(begin + message.ByteSizeLong());
    serialise(std::span(bytes).subspan(begin), [&](google::protobuf::io::CodedOutputStream& coded) {
        message.SerializeWithCachedSizes(&coded);
    });
}

// Of messages whose bytes lie one behind the other.
template <typename Message>
struct Placed {
    Message* message = nullptr;
    std::size_t begin = 0;
    std::size_t end = 0;
};

std::tuple<std::string, bool> rest_of(const FleetNode& node) {
    std::string bytes;
    append_bytes(node.inspection, bytes);
    append_bytes(node.last_heard, bytes);
    return {std::move(bytes), node.unfinished};
}

int kind_of(const v1::Finding& finding) { return finding.what_case(); }
const std::string& kind_of(const v1::ProbeRun& run) { return run.probe(); }

// By kind, then by bytes. `bytes` is room that the caller keeps for the next.
template <typename Messages>
void sort_by_bytes(Messages& messages, std::string& bytes) {
    bytes.clear();
    std::vector<Placed<typename Messages::value_type>> places;
    places.reserve(static_cast<std::size_t>(messages.size()));
    std::size_t end = 0;
    for (auto& message : messages) {
        const auto begin = end;
        end += message.ByteSizeLong();
        places.push_back({&message, begin, end});
    }
    bytes.resize(end);
    serialise(bytes, [&](google::protobuf::io::CodedOutputStream& coded) {
        for (const auto& message : messages) message.SerializeWithCachedSizes(&coded);
    });
    const std::string_view all(bytes);
    std::ranges::sort(places, [all](const auto& one, const auto& other) {
        const auto order = kind_of(*one.message) <=> kind_of(*other.message);
        if (std::is_neq(order)) return std::is_lt(order);
        return all.substr(one.begin, one.end - one.begin) < all.substr(other.begin, other.end - other.begin);
    });
    std::ranges::transform(places, messages.pointer_begin(), [](const auto& place) { return place.message; });
}

}  // namespace

void normalise(Fleet& fleet) {
    fleet.survey.reset();
    std::string bytes;
    std::map<Shape, std::shared_ptr<const Shape>> shapes;
    for (auto& node : fleet.nodes) {
        sort_by_bytes(*node.inspection.mutable_probes(), bytes);
        sort_by_bytes(*node.inspection.mutable_findings(), bytes);
        const auto [known, is_new] = shapes.try_emplace(shape_of(node.inspection));
        if (is_new) known->second = std::make_shared<const Shape>(known->first);
        draw_outline(node, known->second);
    }
    // Names and ids come from nodes, and two may be alike: then the rest decides.
    std::ranges::sort(fleet.nodes, [](const FleetNode& one, const FleetNode& other) {
        const auto& here = one.inspection.node();
        const auto& there = other.inspection.node();
        const auto order = std::tie(here.name(), here.id()) <=> std::tie(there.name(), there.id());
        return std::is_eq(order) ? rest_of(one) < rest_of(other) : std::is_lt(order);
    });
}

}  // namespace preflight::readiness
