// Operator: serves the collector's own command line: asks agents for inspections and tells how they go.
//
// The service of preflight.v1.Operator; lives and ends as the Intake does. An inspection counts as the answer
// to a request when its first record was stored after the request: the stream does not say which one answers.
#pragma once

#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <memory>
#include <set>

#include "collector/inspect_call.h"
#include "collector/intake.h"

namespace preflight::collector {

class Operator {
  public:
    Operator(boost::asio::io_context& loop, Intake& intake);
    Operator(const Operator&) = delete;
    Operator& operator=(const Operator&) = delete;
    ~Operator();

    grpc::Service& service();
    // Ends every call (UNAVAILABLE).
    void stop();

    // From the calls.
    void opened(const std::shared_ptr<InspectCall>& call);
    void over(const std::shared_ptr<InspectCall>& call);

  private:
    Intake& intake_;
    std::unique_ptr<grpc::Service> service_;
    std::set<std::shared_ptr<InspectCall>> calls_;
    std::uint64_t requests_ = 0;
    bool stopped_ = false;
};

}  // namespace preflight::collector
