#include "probes/node/name_server.h"

#include <ares.h>
#include <arpa/inet.h>
#include <poll.h>

#include <algorithm>
#include <array>
#include <list>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

namespace preflight::probes {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

// RFC 1035, section 3.2; SRV: RFC 2782.
constexpr int internet = 1;
enum class RecordType { a = 1, srv = 33 };

struct Reply {
    int status = ARES_ETIMEOUT;
    std::string bytes;
};

// Of one name server: UDP with room for 4096 bytes (a query without such room gets but three servers of
// Consul's), and TCP where that is too little.
class Asking {
  public:
    Asking(const std::string& address, std::uint32_t port, Clock::time_point until) : until_(until) {
        ares_options options{};
        options.flags = ARES_FLAG_NOSEARCH | ARES_FLAG_NOALIASES | ARES_FLAG_EDNS | ARES_FLAG_NOCHECKRESP;
        options.ednspsz = 4096;
        options.tries = 1;
        options.timeout = static_cast<int>(std::max<std::int64_t>(left().count(), 1));
        constexpr int given =
            ARES_OPT_FLAGS | ARES_OPT_EDNSPSZ | ARES_OPT_TRIES | ARES_OPT_TIMEOUTMS | ARES_OPT_SERVERS;
        ares_channel channel = nullptr;
        if (::ares_init_options(&channel, &options, given) != ARES_SUCCESS) return;
        channel_.reset(channel);
        const bool numbers = address.find(':') == std::string::npos;
        const auto server = (numbers ? address : "[" + address + "]") + ":" + std::to_string(port);
        if (::ares_set_servers_ports_csv(channel, server.c_str()) != ARES_SUCCESS) channel_.reset();
    }

    bool ready() const { return channel_ != nullptr; }

    // Told once wait() came back.
    const Reply& ask(const std::string& name, RecordType type) {
        auto& reply = replies_.emplace_back();
        ::ares_query(channel_.get(), name.c_str(), internet, static_cast<int>(type), take, &reply);
        return reply;
    }

    void wait() {
        while (left() > milliseconds(0)) {
            std::array<ares_socket_t, ARES_GETSOCK_MAXNUM> sockets{};
            const auto wanted =
                ::ares_getsock(channel_.get(), sockets.data(), static_cast<int>(sockets.size()));
            if (wanted == 0) return;
            poll_once(sockets, static_cast<unsigned>(wanted));
        }
        ::ares_cancel(channel_.get());
    }

  private:
    milliseconds left() const { return std::chrono::ceil<milliseconds>(until_ - Clock::now()); }

    void poll_once(const std::array<ares_socket_t, ARES_GETSOCK_MAXNUM>& sockets, unsigned wanted) {
        std::vector<pollfd> entries;
        for (unsigned at = 0; at < sockets.size(); ++at) {
            const bool reads = ARES_GETSOCK_READABLE(wanted, at) != 0;
            const bool writes = ARES_GETSOCK_WRITABLE(wanted, at) != 0;
            if (reads || writes)
                entries.push_back(
                    {sockets[at], static_cast<short>((reads ? POLLIN : 0) | (writes ? POLLOUT : 0)), 0});
        }
        ::poll(entries.data(), entries.size(), static_cast<int>(std::max<std::int64_t>(left().count(), 0)));
        for (const auto& entry : entries) {
            if (entry.revents == 0) continue;
            ::ares_process_fd(channel_.get(), (entry.revents & ~POLLOUT) != 0 ? entry.fd : ARES_SOCKET_BAD,
                              (entry.revents & POLLOUT) != 0 ? entry.fd : ARES_SOCKET_BAD);
        }
        ::ares_process_fd(channel_.get(), ARES_SOCKET_BAD, ARES_SOCKET_BAD);  // what came too late
    }

    static void take(void* reply, int status, int /*timeouts*/, unsigned char* bytes, int length) {
        auto& taken = *static_cast<Reply*>(reply);
        taken.status = status;
        if (bytes != nullptr)
            taken.bytes.assign(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(length));
    }

    struct Destroy {
        void operator()(ares_channel channel) const { ::ares_destroy(channel); }
    };

    Clock::time_point until_;
    std::list<Reply> replies_;  // outlives the channel, which tells each
    std::unique_ptr<std::remove_pointer_t<ares_channel>, Destroy> channel_;
};

Problem problem_of(int status, const std::string& record) {
    switch (status) {
        case ARES_ENODATA:
        case ARES_ENOTFOUND:
            return {v1::Gap::ABSENT, record, "the name server names no server for it"};
        case ARES_ETIMEOUT:
        case ARES_ECANCELLED:
            return {v1::Gap::TIMED_OUT, record, "the name server did not answer"};
        case ARES_ECONNREFUSED:
            return {v1::Gap::REFUSED, record, "no name server answers there"};
        case ARES_EFORMERR:
        case ARES_ESERVFAIL:
        case ARES_ENOTIMP:
        case ARES_EREFUSED:
            return {v1::Gap::REFUSED, record,
                    std::string("the name server refuses: ") + ::ares_strerror(status)};
        case ARES_EBADNAME:
            return malformed(record, "this is no name");
        case ARES_EBADRESP:
            return malformed(record, "what answers is no name server");
        default:
            return {v1::Gap::FAILED, record, ::ares_strerror(status)};
    }
}

const unsigned char* bytes_of(const Reply& reply) {
    return reinterpret_cast<const unsigned char*>(reply.bytes.data());
}

Result<std::vector<std::string>> addresses_in(const Reply& reply, const std::string& record) {
    if (reply.status != ARES_SUCCESS) return problem_of(reply.status, record);
    std::array<ares_addrttl, 1024> found{};  // more than an answer over UDP has room for
    int count = found.size();
    const int status = ::ares_parse_a_reply(bytes_of(reply), static_cast<int>(reply.bytes.size()), nullptr,
                                            found.data(), &count);
    if (status != ARES_SUCCESS) return problem_of(status, record);
    std::vector<std::string> addresses;
    for (int at = 0; at < count; ++at) {
        std::array<char, INET_ADDRSTRLEN> text{};
        ::inet_ntop(AF_INET, &found.at(static_cast<std::size_t>(at)).ipaddr, text.data(), text.size());
        addresses.emplace_back(text.data());
    }
    return addresses;
}

struct Service {
    std::string host;
    std::uint32_t port = 0;
};

Result<std::vector<Service>> services_in(const Reply& reply, const std::string& record) {
    if (reply.status != ARES_SUCCESS) return problem_of(reply.status, record);
    ares_srv_reply* first = nullptr;
    const int status = ::ares_parse_srv_reply(bytes_of(reply), static_cast<int>(reply.bytes.size()), &first);
    const std::unique_ptr<ares_srv_reply, decltype(&::ares_free_data)> owned(first, ::ares_free_data);
    if (status != ARES_SUCCESS) return problem_of(status, record);
    std::vector<Service> services;
    for (const auto* one = first; one != nullptr; one = one->next) services.push_back({one->host, one->port});
    return services;
}

// Those past the limit are not told, but counted.
void tell(NamedServers& told, const NameQuestion& question, NamedServer server) {
    if (told.servers.size() < question.limit) {
        told.servers.push_back(std::move(server));
    } else {
        ++told.untold;
    }
}

Result<NamedServers> ask_for_services(Asking& asking, const NameQuestion& question) {
    const auto& listed = asking.ask(question.record, RecordType::srv);
    asking.wait();
    const auto services = services_in(listed, question.record);
    if (!services) return services.error();
    NamedServers told;
    std::optional<Problem> unanswered;
    std::vector<std::pair<const Service*, const Reply*>> replies;
    for (const auto& service : *services) {
        if (replies.size() == question.limit) {
            ++told.untold;
        } else {
            replies.emplace_back(&service, &asking.ask(service.host, RecordType::a));
        }
    }
    asking.wait();
    for (const auto& [service, reply] : replies) {
        const auto addresses = addresses_in(*reply, question.record);
        if (!addresses) {
            ++told.untold;
            // That one has none says less than that it is not known.
            if (!unanswered || unanswered->cause == v1::Gap::ABSENT) unanswered = addresses.error();
            continue;
        }
        for (const auto& address : *addresses) tell(told, question, {address, service->port});
    }
    if (told.servers.empty() && unanswered) return *unanswered;
    return told;
}

}  // namespace

Result<NamedServers> ask_name_server(const Node& node, const std::string& address, std::uint32_t port,
                                     const NameQuestion& question, Clock::time_point until) {
    if (question.record.find('\0') != std::string::npos) return problem_of(ARES_EBADNAME, question.record);
    Asking asking(address, port, until);
    if (!asking.ready())
        return Problem{v1::Gap::FAILED, address, "no name server can be asked at this address"};
    ++node.tally()->connections;
    if (question.services) return ask_for_services(asking, question);
    const auto& reply = asking.ask(question.record, RecordType::a);
    asking.wait();
    const auto addresses = addresses_in(reply, question.record);
    if (!addresses) return addresses.error();
    NamedServers told;
    for (const auto& one : *addresses) tell(told, question, {one, 0});
    return told;
}

}  // namespace preflight::probes
