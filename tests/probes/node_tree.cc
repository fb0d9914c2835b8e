#include "tests/probes/node_tree.h"

#include <fcntl.h>
#include <google/protobuf/text_format.h>
#include <google/protobuf/util/message_differencer.h>
#include <sys/stat.h>

#include <fstream>

namespace preflight::probes {

using google::protobuf::util::MessageDifferencer;

std::filesystem::path NodeTree::at(std::string_view path) const {
    const auto relative = std::filesystem::path(path).relative_path();
    std::filesystem::create_directories((root_ / relative).parent_path());
    return root_ / relative;
}

NodeTree& NodeTree::file(std::string_view path, std::string_view content, unsigned mode) {
    std::ofstream(at(path), std::ios::binary) << content;
    ::chmod(at(path).c_str(), mode);
    return *this;
}

NodeTree& NodeTree::directory(std::string_view path) {
    std::filesystem::create_directories(at(path));
    return *this;
}

NodeTree& NodeTree::link(std::string_view path, std::string_view target) {
    std::filesystem::create_symlink(target, at(path));
    return *this;
}

NodeTree& NodeTree::fifo(std::string_view path) {
    ::mkfifo(at(path).c_str(), 0644);
    return *this;
}

NodeTree& NodeTree::modified(std::string_view path, TimePoint when) {
    const auto seconds = std::chrono::system_clock::to_time_t(when);
    const timespec times[2] = {{seconds, 0}, {seconds, 0}};
    ::utimensat(AT_FDCWD, at(path).c_str(), times, AT_SYMLINK_NOFOLLOW);
    return *this;
}

Node NodeTree::node(Machine machine) const { return std::move(Node::open(root_, machine).value()); }

std::vector<v1::Finding> NodeTree::look(const Probe& probe, Machine machine, const Asked& asked) const {
    std::vector<v1::Finding> found;
    {
        Findings out(probe.name, [&](const v1::Finding& finding) { found.push_back(finding); });
        probe.look(node(machine), asked, out);
    }
    return found;
}

namespace {

// Only what was found, without where and when.
v1::Finding bare(v1::Finding finding) {
    finding.clear_probe();
    finding.clear_source();
    finding.clear_taken_at();
    return finding;
}

}  // namespace

::testing::Matcher<const v1::Finding&> finding(std::string_view text) {
    v1::Finding expected;
    if (!google::protobuf::TextFormat::ParseFromString(std::string(text), &expected)) {
        throw std::logic_error("not a Finding: " + std::string(text));
    }
    return ::testing::Truly(
        [expected](const v1::Finding& actual) { return MessageDifferencer::Equals(bare(actual), expected); });
}

::testing::Matcher<const v1::Finding&> gap(v1::Gap::Cause cause) {
    return ::testing::Truly(
        [cause](const v1::Finding& actual) { return actual.has_gap() && actual.gap().cause() == cause; });
}

::testing::Matcher<const v1::Finding&> gap(v1::Gap::Cause cause, std::string_view source) {
    return ::testing::Truly([cause, source = std::string(source)](const v1::Finding& actual) {
        return actual.has_gap() && actual.gap().cause() == cause && actual.source() == source;
    });
}

std::string bytes_of(const std::vector<v1::Finding>& findings) {
    std::string bytes;
    for (const auto& finding : findings) bytes += finding.SerializeAsString();
    return bytes;
}

}  // namespace preflight::probes
