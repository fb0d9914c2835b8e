#include "agent/identity.h"

#include <unistd.h>

#include <array>

#include "probes/host.h"
#include "probes/node/node.h"

namespace preflight::agent {
namespace {

constexpr std::size_t name_limit = 253;  // of a DNS name

std::string first_word(const Result<std::string>& text) {
    if (!text) return {};
    const auto begin = text->find_first_not_of(" \t\r\n");
    if (begin == std::string::npos) return {};
    return text->substr(begin, text->find_first_of(" \t\r\n", begin) - begin);
}

// As it may stand in messages, logs and reports: visible ASCII, the rest shown as '?', not longer than a DNS
// name.
std::string safe_name(std::string name) {
    for (auto& character : name) {
        if (character <= ' ' || character > '~') character = '?';
    }
    return name.substr(0, name_limit);
}

// 32 hexadecimal digits that tell nothing of what they are made of; for a machine id the beginning of
// Host.machine_digest.
std::string digest(std::string_view text) { return probes::machine_digest(text).substr(0, 32); }

// Empty where there is none: systemd writes "uninitialized" before the first boot.
std::string machine_id(const probes::Node& node) {
    const auto id = first_word(node.read_file("/etc/machine-id", 4096));
    const bool valid = id.size() == 32 && id.find_first_not_of("0123456789abcdefABCDEF") == std::string::npos;
    return valid ? id : std::string();
}

std::string host_name(const probes::Node& node) {
    if (node.live()) {
        std::array<char, name_limit + 1> name{};
        if (::gethostname(name.data(), name_limit) == 0 && name[0] != '\0') return name.data();
    }
    return first_word(node.read_file("/etc/hostname", 4096));
}

}  // namespace

v1::Node identify(const std::filesystem::path& root) {
    v1::Node identity;
    const auto folder = std::filesystem::absolute(root).lexically_normal();
    const auto node = probes::Node::open(root);
    const auto name = node ? host_name(*node) : std::string();
    const auto machine = node ? machine_id(*node) : std::string();
    // A trailing slash leaves an empty file name: the folder before it is meant.
    const auto folder_name = folder.has_filename() ? folder.filename() : folder.parent_path().filename();
    identity.set_name(safe_name(!name.empty() ? name : folder_name.string()));
    if (identity.name().empty()) identity.set_name("unnamed");
    if (!machine.empty()) {
        // Clones of one machine share its id: the name keeps them apart.
        identity.set_id(digest(machine + " " + name));
    } else if (!name.empty()) {
        identity.set_id(digest("host name " + name));
    } else {
        identity.set_id(digest("folder " + folder.string()));
    }
    return identity;
}

}  // namespace preflight::agent
