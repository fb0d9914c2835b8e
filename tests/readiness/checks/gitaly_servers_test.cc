#include "readiness/checks/gitaly_servers.h"

#include "tests/readiness/losses.h"

namespace preflight::readiness {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

using Names = std::vector<std::string>;

constexpr std::string_view storage = "storages { name: 'default' readable: true writeable: true } ";

std::string reach() {
    return "findings { probe: 'gitaly' reach { kind: 'gitaly' address: '10.20.0.41:8075' reached: true } } ";
}

std::string status(std::string_view more) {
    return reach() +
           "findings { probe: 'gitaly' gitaly_status { address: '10.20.0.41:8075' uses: 'rails default' " +
           with_others(more, {{"health", "'SERVING'"}, {"server_version", "'19.2.4'"}}) + " } } ";
}

std::string declared() {
    return "findings { probe: 'endpoints' gitaly_endpoint { storage: 'default' address: "
           "'tcp://10.20.0.41:8075' } } ";
}

FleetNode web(const std::string& findings) {
    return node("web1", installed("19.2.4") + roles("RAILS") + ran({"gitaly"}) + declared() + findings);
}

std::vector<v1::Verdict> of(std::string_view more) {
    return judged(gitaly_servers, fleet_of({web(status(more))}));
}

std::string serves(std::string_view mark) {
    return roles("GITALY") + ran({"gitaly"}) +
           "findings { probe: 'gitaly' gitaly_status { address: '/run/g' health: 'SERVING' server_version: "
           "'19.2.4' storages { name: 'default' readable: true writeable: true } } } "
           "findings { probe: 'endpoints' gitaly_server { storages { name: 'default' path: '/srv/git' "
           "filesystem_id: '" +
           std::string(mark) + "' } } } " + installed("19.2.4");
}

TEST(GitalyServers, AreReadyWhereEachServesItsStorages) {
    EXPECT_THAT(of(storage), ElementsAre(says(v1::READY, "serving")));
    // What is declared is for the check of the endpoints.
    expect_no_loss_is_green(gitaly_servers, fleet_of({web(status(storage))}), [](const v1::Finding& finding) {
        return states(finding) && !finding.has_gitaly_endpoint();
    });
}

TEST(GitalyServers, BlockOneThatDoesNotServe) {
    EXPECT_THAT(of("health: 'NOT_SERVING' " + std::string(storage)),
                ElementsAre(says(v1::BLOCKER, "not_serving")));
}

TEST(GitalyServers, BlockAnotherVersionThanIsInstalled) {
    EXPECT_THAT(of("server_version: '19.1.2' " + std::string(storage)),
                ElementsAre(says(v1::BLOCKER, "other_version")));
}

TEST(GitalyServers, BlockAStorageThatCannotBeUsed) {
    EXPECT_THAT(of("storages { name: 'default' readable: true }"),
                ElementsAre(says(v1::BLOCKER, "storage_unusable")));
}

TEST(GitalyServers, BlockAStorageThatNobodyServes) {
    EXPECT_THAT(of("storages { name: 'other' readable: true writeable: true }"),
                UnorderedElementsAre(says(v1::BLOCKER, "not_served"), says(v1::READY, "serving")));
}

// A copied directory keeps its mark: which of the two it is nobody can tell from outside.
TEST(GitalyServers, WarnOfOneMarkOnTwoNodes) {
    const auto twins = judged(gitaly_servers, fleet_of({node("a", serves("m1")), node("b", serves("m1"))}));
    EXPECT_THAT(twins, UnorderedElementsAre(AllOf(says(v1::WARNING, "shared_disk"), on(Names{"a", "b"})),
                                            says(v1::READY, "serving")));
    EXPECT_THAT(judged(gitaly_servers, fleet_of({node("a", serves("m1")), node("b", serves("m2"))})),
                ElementsAre(says(v1::READY, "serving")));
}

TEST(GitalyServers, WarnOfOneMarkUnderTwoNames) {
    const auto told = [](std::string_view name, std::string_view more) {
        return "storages { readable: true writeable: true name: '" + std::string(name) + "' " +
               std::string(more) + " } ";
    };
    const auto of_default = told("default", "filesystem_id: 'm1' available_bytes: 4 used_bytes: 6");
    const auto twice = of(of_default + told("other", "filesystem_id: 'm1' available_bytes: 4 used_bytes: 6"));
    EXPECT_THAT(twice, UnorderedElementsAre(AllOf(says(v1::WARNING, "two_names"), on(Names{"web1"})),
                                            says(v1::READY, "serving")));
    EXPECT_EQ(twice[0].evidence(1).what(), "other at 10.20.0.41:8075 has the mark m1");
    // Two storages of one disk have marks of their own.
    EXPECT_THAT(of(of_default + told("other", "filesystem_id: 'm2' available_bytes: 4 used_bytes: 6")),
                ElementsAre(says(v1::READY, "serving")));
    // A Praefect tells the mark by the name of the virtual storage, the space by the storage's own.
    const auto behind = told("gitaly-1", "available_bytes: 4 used_bytes: 6");
    const auto gitaly = node("g1", serves("m1"));
    EXPECT_THAT(judged(gitaly_servers,
                       fleet_of({gitaly, web(status(told("default", "filesystem_id: 'm1'") + behind))})),
                ElementsAre(says(v1::READY, "serving")));
    // Two nodes that ask one server tell the same.
    auto second = web(status(of_default));
    second.inspection.mutable_node()->set_name("web2");
    EXPECT_THAT(judged(gitaly_servers, fleet_of({gitaly, web(status(of_default)), second})),
                ElementsAre(says(v1::READY, "serving")));
}

TEST(GitalyServers, NoteWhoWasNotAskedWhereTheNodeItselfReports) {
    constexpr std::string_view unasked = "server_version: '' note: 'not asked for its version'";
    const auto gitaly = node("gitaly1", installed("17.9.2") + roles("GITALY") + ran({"gitaly"}) +
                                            "findings { probe: 'system' host { addresses: '10.20.0.41' } } "
                                            "findings { probe: 'endpoints' gitaly_server { storages { name: "
                                            "'default' path: '/srv/git' } } } "
                                            "findings { probe: 'gitaly' gitaly_status { address: '/run/g' "
                                            "health: 'SERVING' note: 'not asked' } } ");
    EXPECT_THAT(judged(gitaly_servers, fleet_of({gitaly, web(status(unasked))})),
                ElementsAre(says(v1::NOTE, "not_asked")));
    EXPECT_THAT(of(unasked), ElementsAre(says(v1::UNKNOWN, "version_unseen")));
    EXPECT_THAT(of("server_version: 'nonsense' " + std::string(storage)),
                ElementsAre(says(v1::UNKNOWN, "version_unseen")));
}

TEST(GitalyServers, AreUnknownWhereTheyDidNotAnswer) {
    EXPECT_THAT(judged(gitaly_servers, fleet_of({web("")})), ElementsAre(says(v1::UNKNOWN, "unseen")));
    EXPECT_THAT(judged(gitaly_servers, fleet_of({web(reach())})), ElementsAre(says(v1::UNKNOWN, "unseen")));
    EXPECT_THAT(judged(gitaly_servers, fleet_of({silent_node("web1")})),
                ElementsAre(says(v1::UNKNOWN, "unseen")));
    EXPECT_THAT(judged(gitaly_servers, Fleet{}), ElementsAre(says(v1::UNKNOWN, "unseen")));
}

TEST(GitalyServers, DoNotApplyWhereNobodyUsesThem) {
    EXPECT_THAT(judged(gitaly_servers, fleet_of({node("db1", roles("POSTGRESQL"))})),
                ElementsAre(says(v1::NOT_APPLICABLE, "unused")));
}

}  // namespace
}  // namespace preflight::readiness
