# The doors to servers, and the probes that ask Redis, Patroni and Consul. Real servers come from Debian's packages.
add_library(preflight_test_servers STATIC fault_server.cc real_patroni.cc real_pgbouncer.cc real_redis.cc test_authority.cc
  ${PROJECT_SOURCE_DIR}/tests/integration/program.cc)
target_link_libraries(preflight_test_servers PUBLIC preflight_probes GTest::gmock)
preflight_test(redis_probe_test
  SOURCES redis_test.cc redis_faults_test.cc redis_topology_test.cc finding_texts.cc
  LIBRARIES preflight_node_tree preflight_test_servers)
preflight_test(server_doors_test
  SOURCES dial_test.cc http_test.cc postgres_connect_test.cc redis_reply_test.cc redis_login_test.cc redis_info_test.cc
  LIBRARIES preflight_node_tree preflight_test_servers)
preflight_test(patroni_probe_test SOURCES patroni_test.cc finding_texts.cc LIBRARIES preflight_node_tree preflight_test_servers)
preflight_test(consul_probe_test SOURCES consul_test.cc finding_texts.cc LIBRARIES preflight_node_tree preflight_test_servers)
