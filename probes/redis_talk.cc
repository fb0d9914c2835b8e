#include "probes/redis_talk.h"

#include <array>
#include <chrono>
#include <string>

namespace preflight::probes {
namespace {

// A problem of the conversation, as a layer.
void fail_in(const RedisTalk& talk, const Problem& problem, v1::Reach& reach) {
    fail_by(reach, talk.failed_in_tls() ? v1::Reach::TLS : v1::Reach::PROTOCOL, problem, talk.until());
}

// What an error to a plain request says of the way in. True when there is nothing more to ask.
bool turned_away(const RedisReply& reply, v1::Reach& reach) {
    const auto code = reply.code();
    if (code == "NOAUTH") {
        fail(reach, v1::Reach::AUTHENTICATION,
             "the server wants a password, and none is configured (NOAUTH)");
    } else if (code == "DENIED") {
        fail(reach, v1::Reach::AUTHENTICATION, "the server is in protected mode (DENIED)");
    } else if (reply.text.starts_with("ERR max number of clients")) {
        fail(reach, v1::Reach::PROTOCOL, "the server has no connection left for one more client");
    } else {
        return false;
    }
    return true;
}

bool log_in(RedisTalk& talk, const RedisLogin& login, v1::Reach& reach) {
    if (!login.password.present()) return true;
    const auto password = login.password.reveal();
    const auto reply = login.user.present() ? talk.ask({"AUTH", login.user.reveal(), password})
                                            : talk.ask({"AUTH", password});
    if (!reply) {
        fail_in(talk, reply.error(), reach);
        return false;
    }
    if (reply->says("OK")) return true;
    if (turned_away(*reply, reach)) return false;
    if (!reply->is_error()) {
        fail(reach, v1::Reach::PROTOCOL, "what answers speaks something else than Redis");
    } else if (reply->code() == "WRONGPASS") {
        fail(reach, v1::Reach::AUTHENTICATION, "the password or the user is wrong (WRONGPASS)");
    } else if (reply->text.find("without any password configured") != std::string::npos) {
        fail(reach, v1::Reach::AUTHENTICATION, "a password is configured, but the server has none");
    } else {
        fail(reach, v1::Reach::AUTHENTICATION, "the login is refused (" + std::string(reply->code()) + ")");
    }
    return false;
}

// So that an administrator who looks at the server's clients knows us. It writes nothing: the name is of this
// connection and ends with it. Where the command is renamed or denied, the connection goes without.
bool name_itself(RedisTalk& talk, v1::Reach& reach) {
    const auto reply = talk.ask({"CLIENT", "SETNAME", "gitlab-preflight"});
    if (reply) return !turned_away(*reply, reach);
    fail_in(talk, reply.error(), reach);
    return false;
}

bool select(RedisTalk& talk, std::uint32_t database, v1::Reach& reach) {
    if (database == 0) return true;  // where every connection begins
    const auto number = std::to_string(database);
    const auto reply = talk.ask({"SELECT", number});
    if (!reply) {
        fail_in(talk, reply.error(), reach);
        return false;
    }
    if (reply->says("OK") || reply->code() == "LOADING" || reply->code() == "MASTERDOWN") return true;
    if (!turned_away(*reply, reach)) {
        fail(reach, v1::Reach::DATABASE,
             "database " + number + " cannot be selected (" + std::string(reply->code()) + ")");
    }
    return false;
}

bool greet(RedisTalk& talk, v1::Reach& reach) {
    const auto before = Stream::Clock::now();
    const auto reply = talk.ask({"PING"});
    if (!reply) {
        fail_in(talk, reply.error(), reach);
        return false;
    }
    set_round_trip(reach, Stream::Clock::now() - before);
    if (turned_away(*reply, reach)) return false;
    if (reply->code() == "LOADING") {
        fail(reach, v1::Reach::DATABASE, "the server is still loading its data (LOADING)");
    } else if (reply->code() == "MASTERDOWN") {
        fail(reach, v1::Reach::DATABASE,
             "a replica that serves nobody while its master is away (MASTERDOWN)");
    } else if (reply->says("PONG") || reply->is_error()) {
        reach.set_reached(true);  // an error of any other kind: PING may be denied or renamed
    } else {
        fail(reach, v1::Reach::PROTOCOL, "what answers speaks something else than Redis");
        return false;
    }
    return true;
}

}  // namespace

Result<RedisReply> RedisTalk::ask(std::initializer_list<std::string_view> words) {
    const auto begun = Stream::Clock::now();
    const auto deadline = limits_.end_of(limits_.answer);
    const Secret bytes(redis_command(words));  // may hold a password
    const auto sent = stream_.write(bytes.reveal(), deadline);
    // A server that hangs up may have said why before.
    auto reply = read(deadline);
    tally_->asked(Stream::Clock::now() - begun);
    if (!sent && !reply) return sent.error();
    return reply;
}

Result<RedisReply> RedisTalk::read(Stream::Clock::time_point deadline) {
    const auto told = [&](Problem problem) {
        problem.source = stream_.address();
        return problem;
    };
    std::array<char, 16 * 1024> bytes{};
    while (true) {
        auto reply = replies_.next();
        if (!reply) return told(reply.error());
        if (*reply) return std::move(**reply);
        const auto size = stream_.read(bytes, deadline);
        if (!size) return size.error();
        if (*size == 0)
            return Problem{v1::Gap::FAILED, stream_.address(), "the server closed the connection"};
        const auto fed = replies_.feed({bytes.data(), *size});
        if (!fed) return told(fed.error());
    }
}

std::optional<RedisTalk> open_redis(const Node& node, const Place& place, const TlsSettings* tls,
                                    const RedisLogin& login, std::uint32_t database, const DialLimits& limits,
                                    v1::Reach& reach) {
    auto stream = dial(node, place, tls, limits, reach);
    if (!stream) return std::nullopt;
    RedisTalk talk(node, std::move(*stream), limits);
    if (!log_in(talk, login, reach) || !name_itself(talk, reach) || !select(talk, database, reach) ||
        !greet(talk, reach))
        return std::nullopt;
    return talk;
}

}  // namespace preflight::probes
