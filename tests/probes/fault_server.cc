#include "tests/probes/fault_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <array>
#include <stdexcept>

namespace preflight::probes {
namespace {

using Clock = std::chrono::steady_clock;

struct Listener {
    Descriptor socket;
    std::uint32_t port = 0;
};

Listener listen_on_loopback() {
    Listener listener{Descriptor(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0))};
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    if (::bind(listener.socket.get(), generic, length) != 0 || ::listen(listener.socket.get(), 64) != 0 ||
        ::getsockname(listener.socket.get(), generic, &length) != 0)
        throw std::runtime_error("no port on loopback");
    listener.port = ntohs(address.sin_port);
    return listener;
}

void cut_with_reset(const Descriptor& socket) {
    const linger at_once{.l_onoff = 1, .l_linger = 0};
    ::setsockopt(socket.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

}  // namespace

FaultServer::FaultServer(Fault fault, std::string text, std::chrono::milliseconds interval)
    : fault_(fault), text_(std::move(text)), interval_(interval) {
    start();
}

FaultServer::FaultServer(Answer answer, Afterwards afterwards)
    : answer_(std::move(answer)), afterwards_(afterwards) {
    start();
}

void FaultServer::start() {
    stop_ = Descriptor(::eventfd(0, EFD_CLOEXEC));
    auto listener = listen_on_loopback();
    listener_ = std::move(listener.socket);
    port_ = listener.port;
    thread_ = std::thread([this] { run(); });
}

FaultServer::~FaultServer() {
    ::eventfd_write(stop_.get(), 1);
    thread_.join();
}

std::uint32_t FaultServer::free_port() { return listen_on_loopback().port; }

void FaultServer::run() {
    auto next_drip = Clock::now();
    while (true) {
        std::vector<pollfd> waits{{stop_.get(), POLLIN, 0}, {listener_.get(), POLLIN, 0}};
        for (const auto& connection : connections_) waits.push_back({connection.socket.get(), POLLIN, 0});
        const auto pause = std::chrono::ceil<std::chrono::milliseconds>(next_drip - Clock::now()).count();
        ::poll(waits.data(), waits.size(), fault_ == Fault::drip ? std::max(0, static_cast<int>(pause)) : -1);
        if (waits[0].revents != 0) return;
        std::vector<Connection> kept;
        for (std::size_t at = 0; at < connections_.size(); ++at) {
            if (waits[at + 2].revents == 0 || answer(connections_[at]))
                kept.push_back(std::move(connections_[at]));
        }
        connections_ = std::move(kept);
        if (waits[1].revents != 0) accept_one();
        if (fault_ == Fault::drip && Clock::now() >= next_drip) {
            drip();
            next_drip = Clock::now() + interval_;
        }
    }
}

void FaultServer::accept_one() {
    Descriptor socket(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (socket.get() < 0) return;
    ++accepted_;
    if (fault_ != Fault::close) connections_.push_back({std::move(socket)});
}

void FaultServer::drip() {
    for (auto& connection : connections_) {
        ::send(connection.socket.get(), &text_[connection.said++ % text_.size()], 1, MSG_NOSIGNAL);
    }
}

bool FaultServer::answer(Connection& connection) const {
    std::array<char, 4096> bytes{};
    const auto size = ::recv(connection.socket.get(), bytes.data(), bytes.size(), 0);
    if (size <= 0) return false;
    if (answer_) {
        const auto said = answer_({bytes.data(), static_cast<std::size_t>(size)});
        ::send(connection.socket.get(), said.data(), said.size(), MSG_NOSIGNAL);
        return afterwards_ == Afterwards::listens;
    }
    if (fault_ == Fault::reset) {
        cut_with_reset(connection.socket);
        return false;
    }
    if (fault_ == Fault::nonsense) ::send(connection.socket.get(), text_.data(), text_.size(), MSG_NOSIGNAL);
    return true;
}

}  // namespace preflight::probes
