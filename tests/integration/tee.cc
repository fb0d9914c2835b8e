#include "tests/integration/tee.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <array>
#include <stdexcept>

namespace preflight {
namespace {

sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

probes::Descriptor stream_socket() {
    return probes::Descriptor(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
}

}  // namespace

Tee::Tee(std::uint16_t to) : to_(to), listener_(stream_socket()), stop_(::eventfd(0, EFD_CLOEXEC)) {
    auto address = loopback(0);
    socklen_t length = sizeof address;
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    if (::bind(listener_.get(), generic, length) != 0 || ::listen(listener_.get(), 16) != 0 ||
        ::getsockname(listener_.get(), generic, &length) != 0)
        throw std::runtime_error("no port on loopback");
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { run(); });
}

Tee::~Tee() {
    ::eventfd_write(stop_.get(), 1);
    thread_.join();
}

std::string Tee::passed() const {
    const std::lock_guard lock(mutex_);
    return passed_;
}

void Tee::run() {
    for (;;) {
        std::vector<pollfd> waits{{stop_.get(), POLLIN, 0}, {listener_.get(), POLLIN, 0}};
        for (const auto& pair : pairs_) {
            waits.push_back({pair.from.get(), POLLIN, 0});
            waits.push_back({pair.to.get(), POLLIN, 0});
        }
        ::poll(waits.data(), waits.size(), -1);
        if (waits[0].revents != 0) return;
        std::vector<Pair> kept;
        for (std::size_t at = 0; at < pairs_.size(); ++at) {
            auto& pair = pairs_[at];
            const bool there = waits[2 + 2 * at].revents == 0 || pass(pair.from.get(), pair.to.get());
            const bool back = waits[3 + 2 * at].revents == 0 || pass(pair.to.get(), pair.from.get());
            if (there && back) kept.push_back(std::move(pair));
        }
        pairs_ = std::move(kept);
        if (waits[1].revents != 0) accept_one();
    }
}

void Tee::accept_one() {
    Pair pair{probes::Descriptor(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC)),
              stream_socket()};
    const auto address = loopback(to_);
    if (::connect(pair.to.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0)
        pairs_.push_back(std::move(pair));
}

bool Tee::pass(int from, int to) {
    std::array<char, 65536> bytes{};
    const auto size = ::recv(from, bytes.data(), bytes.size(), 0);
    if (size <= 0) return false;
    {
        const std::lock_guard lock(mutex_);
        passed_.append(bytes.data(), static_cast<std::size_t>(size));
    }
    std::size_t sent = 0;
    while (sent < static_cast<std::size_t>(size)) {
        const auto more =
            ::send(to, bytes.data() + sent, static_cast<std::size_t>(size) - sent, MSG_NOSIGNAL);
        if (more <= 0) return false;
        sent += static_cast<std::size_t>(more);
    }
    return true;
}

}  // namespace preflight
