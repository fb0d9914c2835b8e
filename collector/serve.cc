#include "collector/serve.h"

#include <fmt/core.h>
#include <google/protobuf/stubs/logging.h>
#include <grpc/support/log.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <cstdlib>

#include "collector/exit_status.h"
#include "collector/output_file.h"
#include "collector/server.h"
#include "collector/store.h"
#include "model/core_dumps.h"
#include "model/log.h"
#include "model/service_notice.h"

namespace preflight::collector {
namespace {

// gRPC and protobuf write about their insides in forms of their own. What matters of it we say ourselves;
// GRPC_VERBOSITY brings gRPC's back.
void quiet_libraries() {
    google::protobuf::SetLogHandler(nullptr);
    if (std::getenv("GRPC_VERBOSITY") == nullptr) gpr_set_log_function([](gpr_log_func_args* /*line*/) {});
}

Result<void> announce(const Settings& settings, const Server& server, const std::filesystem::path& port_file,
                      const Log& log) {
    for (std::size_t index = 0; index < settings.listen.size(); ++index) {
        const auto& address = settings.listen[index];
        log.info(
            fmt::format("listening on {}:{}", address.substr(0, address.rfind(':')), server.ports()[index]));
    }
    if (!port_file.empty()) {
        if (auto written = write_file(port_file, fmt::format("{}\n", server.ports().front())); !written) {
            return written;
        }
    }
    notify_service_manager("READY=1");
    return {};
}

}  // namespace

int serve(const Settings& settings, const std::filesystem::path& port_file) {
    const Log log;
    refuse_dumps();
    quiet_libraries();
    std::signal(SIGPIPE, SIG_IGN);
    auto store = Store::open(settings.store, Store::Mode::read_write);
    if (!store) {
        log.error(fmt::format("the store {}: {}", store.error().source, store.error().detail));
        return cannot_serve;
    }
    boost::asio::io_context loop(1);  // one thread, this one: it owns the store and every session
    boost::asio::signal_set signals(loop, SIGTERM, SIGINT);
    Server server(loop, *store, log);
    if (auto started = server.start(settings.listen); !started) {
        log.error(fmt::format("{}: {}", started.error().source, started.error().detail));
        return cannot_serve;
    }
    int status = all_well;
    const auto stop = [&] {
        notify_service_manager("STOPPING=1");
        log.info("stopping");
        server.stop([&signals] { signals.cancel(); });
    };
    signals.async_wait([&](boost::system::error_code error, int /*signal*/) {
        if (!error) stop();
    });
    if (auto announced = announce(settings, server, port_file, log); !announced) {
        log.error(fmt::format("{}: {}", announced.error().source, announced.error().detail));
        status = cannot_write;
        signals.cancel();
        stop();
    }
    loop.run();
    return status;
}

}  // namespace preflight::collector
