// Commit group: deliveries that wait for the next commit. All that came while one commit ran go into the next
// together.
//
// One thread, the loop's: the loop itself commits, and what arrives meanwhile waits in the loop's queue
// before it.
#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <vector>

#include "collector/store.h"

namespace preflight::collector {

class CommitGroup {
  public:
    // Told after the commit: the delivery is stored, or why not (causes as of Store::append).
    using Answer = std::function<void(const Result<void>&)>;

    CommitGroup(boost::asio::io_context& loop, Store& store) : loop_(loop), store_(store) {}

    void add(Delivery delivery, Answer answer);
    // Commits what waits, now.
    void commit();

  private:
    boost::asio::io_context& loop_;
    Store& store_;
    std::vector<Delivery> deliveries_;
    std::vector<Answer> answers_;
    bool due_ = false;
};

}  // namespace preflight::collector
