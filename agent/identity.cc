#include "agent/identity.h"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <unistd.h>

#include <array>
#include <limits>

#include "probes/node/node.h"

namespace preflight::agent {
namespace {

constexpr std::size_t name_limit = 253;  // of a DNS name

std::string first_word(const Result<std::string>& text) {
    if (!text) return {};
    const auto begin = text->find_first_not_of(" \t\r\n");
    if (begin == std::string::npos) return {};
    return text->substr(begin, text->find_first_of(" \t\r\n", begin) - begin).substr(0, name_limit);
}

// 32 hexadecimal digits that tell nothing of what they are made of.
std::string digest(std::string_view kind, std::string_view text) {
    const auto salted = fmt::format("gitlab-preflight node {} {}", kind, text);
    std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
    unsigned length = 0;
    EVP_Digest(salted.data(), salted.size(), bytes.data(), &length, EVP_sha256(), nullptr);
    std::string hex;
    for (std::size_t i = 0; i < 16; ++i) hex += fmt::format("{:02x}", bytes[i]);
    return hex;
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
    const auto machine = node ? first_word(node->read_file("/etc/machine-id", 4096)) : std::string();
    // A trailing slash leaves an empty file name: the folder before it is meant.
    const auto folder_name = folder.has_filename() ? folder.filename() : folder.parent_path().filename();
    identity.set_name(!name.empty() ? name : folder_name.string());
    if (!machine.empty()) {
        identity.set_id(digest("machine", machine));
    } else if (!name.empty()) {
        identity.set_id(digest("name", name));
    } else {
        identity.set_id(digest("folder", folder.string()));
    }
    return identity;
}

}  // namespace preflight::agent
