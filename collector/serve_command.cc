#include <memory>

#include "collector/command_line.h"
#include "collector/listen_address.h"
#include "collector/serve.h"

namespace preflight::collector {
namespace {

struct ServeOptions {
    std::filesystem::path config;
    std::vector<std::string> listen;
    std::filesystem::path store;
    std::filesystem::path port_file;
};

int run(const ServeOptions& options) {
    auto settings = settings_of(options.config);
    if (!options.listen.empty()) settings.listen.clear();
    for (const auto& text : options.listen) {
        auto address = loopback_address(text);
        if (!address) throw UsageError{"--listen " + text + " " + address.error().detail};
        settings.listen.push_back(std::move(*address));
    }
    if (!options.store.empty()) settings.store = options.store;
    return serve(settings, options.port_file);
}

}  // namespace

void add_serve_command(CLI::App& program, int& status) {
    auto* command = program.add_subcommand("serve", "Run the collector until SIGTERM");
    auto options = std::make_shared<ServeOptions>();
    add_config_option(*command, options->config);
    command
        ->add_option("--listen", options->listen,
                     "Loopback address and port, instead of the settings' (port 0: any)")
        ->type_name("ADDRESS:PORT")
        ->take_all();
    add_store_option(*command, options->store);
    command->add_option("--port-file", options->port_file, "Write the first port there once it is open")
        ->type_name("FILE");
    command->callback([options, &status] { status = run(*options); });
}

}  // namespace preflight::collector
