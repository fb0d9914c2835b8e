#include "probes/node/name_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <functional>
#include <thread>

#include "probes/node/descriptor.h"
#include "tests/probes/fault_server.h"
#include "tests/probes/postgres_look.h"
#include "tests/probes/real_dnsmasq.h"

namespace preflight::probes {
namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

const NameQuestion addresses{"replica.db.example", false};
const NameQuestion services{"replica.db.example", true};

Result<NamedServers> ask(std::uint32_t port, const NameQuestion& question,
                         std::chrono::milliseconds patience = 20s, const std::string& address = "127.0.0.1") {
    const NodeTree tree;
    return ask_name_server(tree.node(Machine::live), address, port, question,
                           std::chrono::steady_clock::now() + patience);
}

std::vector<std::string> texts(const Result<NamedServers>& told) {
    std::vector<std::string> texts;
    if (!told) return {v1::Gap::Cause_Name(told.error().cause)};
    for (const auto& server : told->servers)
        texts.push_back(server.address + " " + std::to_string(server.port));
    if (told->untold > 0) texts.push_back(std::to_string(told->untold) + " untold");
    return texts;
}

std::vector<std::string> many_addresses(int count) {
    std::vector<std::string> records;
    for (int at = 0; at < count; ++at)
        records.push_back(fmt::format("host-record=replica.db.example,10.8.{}.{}", at / 200, at % 200 + 1));
    return records;
}

TEST(NameServer, TellsAddresses) {
    const RealDnsmasq names(
        {"host-record=replica.db.example,10.8.0.20", "host-record=replica.db.example,10.8.0.21"});
    EXPECT_THAT(texts(ask(names.port(), addresses)), UnorderedElementsAre("10.8.0.20 0", "10.8.0.21 0"));
    EXPECT_THAT(texts(ask(names.port(), {"Replica.DB.example."})),
                UnorderedElementsAre("10.8.0.20 0", "10.8.0.21 0"));
}

TEST(NameServer, TellsPortsWithTheAddressesOfTheirHosts) {
    const RealDnsmasq names({"srv-host=replica.db.example,db1.example,5433",
                             "srv-host=replica.db.example,db2.example,5434",
                             "srv-host=replica.db.example,away.example,5435",
                             "host-record=db1.example,10.8.0.22", "host-record=db2.example,10.8.0.23"});
    EXPECT_THAT(texts(ask(names.port(), services)),
                UnorderedElementsAre("10.8.0.22 5433", "10.8.0.23 5434", "1 untold"))
        << "one of the hosts has no address";
    EXPECT_THAT(texts(ask(names.port(), {"replica.db.example", true, 1})), Contains("2 untold"));
}

TEST(NameServer, TellsAsManyAsWantedAndHowManyMoreThereAre) {
    const RealDnsmasq names(many_addresses(40));
    const auto told = ask(names.port(), addresses);
    ASSERT_TRUE(told);
    EXPECT_EQ(told->servers.size(), 16u);
    EXPECT_EQ(told->untold, 24u) << "more than an answer of 512 bytes holds";
}

TEST(NameServer, IsAskedOverTcpWhereADatagramIsTooSmall) {
    const RealDnsmasq names(many_addresses(600));
    const auto told = ask(names.port(), addresses);
    ASSERT_TRUE(told);
    EXPECT_EQ(told->servers.size() + told->untold, 600u);
}

TEST(NameServer, MayKnowNothing) {
    const RealDnsmasq names(
        {"srv-host=replica.db.example,away.example,5433", "txt-record=replica.db.example,x"});
    EXPECT_THAT(texts(ask(names.port(), addresses)), ElementsAre("ABSENT")) << "of this type";
    EXPECT_THAT(texts(ask(names.port(), {"other.example"})), ElementsAre("ABSENT"));
    EXPECT_THAT(texts(ask(names.port(), {"elsewhere.test"})), ElementsAre("REFUSED"));
    EXPECT_THAT(texts(ask(names.port(), services)), ElementsAre("ABSENT")) << "its one host has no address";
}

TEST(NameServer, IsNotAskedForWhatIsNoName) {
    const RealDnsmasq names({});
    EXPECT_THAT(texts(ask(names.port(), {"a..b"})), ElementsAre("MALFORMED"));
    EXPECT_THAT(texts(ask(names.port(), {"replica.db.example\0x"s})), ElementsAre("MALFORMED"));
    EXPECT_THAT(texts(ask(names.port(), {std::string(64, 'a')})), ElementsAre("MALFORMED"));
    EXPECT_THAT(texts(ask(names.port(), addresses, 20s, "no address")), ElementsAre("FAILED"));
}

// RFC 1035, 4.1
std::string two(std::size_t number) {
    return {static_cast<char>(number >> 8U), static_cast<char>(number & 0xffU)};
}
// A query without what stands behind its question, which begins at byte 12.
std::string question_of(const std::string& query) { return query.substr(12, query.find('\0', 12) + 5 - 12); }
// The question repeated, then records that are said to be so many.
std::string answer_to(const std::string& query, std::size_t count, const std::string& records) {
    return query.substr(0, 2) + two(0x8000) + two(1) + two(count) + two(0) + two(0) + question_of(query) +
           records;
}
std::string address_record(const std::string& data) {
    return "\xc0\x0c"s + two(1) + two(1) + std::string(4, '\0') + two(data.size()) + data;
}
const std::string record = address_record("\x0a\x08\x00\x14"s);

// Answers one question over UDP on loopback as it is told to.
class OneAnswer {
  public:
    explicit OneAnswer(std::function<std::string(std::string)> answer)
        : socket_(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in own{};
        own.sin_family = AF_INET;
        own.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t length = sizeof own;
        EXPECT_EQ(::bind(socket_.get(), reinterpret_cast<sockaddr*>(&own), sizeof own), 0);
        EXPECT_EQ(::getsockname(socket_.get(), reinterpret_cast<sockaddr*>(&own), &length), 0);
        port_ = ntohs(own.sin_port);
        const timeval limit{30, 0};
        ::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
        thread_ = std::thread([this, answer = std::move(answer)] {
            std::string query(512, '\0');
            sockaddr_in who{};
            socklen_t size = sizeof who;
            const auto got = ::recvfrom(socket_.get(), query.data(), query.size(), 0,
                                        reinterpret_cast<sockaddr*>(&who), &size);
            if (got < 0) return;
            query.resize(static_cast<std::size_t>(got));
            const auto said = answer(query);
            ::sendto(socket_.get(), said.data(), said.size(), 0, reinterpret_cast<sockaddr*>(&who), size);
        });
    }
    OneAnswer(const OneAnswer&) = delete;
    OneAnswer& operator=(const OneAnswer&) = delete;
    ~OneAnswer() { thread_.join(); }

    std::uint32_t port() const { return port_; }

  private:
    Descriptor socket_;
    std::uint32_t port_ = 0;
    std::thread thread_;
};

std::vector<std::string> said_by(const std::function<std::string(std::string)>& answer) {
    const OneAnswer server(answer);
    return texts(ask(server.port(), addresses, 500ms));
}

TEST(NameServer, IsNotBelievedWhereItAnswersNonsense) {
    EXPECT_THAT(said_by([](const auto& query) { return answer_to(query, 1, record); }),
                ElementsAre("10.8.0.20 0"));
    EXPECT_THAT(said_by([](const auto& query) { return answer_to(query, 2, record); }),
                ElementsAre("MALFORMED"));
    EXPECT_THAT(said_by([](const auto& query) { return answer_to(query, 1, record.substr(0, 14)); }),
                ElementsAre("MALFORMED"));
    // Behind the header and the question: a name that points at itself.
    EXPECT_THAT(said_by([](const auto& query) {
                    const auto at = 12 + question_of(query).size();
                    return answer_to(query, 1, two(0xc000U | at) + record.substr(2));
                }),
                ElementsAre("MALFORMED"));
    EXPECT_THAT(said_by([](const auto& query) { return answer_to(query, 1, address_record("\x0a")); }),
                ElementsAre("ABSENT"))
        << "no address is that short";
}

TEST(NameServer, IsNotBelievedWhereItAnswersAnotherQuestion) {
    const auto changed = [](std::size_t at) {
        return said_by([at](auto query) {
            query[at] = static_cast<char>(query[at] ^ 1);
            return answer_to(query, 1, record);
        });
    };
    EXPECT_THAT(changed(0), ElementsAre("TIMED_OUT")) << "another number";
    EXPECT_THAT(changed(13), ElementsAre("TIMED_OUT")) << "another name";
    EXPECT_THAT(said_by([](const auto&) { return "HTTP/1.1 400 Bad Request\r\n\r\n"s; }),
                ElementsAre("TIMED_OUT"));
    EXPECT_THAT(said_by([](const auto&) { return ""s; }), ElementsAre("TIMED_OUT"));
}

TEST(NameServer, MayBeAway) {
    EXPECT_THAT(texts(ask(FaultServer::free_port(), addresses)), ElementsAre("REFUSED"));
    EXPECT_THAT(texts(ask(FaultServer::free_port(), addresses, -1s)), ElementsAre("TIMED_OUT"));
}

using DiscoveredReplicas = PostgresProbe;

std::vector<std::string> with_discovery(std::uint32_t server, std::uint32_t names) {
    auto lines = by_network(server);
    lines[0] = "host: localhost";
    lines.push_back(
        fmt::format("load_balancing: {{discover: {{record: replica.db.example, nameserver: "
                    "127.0.0.1, port: {}}}}}",
                    names));
    return lines;
}

std::vector<std::string> reached_in(const std::vector<v1::Finding>& found) {
    std::vector<std::string> texts;
    for (const auto& finding : found) {
        if (finding.has_reach() && finding.reach().reached())
            texts.push_back(finding.reach().address() + " " + finding.reach().uses(0));
    }
    return texts;
}

TEST_F(DiscoveredReplicas, AreAskedLikeThoseThatAreListed) {
    const PostgresServer server;
    server.run(role);
    const RealDnsmasq names({"host-record=replica.db.example,127.0.0.1"});
    configure(tree_, with_discovery(server.port(), names.port()));
    const auto found = look();
    EXPECT_THAT(reached_in(found),
                ElementsAre(fmt::format("localhost:{} rails main", server.port()),
                            fmt::format("127.0.0.1:{} rails main replica", server.port())));
    EXPECT_THAT(bytes_of(found), Not(HasSubstr("CANARY")));
}

TEST_F(DiscoveredReplicas, AreAGapWhereThereAreMoreThanAreAsked) {
    const PostgresServer server;
    server.run(role);
    std::vector<std::string> records;
    for (int last = 2; last <= 18; ++last)
        records.push_back(fmt::format("host-record=replica.db.example,127.0.0.{}", last));
    const RealDnsmasq names(records);
    configure(tree_, with_discovery(server.port(), names.port()));
    const auto found = look();
    const auto asked = std::ranges::count_if(found, [](const v1::Finding& finding) {
        return finding.has_reach() && finding.reach().uses(0) == "rails main replica";
    });
    EXPECT_EQ(asked, 16);
    EXPECT_THAT(found, Contains(gap(v1::Gap::DROPPED, "replica.db.example")));
}

TEST_F(DiscoveredReplicas, AreAGapWhereNobodyTellsThem) {
    const PostgresServer server;
    server.run(role);
    configure(tree_, with_discovery(server.port(), FaultServer::free_port()));
    const auto found = look();
    EXPECT_THAT(reached_in(found), ElementsAre(fmt::format("localhost:{} rails main", server.port())));
    EXPECT_THAT(bytes_of(found), HasSubstr("the replicas of rails main that a name server tells"));
    const RealDnsmasq nothing({});
    configure(tree_, with_discovery(server.port(), nothing.port()));
    EXPECT_THAT(look(), Contains(gap(v1::Gap::ABSENT, "replica.db.example")));
}

}  // namespace
}  // namespace preflight::probes
