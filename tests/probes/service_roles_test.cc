#include "probes/service_roles.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace preflight::probes {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(ServiceRoles, TellsEachKindOfNode) {
    EXPECT_THAT(roles_of({"puma", "gitlab-workhorse", "nginx"}), ElementsAre(v1::NodeRoles::RAILS));
    EXPECT_THAT(roles_of({"gitaly"}), ElementsAre(v1::NodeRoles::GITALY));
    EXPECT_THAT(roles_of({"redis", "sentinel"}), ElementsAre(v1::NodeRoles::REDIS, v1::NodeRoles::SENTINEL));
    EXPECT_THAT(roles_of({"gitlab-kas", "gitlab-pages", "registry"}),
                ElementsAre(v1::NodeRoles::REGISTRY, v1::NodeRoles::PAGES, v1::NodeRoles::KAS));
}

TEST(ServiceRoles, KnowsThatPatroniRunsPostgresql) {
    EXPECT_THAT(roles_of({"patroni", "consul"}),
                ElementsAre(v1::NodeRoles::POSTGRESQL, v1::NodeRoles::PATRONI, v1::NodeRoles::CONSUL));
}

TEST(ServiceRoles, MakesNoMonitoringNodeOfExporters) {
    EXPECT_THAT(roles_of({"node-exporter", "redis-exporter", "logrotate"}), IsEmpty());
    EXPECT_THAT(roles_of({"alertmanager"}), ElementsAre(v1::NodeRoles::MONITORING));
}

}  // namespace
}  // namespace preflight::probes
