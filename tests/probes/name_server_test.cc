#include "probes/node/name_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <thread>

#include "probes/node/descriptor.h"
#include "tests/probes/fault_server.h"
#include "tests/probes/postgres_look.h"

namespace preflight::probes {
namespace {

using namespace std::string_literals;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::uint16_t id = 0x1234;
const NameQuestion addresses{"replica.db.example", false};
const NameQuestion services{"replica.db.example", true};

std::string two(std::size_t number) {
    return {static_cast<char>(number >> 8U), static_cast<char>(number & 0xffU)};
}

// RFC 1035, 4.1: the question repeated, then records; `flags` after the mark of an answer.
std::string answer_to(const std::string& query, std::size_t flags, std::size_t answers,
                      std::size_t additional, const std::string& records) {
    return query.substr(0, 2) + two(0x8000U | flags) + two(1) + two(answers) + two(0) + two(additional) +
           query.substr(12) + records;
}
// Named like the question, to which 0xc00c points back.
std::string record(std::size_t type, const std::string& data, const std::string& name = "\xc0\x0c") {
    return name + two(type) + two(1) + std::string(4, '\0') + two(data.size()) + data;
}
const std::string first = record(1, "\x0a\x08\x00\x14"s);
const std::string second = record(1, "\x0a\x08\x00\x15"s);
const std::string db1 =
    "\x03"
    "db1\x04"
    "node\x00"s;
const std::string service = record(33, two(1) + two(1) + two(5433) + db1);
const std::string its_address = record(1, "\x0a\x08\x00\x16"s, db1);

std::vector<std::string> texts(const Result<std::vector<NamedServer>>& servers) {
    std::vector<std::string> texts;
    if (!servers) return {v1::Gap::Cause_Name(servers.error().cause)};
    for (const auto& server : *servers) texts.push_back(server.address + " " + std::to_string(server.port));
    return texts;
}

TEST(NameServer, IsAskedForARecordAsItIsWritten) {
    EXPECT_EQ(name_query(addresses, id),
              "\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00"
              "\x07replica\x02"
              "db\x07"
              "example\x00\x00\x01\x00\x01"s);
    EXPECT_EQ(name_query(services, id).substr(32), "\x00\x21\x00\x01"s);
    EXPECT_EQ(name_query({"a..b"}, id), "");
    EXPECT_EQ(name_query({std::string(64, 'a')}, id), "");
    EXPECT_EQ(name_query({""}, id), "");
}

TEST(NameServer, TellsAddresses) {
    const auto answer = answer_to(name_query(addresses, id), 0, 2, 0, first + second);
    EXPECT_THAT(texts(parse_name_answer(answer, addresses, id)), ElementsAre("10.8.0.20 0", "10.8.0.21 0"));
}

TEST(NameServer, TellsPortsWithTheAddressesThatComeAlong) {
    const auto answer = answer_to(name_query(services, id), 0, 1, 1, service + its_address);
    EXPECT_THAT(texts(parse_name_answer(answer, services, id)), ElementsAre("10.8.0.22 5433"));
    const auto alone = answer_to(name_query(services, id), 0, 1, 0, service);
    EXPECT_THAT(texts(parse_name_answer(alone, services, id)), ElementsAre("ABSENT"));
}

TEST(NameServer, MayKnowNothing) {
    const auto query = name_query(addresses, id);
    const auto said = [&](std::size_t flags, std::size_t answers, const std::string& records) {
        return texts(parse_name_answer(answer_to(query, flags, answers, 0, records), addresses, id));
    };
    EXPECT_THAT(said(3, 0, ""), ElementsAre("ABSENT"));
    EXPECT_THAT(said(0, 0, ""), ElementsAre("ABSENT"));
    EXPECT_THAT(said(5, 0, ""), ElementsAre("REFUSED"));
    EXPECT_THAT(said(0x0200, 1, first), ElementsAre("TOO_LARGE"));
}

TEST(NameServer, IsNotBelievedWhereItAnswersNonsense) {
    const auto query = name_query(addresses, id);
    const auto whole = answer_to(query, 0, 2, 0, first + second);
    for (std::size_t length = 0; length < whole.size(); ++length) {
        EXPECT_THAT(texts(parse_name_answer(whole.substr(0, length), addresses, id)),
                    ElementsAre("MALFORMED"))
            << length;
    }
    EXPECT_THAT(texts(parse_name_answer(whole, addresses, id + 1)), ElementsAre("MALFORMED"));
    EXPECT_THAT(texts(parse_name_answer(query, addresses, id)), ElementsAre("MALFORMED")) << "no answer";
    // A name that points at itself: its place is behind the header and the question.
    const auto at = query.size();
    const auto loop = record(1, "\x0a\x08\x00\x14"s, two(0xc000U | at));
    EXPECT_THAT(texts(parse_name_answer(answer_to(query, 0, 1, 0, loop), addresses, id)),
                ElementsAre("MALFORMED"));
    const auto data_too_short = record(1, "\x0a\x08"s);
    EXPECT_THAT(texts(parse_name_answer(answer_to(query, 0, 1, 0, data_too_short), addresses, id)),
                ElementsAre("ABSENT"));
}

TEST(NameServer, IsNotBelievedWhereItAnswersAnotherQuestion) {
    const auto said = [](const std::string& query) {
        return texts(parse_name_answer(answer_to(query, 0, 1, 0, first), addresses, id));
    };
    EXPECT_THAT(said(name_query({"Replica.DB.example."}, id)), ElementsAre("10.8.0.20 0"));
    EXPECT_THAT(said(name_query({"replica.db.example.net"}, id)), ElementsAre("MALFORMED"));
    EXPECT_THAT(said(name_query({"primary.db.example"}, id)), ElementsAre("MALFORMED"));
    EXPECT_THAT(said(name_query(services, id)), ElementsAre("MALFORMED")) << "another type";
    auto query = name_query(addresses, id);
    query.back() = '\x03';
    EXPECT_THAT(said(query), ElementsAre("MALFORMED")) << "another class";
    query = name_query(addresses, id);
    query[20] = '.';  // where the length of "db" was: the text of the name is the same, the name is not
    query[12] = '\x0a';
    EXPECT_THAT(said(query), ElementsAre("MALFORMED")) << "other labels";
    const auto refusal = answer_to(name_query(services, id), 5, 0, 0, "");
    EXPECT_THAT(texts(parse_name_answer(refusal, addresses, id)), ElementsAre("MALFORMED"));
    EXPECT_THAT(texts(parse_name_answer(answer_to(query, 0, 1, 0, first), {"a..b"}, id)),
                ElementsAre("MALFORMED"));
}

// Answers one question over UDP on loopback with these records.
class OneAnswer {
  public:
    OneAnswer(std::size_t answers, std::string records)
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
        thread_ = std::thread([this, answers, records = std::move(records)] {
            std::string query(512, '\0');
            sockaddr_in who{};
            socklen_t size = sizeof who;
            const auto got = ::recvfrom(socket_.get(), query.data(), query.size(), 0,
                                        reinterpret_cast<sockaddr*>(&who), &size);
            if (got < 0) return;
            query.resize(static_cast<std::size_t>(got));
            const auto answer = answer_to(query, 0, answers, 0, records);
            ::sendto(socket_.get(), answer.data(), answer.size(), 0, reinterpret_cast<sockaddr*>(&who), size);
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
    const OneAnswer names(1, record(1, "\x7f\x00\x00\x01"s));
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
    std::string records;
    for (char last = 2; last <= 18; ++last) records += record(1, "\x7f\x00\x00"s + last);
    const OneAnswer names(17, records);
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
    const OneAnswer nothing(0, "");
    configure(tree_, with_discovery(server.port(), nothing.port()));
    EXPECT_THAT(look(), Contains(gap(v1::Gap::ABSENT, "replica.db.example")));
}

}  // namespace
}  // namespace preflight::probes
