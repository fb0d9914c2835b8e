# Gitaly and Praefect, by a server of ours that speaks their wire.
preflight_test(gitaly_probe_test
  SOURCES gitaly_authorization_test.cc gitaly_server.cc gitaly_server_info_test.cc gitaly_targets_test.cc gitaly_test.cc
          gitaly_reach_test.cc patience_test.cc
  LIBRARIES preflight_node_tree preflight_test_servers preflight_gitaly_proto)
