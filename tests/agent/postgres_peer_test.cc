// The postgres probe as the agent runs it, before a server that asks the kernel who comes by its socket.
#include <pwd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

#include "agent/privileges.h"
#include "preflight/v1/inspection.pb.h"
#include "tests/probes/postgres_look.h"

namespace preflight::agent {
namespace {

using probes::NodeTree;
using probes::PostgresServer;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Property;

bool root() { return ::geteuid() == 0; }

// Started by root it belongs to the account postgres, whose psql comes as root as well. For the rest the
// names must be the same, as the package has it.
const PostgresServer::Options by_peer{.hba = "local all all peer map=gitlab\n",
                                      .ident = "gitlab postgres root\ngitlab /^(.*)$ \\1\n"};

// The socket as the tree shows it: something that is no file, and its owner's.
void show_socket(NodeTree& tree, const PostgresServer& server, const char* owner = "postgres") {
    const auto path = server.socket_directory() + "/.s.PGSQL." + std::to_string(server.port());
    tree.directory(server.socket_directory()).fifo(path);
    const auto* account = ::getpwnam(owner);
    ASSERT_NE(account, nullptr);
    if (root()) {
        ASSERT_EQ(::chown((tree.root().string() + path).c_str(), account->pw_uid, account->pw_gid), 0);
    }
}

// In a process of its own, which gives up what it has for the rights of the probe's row.
v1::Inspection look_as_the_agent(const NodeTree& tree) {
    const TemporaryFolder folder;
    std::ofstream to(folder / "found");
    const auto child = ::fork();
    if (child == 0) {
        v1::Inspection said;
        const auto node = tree.node(probes::Machine::live);
        if (drop_to(probes::postgres.needs, node)) {
            probes::Findings out("postgres", [&](const v1::Finding& one) { *said.add_findings() = one; });
            probes::postgres.look(node, {}, out);
        }
        said.SerializeToOstream(&to);
        to.flush();
        ::_exit(0);
    }
    ::waitpid(child, nullptr, 0);
    v1::Inspection found;
    std::ifstream from(folder / "found");
    EXPECT_TRUE(found.ParseFromIstream(&from));
    return found;
}

const auto reached = Property(&v1::Finding::reach, Property(&v1::Reach::reached, true));
const auto failed = Property(&v1::Finding::reach,
                             Property(&v1::Reach::failed_at, ::testing::Ne(v1::Reach::LAYER_UNSPECIFIED)));
const auto superuser_sees_all =
    Property(&v1::Finding::postgres_instance,
             ::testing::AllOf(Property(&v1::PostgresInstance::version, HasSubstr("15.")),
                              Property(&v1::PostgresInstance::denied, ::testing::IsEmpty())));

TEST(PostgresByPeer, LetsInTheOwnerOfASocketThatWasMoved) {
    const PostgresServer server(by_peer);
    if (root()) server.run("CREATE ROLE postgres SUPERUSER LOGIN");
    NodeTree tree;
    probes::configure(tree, probes::by_socket(server));
    show_socket(tree, server);
    const auto found = look_as_the_agent(tree);
    EXPECT_THAT(found.findings(), Contains(reached));
    EXPECT_THAT(found.findings(), Contains(superuser_sees_all));
}

// A node of Geo's tracking database: nothing else says where its socket is.
TEST(PostgresByPeer, LetsInTheOwnerOfTheTrackingDatabasesSocket) {
    const PostgresServer server(by_peer);
    if (root()) server.run("CREATE ROLE postgres SUPERUSER LOGIN");
    NodeTree tree;
    tree.file("/opt/gitlab/etc/gitlab-geo-psql-rc",
              fmt::format("psql_user='gitlab-psql'\npsql_host='{}'\npsql_port='{}'\n"
                          "psql_dbname='gitlabhq_production'\n",
                          server.socket_directory(), server.port()));
    show_socket(tree, server);
    const auto found = look_as_the_agent(tree);
    EXPECT_THAT(found.findings(), Contains(reached));
    EXPECT_THAT(found.findings(), Contains(superuser_sees_all));
}

// GitLab's own services may well get in: nothing is said against the server.
TEST(PostgresByPeer, RefusesAnAccountWithoutARoleWhichIsAGapAndNoFailure) {
    if (!root()) return;  // the fixture's own account has a role always
    const PostgresServer server(by_peer);
    NodeTree tree;
    probes::configure(tree, probes::by_socket(server));
    show_socket(tree, server);
    const auto found = look_as_the_agent(tree);
    EXPECT_THAT(found.findings(), ElementsAre(probes::gap(v1::Gap::DENIED)));
    EXPECT_THAT(found.findings(0).gap().detail(), HasSubstr("does not let in the account postgres"));
}

TEST(PostgresByPeer, IsClosedToTheAgentWhereTheSocketIsRoots) {
    if (!root()) return;
    const PostgresServer server(by_peer);
    NodeTree tree;
    probes::configure(tree, probes::by_socket(server));
    show_socket(tree, server, "root");
    const auto found = look_as_the_agent(tree);
    EXPECT_THAT(found.findings(), ElementsAre(probes::gap(v1::Gap::DENIED)));
    EXPECT_THAT(found.findings(), Not(Contains(failed)));
}

}  // namespace
}  // namespace preflight::agent
