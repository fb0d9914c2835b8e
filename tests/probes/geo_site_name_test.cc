#include "probes/geo_site_name.h"

#include "tests/probes/node_tree.h"

namespace preflight::probes {
namespace {

std::string name_in(std::string_view yml) {
    NodeTree tree;
    tree.file("/var/opt/gitlab/gitlab-rails/etc/gitlab.yml", yml);
    const auto read = read_gitlab_yml(tree.node());
    EXPECT_TRUE(read.has_value());
    return read ? own_site_name(*read) : std::string();
}

TEST(GeoSiteName, IsTheConfiguredOne) {
    EXPECT_EQ(name_in("production:\n  geo: {node_name: London}\n  gitlab: {host: gitlab.example}\n"),
              "London");
}

TEST(GeoSiteName, IsElseTheUrlOfTheInstance) {
    EXPECT_EQ(name_in("production:\n  geo: {node_name: }\n  gitlab: {host: gitlab.example, port: 443, https: "
                      "true}\n"),
              "https://gitlab.example");
    EXPECT_EQ(name_in("production:\n  gitlab: {host: gitlab.example, port: 8080, relative_url_root: /git}\n"),
              "http://gitlab.example:8080/git");
    EXPECT_EQ(name_in("production: {}\n"), "");
}

TEST(GeoSiteName, IsTheSameWithASlashAtItsEnd) {
    EXPECT_TRUE(is_same_site("https://gitlab.example/", "https://gitlab.example"));
    EXPECT_FALSE(is_same_site("London", "london"));
    EXPECT_FALSE(is_same_site("", ""));
}

TEST(GeoSiteName, IsShownWithoutUserInformation) {
    EXPECT_EQ(shown_site_name("https://me:CANARY@gitlab.example/"), "https://gitlab.example/");
    EXPECT_EQ(shown_site_name("New\nYork"), "New?York");
    EXPECT_EQ(shown_site_name("password=CANARY"), "");
}

}  // namespace
}  // namespace preflight::probes
