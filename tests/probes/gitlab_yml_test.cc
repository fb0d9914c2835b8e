#include "probes/gitlab_yml.h"

#include "probes/yaml.h"
#include "tests/probes/node_tree.h"

namespace preflight::probes {
namespace {

const std::string package_file = "/var/opt/gitlab/gitlab-rails/etc/gitlab.yml";

std::string host_in(const NodeTree& tree) {
    const auto yml = read_gitlab_yml(tree.node());
    return yml ? text_of(member(member(yml->production, "gitlab"), "host")) : "none";
}

TEST(GitlabYml, IsTheProductionSection) {
    NodeTree tree;
    tree.file(package_file,
              "production: &base\n  gitlab:\n    host: git.mill.example\n\n"
              "test:\n  <<: *base\n  gitlab:\n    host: localhost\n");
    EXPECT_EQ(host_in(tree), "git.mill.example");
    EXPECT_EQ(read_gitlab_yml(tree.node())->path, package_file);
}

TEST(GitlabYml, IsFoundInContainersAndSelfCompiledInstallations) {
    NodeTree container;
    container.file("/srv/gitlab/config/gitlab.yml", "production: {gitlab: {host: pod.mill.example}}\n");
    EXPECT_EQ(host_in(container), "pod.mill.example");
    NodeTree compiled;
    compiled.file("/home/git/gitlab/config/gitlab.yml", "production: {gitlab: {host: old.mill.example}}\n");
    EXPECT_EQ(host_in(compiled), "old.mill.example");
}

TEST(GitlabYml, IsThePackagesAloneWhereThereIsThePackage) {
    NodeTree tree;
    tree.directory("/opt/gitlab")
        .file("/srv/gitlab/config/gitlab.yml", "production: {gitlab: {host: volume}}\n");
    EXPECT_EQ(read_gitlab_yml(tree.node()).error().cause, v1::Gap::ABSENT);
}

TEST(GitlabYml, RefusesAnotherKindOfFile) {
    for (const auto* text : {"", "production:\n", "production: [1]\n", "development: {}\n", "just text\n"}) {
        NodeTree tree;
        tree.file(package_file, text);
        EXPECT_EQ(read_gitlab_yml(tree.node()).error().cause, v1::Gap::MALFORMED) << text;
    }
    EXPECT_EQ(read_gitlab_yml(NodeTree().node()).error().cause, v1::Gap::ABSENT);
}

}  // namespace
}  // namespace preflight::probes
