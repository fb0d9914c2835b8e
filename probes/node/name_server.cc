#include "probes/node/name_server.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <optional>
#include <random>

#include "probes/node/descriptor.h"

namespace preflight::probes {
namespace {

using Clock = std::chrono::steady_clock;

// RFC 1035, section 4; SRV: RFC 2782; AAAA: RFC 3596.
constexpr std::size_t answer_limit = 4096;
constexpr std::size_t header_bytes = 12;
constexpr std::uint16_t internet = 1;
constexpr std::uint16_t type_a = 1;
constexpr std::uint16_t type_aaaa = 28;
constexpr std::uint16_t type_srv = 33;

void put(std::string& bytes, std::uint16_t number) {
    bytes += static_cast<char>(number >> 8U);
    bytes += static_cast<char>(number & 0xffU);
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// Reads within the message alone; what goes past its end makes it bad.
class Message {
  public:
    explicit Message(std::string_view bytes) : bytes_(bytes) {}

    bool good() const { return good_; }
    std::uint16_t number() {
        const auto two = take(2);
        if (!good_) return 0;
        return static_cast<std::uint16_t>((static_cast<unsigned char>(two[0]) << 8U) |
                                          static_cast<unsigned char>(two[1]));
    }
    std::string_view take(std::size_t length) {
        good_ = good_ && length <= bytes_.size() - at_;
        if (!good_) return {};
        at_ += length;
        return bytes_.substr(at_ - length, length);
    }
    // In lower case, with a dot behind each label. A name may end in what stands further in front.
    std::string name() {
        std::string name;
        std::optional<std::size_t> back;
        for (int jumps = 0; good_;) {
            const auto length = static_cast<unsigned char>(first());
            if (length < 0x40) {
                for (const char c : take(length)) name += lower(c);
                if (length == 0) break;
                name += '.';
                good_ = good_ && name.size() <= 255;
                continue;
            }
            const auto low = static_cast<unsigned char>(first());
            if (!back) back = at_;
            at_ = (length & 0x3fU) << 8U | low;
            good_ = good_ && length >= 0xc0 && ++jumps <= 8 && at_ < bytes_.size();
        }
        if (back) at_ = *back;
        return name;
    }

  private:
    char first() {
        const auto one = take(1);
        return one.empty() ? '\0' : one.front();
    }

    std::string_view bytes_;
    std::size_t at_ = 0;
    bool good_ = true;
};

struct Told {
    std::vector<NamedServer> addresses;  // of the record itself
    std::vector<std::pair<std::string, std::uint32_t>> services;
    std::map<std::string, std::vector<std::string>> by_name;
};

std::string text_of_address(std::uint16_t type, std::string_view data) {
    const bool whole = data.size() == (type == type_a ? 4U : 16U);
    std::array<char, INET6_ADDRSTRLEN> text{};
    const int family = type == type_a ? AF_INET : AF_INET6;
    if (!whole || ::inet_ntop(family, data.data(), text.data(), text.size()) == nullptr) return {};
    return text.data();
}

void take_record(Message& message, Told& told) {
    const auto name = message.name();
    const auto type = message.number();
    message.take(6);  // class and time to live
    const auto length = message.number();
    if (type == type_srv) {
        message.take(4);  // priority and weight
        const auto port = message.number();
        told.services.emplace_back(message.name(), port);
        return;
    }
    const auto data = message.take(length);
    if (type != type_a && type != type_aaaa) return;
    if (auto address = text_of_address(type, data); !address.empty()) {
        told.addresses.push_back({address, 0});
        told.by_name[name].push_back(std::move(address));
    }
}

// RFC 5452, section 9.1: an answer repeats the question as it was sent, but for the case of its letters.
bool repeats(Message& message, std::string_view query) {
    if (query.size() <= header_bytes) return false;
    const auto sent = query.substr(header_bytes);
    return std::ranges::equal(message.take(sent.size()), sent, {}, lower, lower);
}

Problem bad(const NameQuestion& question) {
    return {v1::Gap::MALFORMED, question.record, "what answers is no name server, or answers something else"};
}

Result<Descriptor> connect_to(const std::string& address, std::uint32_t port) {
    addrinfo hints{};
    hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
    hints.ai_socktype = SOCK_DGRAM;
    addrinfo* found = nullptr;
    const int code = ::getaddrinfo(address.c_str(), std::to_string(port).c_str(), &hints, &found);
    const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owned(found, ::freeaddrinfo);
    if (code != 0) return Problem{v1::Gap::FAILED, address, "this is no address of a name server"};
    Descriptor socket(::socket(found->ai_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (socket.get() < 0 || ::connect(socket.get(), found->ai_addr, found->ai_addrlen) != 0)
        return problem_from_errno(errno, address);
    return socket;
}

}  // namespace

std::string name_query(const NameQuestion& question, std::uint16_t id) {
    std::string query;
    constexpr std::uint16_t recursion = 0x0100;
    for (const std::uint16_t number :
         {id, recursion, std::uint16_t{1}, std::uint16_t{0}, std::uint16_t{0}, std::uint16_t{0}}) {
        put(query, number);
    }
    std::string_view rest(question.record);
    if (rest.ends_with('.')) rest.remove_suffix(1);
    if (rest.empty() || rest.size() > 253) return {};
    while (!rest.empty()) {
        const auto label = rest.substr(0, rest.find('.'));
        if (label.empty() || label.size() > 63) return {};
        query += static_cast<char>(label.size());
        query += label;
        rest.remove_prefix(std::min(rest.size(), label.size() + 1));
    }
    query += '\0';
    put(query, question.services ? type_srv : type_a);
    put(query, internet);
    return query;
}

Result<std::vector<NamedServer>> parse_name_answer(std::string_view answer, const NameQuestion& question,
                                                   std::uint16_t id) {
    Message message(answer);
    const auto said_id = message.number();
    const auto flags = message.number();
    std::array<std::uint16_t, 4> counts{};
    for (auto& count : counts) count = message.number();
    if (!message.good() || said_id != id || (flags & 0x8000U) == 0 || counts[0] != 1 ||
        !repeats(message, name_query(question, id)))
        return bad(question);
    if ((flags & 0x0200U) != 0)
        return Problem{v1::Gap::TOO_LARGE, question.record, "the name server's answer does not fit"};
    const auto code = flags & 0xfU;
    if (code != 0 && code != 3)
        return Problem{v1::Gap::REFUSED, question.record,
                       "the name server refuses with code " + std::to_string(code)};
    Told told;
    const auto records = std::size_t{counts[1]} + counts[2] + counts[3];
    for (std::size_t at = 0; at < records && message.good(); ++at) {
        const auto before = told.addresses.size();
        take_record(message, told);
        // Behind the answer itself stand the addresses of its name servers.
        if (at >= counts[1]) told.addresses.resize(before);
    }
    if (!message.good()) return bad(question);
    std::vector<NamedServer> servers;
    if (!question.services) servers = std::move(told.addresses);
    for (const auto& [name, port] : told.services) {
        for (const auto& address : told.by_name[name]) servers.push_back({address, port});
    }
    if (servers.empty())
        return Problem{v1::Gap::ABSENT, question.record, "the name server names no server for it"};
    return servers;
}

Result<std::vector<NamedServer>> ask_name_server(const Node& node, const std::string& address,
                                                 std::uint32_t port, const NameQuestion& question,
                                                 Clock::time_point until) {
    const auto id = static_cast<std::uint16_t>(std::random_device()());
    const auto query = name_query(question, id);
    if (query.empty()) return malformed(question.record, "this is no name");
    const auto socket = connect_to(address, port);
    if (!socket) return socket.error();
    ++node.tally()->connections;
    if (::send(socket->get(), query.data(), query.size(), MSG_NOSIGNAL) < 0)
        return problem_from_errno(errno, address);
    pollfd entry{socket->get(), POLLIN, 0};
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now()).count();
    if (left <= 0 || ::poll(&entry, 1, static_cast<int>(left)) <= 0)
        return Problem{v1::Gap::TIMED_OUT, question.record, "the name server did not answer"};
    std::array<char, answer_limit> bytes{};
    const auto length = ::recv(socket->get(), bytes.data(), bytes.size(), 0);
    if (length < 0) return problem_from_errno(errno, address);
    return parse_name_answer({bytes.data(), static_cast<std::size_t>(length)}, question, id);
}

}  // namespace preflight::probes
