#include "tests/integration/live_machine.h"

#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include <array>
#include <filesystem>

namespace preflight {
namespace {

constexpr std::array<std::string_view, 5> shared_folders{"usr", "proc", "dev", "sys", "tmp"};
constexpr std::string_view program_path = "/gitlab-preflight-agent";

// root, the agent's file, user, and the agent's words.
constexpr std::string_view script = R"(
set -e
root=$1 program=$2 user=$3
shift 3
for folder in usr proc dev sys tmp; do mount --rbind "/$folder" "$root/$folder"; done
mount --bind "$program" "$root/gitlab-preflight-agent"
exec chroot --userspec="$user" --groups= "$root" /gitlab-preflight-agent "$@"
)";

}  // namespace

LiveMachine::LiveMachine(std::string program) : program_(std::move(program)) {
    for (const auto folder : shared_folders) tree_.directory(folder);
    for (const std::string folder : {"bin", "sbin", "lib", "lib64"})
        tree_.link("/" + folder, "usr/" + folder);
    tree_.file(program_path, "");
    tree_.file("/etc/passwd", "root:x:0:0::/root:/bin/sh\nnobody:x:65534:65534::/:/bin/false\n");
    tree_.file("/etc/group", "root:x:0:\nnogroup:x:65534:\n");
    tree_.file("/etc/nsswitch.conf", "hosts: files dns\n");
    tree_.file("/etc/hosts", "127.0.0.1 localhost\n");
    tree_.file("/etc/hostname", "live-1\n");
    std::filesystem::permissions(tree_.root(), std::filesystem::perms{0755});
}

std::vector<std::string> LiveMachine::agent(const std::vector<std::string>& words,
                                            std::string_view user) const {
    std::vector<std::string> argv{"/usr/bin/unshare", "--mount", "--propagation", "private", "/bin/sh", "-c"};
    argv.insert(argv.end(), {std::string(script), "sh", tree_.root().string(), program_, std::string(user)});
    argv.insert(argv.end(), words.begin(), words.end());
    return argv;
}

v1::Inspection LiveMachine::inspect(const std::vector<std::string>& words, std::string_view user) const {
    std::vector<std::string> all{"inspect", "--format", "json"};
    all.insert(all.end(), words.begin(), words.end());
    const auto ended = run_program(agent(all, user));
    v1::Inspection inspection;
    EXPECT_EQ(ended.status, 0) << ended.error;
    EXPECT_TRUE(google::protobuf::util::JsonStringToMessage(ended.output, &inspection).ok()) << ended.error;
    EXPECT_TRUE(inspection.live());
    EXPECT_EQ(ended.error, "");
    EXPECT_THAT(ended.output, ::testing::Not(::testing::HasSubstr("CANARY")));
    return inspection;
}

}  // namespace preflight
